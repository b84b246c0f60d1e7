"""Names of jurisdictions. Enters: codes. Leaves: what readers call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from riskapi.warehouse.countries import EVERYWHERE, country_names
from riskapi.workspace import Workspace

#: Jurisdictions that are no countries.
WIDER: Final = {"EU": "European Union", EVERYWHERE: "any country"}


def places(workspace: Workspace) -> Mapping[str, str]:
    """All names by code."""
    return {**workspace.vocabulary.domains["country"], **WIDER}


def place(code: str) -> str:
    """The name of one jurisdiction."""
    return WIDER.get(code) or country_names().get(code, code)
