"""All kinds of jobs, by name. Enters: nothing. Leaves: `KINDS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from riskapi.jobs.kind import JobKind
from riskapi.jobs.matrix import MATRIX
from riskapi.jobs.scores import SCORES

KINDS: Final[Mapping[str, JobKind]] = {kind.name: kind for kind in (MATRIX, SCORES)}
