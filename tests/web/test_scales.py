"""Places on scales."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from riskapi.web.scales import bars, days_scale, segments
from riskapi.workspace import Workspace

values = st.floats(-200, 200, allow_nan=False)


@given(st.lists(st.tuples(values, values), min_size=1, max_size=20))
def test_bars_stay_on_the_drawing_and_share_one_axis(spans: list[tuple[float, float]]) -> None:
    drawn = bars(spans)
    assert len({bar.zero for bar in drawn}) == 1
    for bar in drawn:
        assert -0.01 <= float(bar.start) <= 100.01
        assert float(bar.start) + float(bar.width) <= 100.5


def test_days_run_from_one_end_to_the_other() -> None:
    assert days_scale([date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 5)]) == [0, 25, 100]


def test_bands_fill_the_scale(workspace: Workspace) -> None:
    parts = segments(workspace.card)
    assert sum(part.width for part in parts) == 100
    assert parts[0].start == 0
