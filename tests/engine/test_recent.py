"""What was used of late stays, and never more than twice the number."""

from __future__ import annotations

from riskapi.engine.recent import Recent


def test_never_more_than_twice_the_number_is_kept() -> None:
    recent: Recent[int] = Recent(10)
    for number in range(1, 1_000):
        recent.put(number, number)
    kept = [number for number in range(1, 1_000) if recent.get(number)]
    assert 10 <= len(kept) <= 20
    assert kept[-1] == 999


def test_what_is_asked_for_again_and_again_stays() -> None:
    recent: Recent[str] = Recent(10)
    recent.put("used", "value")
    for number in range(1_000):
        recent.put(number, "other")
        assert recent.get("used") == "value"
