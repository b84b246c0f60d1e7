"""`python -m riskapi`: the command line without the installed script."""

from __future__ import annotations

from riskapi.cli.main import main

main()
