"""Whether facts contradict one another in a way that no deal can, so that no proposed example shows a deal that cannot be.

Enters: some facts; those that are missing or not known contradict nothing. Leaves: yes or no. Only contradictions that
follow from the meaning of the facts are told; which country belongs to which group is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping

from riskapi.facts.vocabulary import Value

_STAKES = ("deal.foreign_stake", "deal.host_stake", "deal.other_covered_nation_stake")
_NOISE = 1e-9
_HALF = 0.5


def is_possible(facts: Mapping[str, Value]) -> bool:
    """Whether one deal can have all these facts."""
    if facts.get("deal.foreign_control") is True and facts.get("deal.foreign_control_excluded") is True:
        return False
    held = [share for name in _STAKES if isinstance(share := facts.get(name), float | int)]
    if sum(held) > 1 + _NOISE:
        return False
    return all(
        _state_fits(facts.get(f"{side}.state_ownership"), facts.get(f"{side}.state_share"))
        for side in ("foreign", "host")
    )


def _state_fits(word: Value, share: Value) -> bool:
    """Whether the word for the state's ownership fits the share of the largest state owner.

    Several states may hold a part each, so that a majority may be made of smaller shares; but the largest is not nothing.
    """
    if not isinstance(share, float | int) or not isinstance(word, str):
        return True
    fits = {
        "none": share == 0,
        "minority": 0 < share <= _HALF,
        "majority": 0 < share < 1,
        "full": share > 0,
    }
    return fits.get(word, True)
