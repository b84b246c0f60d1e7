"""The heat map of a matrix as a picture: rows of a matrix in, the bytes of an SVG or PNG file out.

One panel for each day and template, the firms with the highest scores on top and the hosts with the highest scores left.
Colour repeats the number in each cell; the scale stays readable for colour-blind readers and in grey print.
"""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskapi.errors import Problem, RequestError, SettingsError
from riskapi.scoring.scorecard import rounded

if TYPE_CHECKING:
    from riskapi.matrix.plan import Plan
    from riskapi.scoring.scorecard import Scorecard

MOST_ROWS: Final = 150
MOST_COLUMNS: Final = 60
MOST_PANELS: Final = 8
_COLOURS: Final = "cividis_r"
_CELL: Final = (0.52, 0.24)  # inches
_MARGIN: Final = (3.4, 2.2)
_LONGEST: Final = 34
#: Above this score a number stands on a dark ground.
_DARK: Final = 55.0


def picture(frame: pl.DataFrame, plan: Plan, card: Scorecard, form: str) -> bytes:
    """The picture as `svg` or `png`; raises where it would be too large to read or Matplotlib is not installed."""
    panels = frame.partition_by("date", "template", maintain_order=True)
    _check(panels)
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib.figure import Figure

    # The same rows give the same bytes: no date, ids that do not change, text as text.
    with mpl.rc_context({"svg.hashsalt": "riskapi", "svg.fonttype": "none", "font.size": 8}):
        heights = [_MARGIN[1] + _CELL[1] * panel["foreign_id"].n_unique() for panel in panels]
        width = _MARGIN[0] + _CELL[0] * max(panel["host_id"].n_unique() for panel in panels)
        figure = Figure(figsize=(max(width, 6.0), sum(heights)), layout="constrained")
        axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
        for panel, axis in zip(panels, axes, strict=True):
            _draw(axis, panel, card)
        versions = plan.versions
        figure.supxlabel(
            f"Score from 0 to 100. riskapi {versions.engine}, rules {versions.rule_set}, data {versions.dataset[:12]}. "
            "An estimate of scrutiny, not legal advice.",
            fontsize=6.5,
        )
        target = io.BytesIO()
        figure.savefig(target, format=form, dpi=150, metadata={"Date": None} if form == "svg" else {})
        return target.getvalue()


def _check(panels: list[pl.DataFrame]) -> None:
    if find_spec("matplotlib") is None:
        raise SettingsError(
            Problem(
                code="extra-missing",
                field="--out",
                detail="a picture needs matplotlib",
                hint='install the extra `notebooks`: pip install "riskapi[notebooks]"; or write .xlsx',
            )
        )
    rows = max((panel["foreign_id"].n_unique() for panel in panels), default=0)
    columns = max((panel["host_id"].n_unique() for panel in panels), default=0)
    if rows > MOST_ROWS or columns > MOST_COLUMNS or len(panels) > MOST_PANELS:
        raise RequestError(
            Problem(
                code="too-many",
                field="--out",
                detail=f"{len(panels)} panels of {rows} × {columns} are more than a picture can show "
                f"({MOST_PANELS} of {MOST_ROWS} × {MOST_COLUMNS})",
                hint="select fewer companies, or write .xlsx",
            )
        )


def _draw(axis: Any, panel: pl.DataFrame, card: Scorecard) -> None:  # noqa: ANN401  # axes of Matplotlib
    rows, columns = _order(panel, "foreign"), _order(panel, "host")
    scores: dict[tuple[str, str], float] = {
        (one, other): value for one, other, value in panel.select("foreign_id", "host_id", "score").iter_rows()
    }
    values = [[scores.get((one, other), float("nan")) for other, _ in columns] for one, _ in rows]
    image = axis.imshow(values, cmap=_COLOURS, vmin=0, vmax=100, aspect="auto")
    axis.set_xticks([place - 0.5 for place in range(1, len(columns))], minor=True)
    axis.set_yticks([place - 0.5 for place in range(1, len(rows))], minor=True)
    axis.grid(which="minor", color="white", linewidth=0.5)
    axis.tick_params(which="minor", length=0, top=False, bottom=False, left=False)
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            if value == value:  # noqa: PLR0124  # a company with itself has no number
                colour = "white" if value > _DARK else "black"
                axis.text(column, row, f"{rounded(value, 0):.0f}", ha="center", va="center", fontsize=6.5, color=colour)
    axis.set_xticks(range(len(columns)), [name[:_LONGEST] for _, name in columns], rotation=45, ha="left")
    axis.set_yticks(range(len(rows)), [name[:_LONGEST] for _, name in rows])
    axis.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    axis.set_title(f"{panel['template'][0]}, {panel['date'][0]}", fontsize=9, fontweight="bold")
    bar = axis.figure.colorbar(image, ax=axis, shrink=min(1.0, 3.0 / (1 + _CELL[1] * len(rows))), pad=0.01)
    bar.set_ticks(
        [band.at_least for band in card.bands], labels=[f"{band.label} from {band.at_least:g}" for band in card.bands]
    )


def _order(panel: pl.DataFrame, side: str) -> list[tuple[str, str]]:
    """Ids and names, the highest mean score first."""
    means = panel.group_by(f"{side}_id", side, maintain_order=True).agg(pl.col("score").mean())
    ordered = means.sort("score", descending=True, maintain_order=True)
    return list(ordered.select(f"{side}_id", side).iter_rows())
