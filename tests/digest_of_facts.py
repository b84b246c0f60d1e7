"""Writes a digest of every company's facts with their rows, and of some answers: the same in every process, or a defect."""

from __future__ import annotations

import hashlib
import sys

from riskapi.assessment.answer import to_json
from tests.shipped import AS_OF, shipped_workspace

PAIRINGS = (("Xiaomi", "Ford"), ("Momenta", "General Motors"), ("Airbus", "Boeing"), ("STMicroelectronics", "Intel"))


def main() -> None:
    """Write the digests, a line each."""
    workspace = shipped_workspace()
    for company_id in sorted(workspace.profiles.register().companies):
        told = workspace.profiles.get(company_id, AS_OF), workspace.profiles.evidence(company_id, AS_OF)
        sys.stdout.write(f"{company_id} {_digest(repr(told))}\n")
    for first, second in PAIRINGS:
        answer = workspace.score(first, second, as_of=AS_OF, type="joint_venture", activity_country="US")
        sys.stdout.write(f"{first} {second} {_digest(to_json(answer))}\n")


def _digest(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:16]


if __name__ == "__main__":
    main()
