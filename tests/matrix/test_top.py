"""The highest rows by bounds are the highest of all rows, no pairing is over its bound, and most are never looked at."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskapi.matrix.bounds import Blocks, Bounds, Groups, Pairs
from riskapi.matrix.grid import Linked, places_of
from riskapi.matrix.panels import EXISTING_STAKE, OPPOSING
from riskapi.matrix.patterns import Index
from riskapi.matrix.plan import Plan
from riskapi.matrix.request import read_matrix
from riskapi.matrix.run import best, highest, plan
from riskapi.matrix.sheets import Sheets
from riskapi.matrix.tally import Numbers, Tally
from riskapi.matrix.top import Search, highest_of
from riskapi.rules import GateKind, Kind, Rule, Status
from riskapi.workspace import Workspace
from tests.matrix.questions import CARS, planned, question
from tests.matrix.rows import assert_same_rows
from tests.matrix.test_grid import book
from tests.matrix.test_tally import GROUPS, POINTS, flags, rule_lists
from tests.rulebook import book_of
from tests.scoring.rule_objects import scorecard
from tests.shipped import AS_OF, shipped_workspace

#: Companies that hold each other or that legislators spoke against, of both sides' countries, and some by themselves.
LINKED = ["geely", "volvo-cars", "polestar", "xiaomi", "ford", "catl"]
TEMPLATES: list[dict[str, Any]] = [
    CARS,
    {"name": "silent", "deal": {}},
    {"name": "stake", "deal": {"type": "minority_stake", "foreign_stake": 0.5, "pair.existing_stake": 0.3}},
    {"name": "at the host", "deal": {"type": "acquisition", "sector": "semiconductors"}, "at_host": True},
]
ON_LINKS = {EXISTING_STAKE, OPPOSING}
DAYS = ["2026-11-22", "2025-06-30", "2021-01-01"]
#: Half of the last decimal of a score: what rounding may move.
ROUNDED = 0.00006


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    """Some rules of every kind, with other points, policies, gates and words on what is not known."""
    on_links = [rule for rule in book() if not ON_LINKS.isdisjoint(rule.facts)]
    any_rule = st.one_of(st.sampled_from(on_links), st.sampled_from(book()), st.sampled_from(book()))
    chosen = draw(st.lists(any_rule, min_size=1, max_size=14, unique_by=lambda rule: rule.id))
    found = []
    for number, rule in enumerate(chosen):
        points = draw(POINTS)
        kind = Kind.AGGRAVATING if points > 0 else Kind.MITIGATING if points < 0 else Kind.INFORMATION
        found.append(
            replace(
                rule,
                points=points,
                kind=kind,
                group=draw(st.sampled_from([None, None, *GROUPS])),
                gate=draw(st.sampled_from([None, None, None, *GateKind])),
                caution=draw(st.booleans()),
                line=number,
            )
        )
    return tuple(found)


@st.composite
def workspaces(draw: st.DrawFn) -> Workspace:
    """The shipped companies under such rules."""
    card = scorecard(draw(st.sampled_from([-35.0, 0.0, 12.5])), None, **GROUPS)
    return replace(shipped_workspace(), book=book_of(*draw(rules())), card=card)


@cache
def everybody() -> list[str]:
    return sorted(shipped_workspace().profiles.register().companies)


@cache
def neighbours() -> list[str]:
    """Companies of few countries, so that groups have several members."""
    profiles = shipped_workspace().profiles
    countries = {name: profiles.get(name, AS_OF).values["control_country"] for name in everybody()[::7]}
    return [name for name, country in countries.items() if country in ("CN", "US", None)][:30]


@st.composite
def plans(draw: st.DrawFn, workspace: Workspace, templates: int = 3, days: int = 2) -> Plan:
    """Everybody of one small side with everybody of the other."""
    anybody = st.one_of(st.sampled_from(LINKED), st.sampled_from(neighbours()), st.sampled_from(everybody()))
    foreign, hosts = (draw(st.lists(anybody, min_size=3, max_size=8, unique=True)) for _ in range(2))
    chosen = draw(st.lists(st.sampled_from(TEMPLATES), min_size=1, max_size=templates, unique_by=str))
    dates = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=days, unique=True))
    return plan(workspace, read_matrix(question(foreign, hosts, *chosen, dates=dates), workspace, AS_OF))


def all_rows(workspace: Workspace, asked: Plan) -> pl.DataFrame:
    sheets = Sheets(workspace, asked)
    return pl.concat(frame for sheet in asked.sheets for frame in sheets.frames(sheet, 0, 10_000))


QUICK = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@given(st.data())
@QUICK
def test_the_highest_rows_are_those_of_all_rows_in_the_same_order(data: st.DataObject) -> None:
    workspace = data.draw(workspaces())
    asked, count = data.draw(plans(workspace)), data.draw(st.integers(1, 40))
    search = Search(workspace, asked, count)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("riskapi.matrix.top.TOGETHER", data.draw(st.integers(1, 9)))
        patch.setattr("riskapi.matrix.top.PAIRINGS", data.draw(st.integers(1, 9)))
        cut = data.draw(st.integers(0, len(asked.sheets)))
        for sheets in (asked.sheets[:cut], asked.sheets[cut:]):
            if sheets:
                search.over(sheets)
    whole = all_rows(workspace, asked).with_row_index("number")
    wanted = whole.sort("score", descending=True, maintain_order=True).head(count)
    assert_same_rows(search.kept.rows(), wanted.drop("number"))
    first = data.draw(st.integers(0, asked.pairings))
    assert_same_rows(search.kept.rows(first), wanted.filter(pl.col("number") >= first).drop("number"))


@dataclass(frozen=True)
class Scored:
    """A grid with the score of every pairing: of all of them as if nothing linked them, and of linked ones as they are."""

    bounds: Bounds
    columns: Index
    linked: list[Linked]
    unlinked: Numbers
    together: Numbers


def scored(sheets: Sheets, place: str | None, columns: Index) -> Scored:
    sheet = sheets.plan.sheets[0]
    grid, rows = sheets.grid(sheet, place), slice(0, len(sheets.plan.foreign))
    linked = [item for item in sheets.linked(sheet.day) if item.column in columns]
    (results, index), (apart, which) = grid.results(rows, columns), grid.results(rows, columns, linked)
    at = [(item.row, int(np.searchsorted(columns, item.column))) for item in linked]
    scores = apart["score"].to_numpy()[which]
    return Scored(
        Bounds(grid), columns, linked, results["score"].to_numpy()[index], np.array([scores[one] for one in at])
    )


@given(st.data())
@QUICK
def test_no_pairing_is_over_the_bound_of_any_groups_that_it_is_in(data: st.DataObject) -> None:
    workspace = data.draw(workspaces())
    sheets = Sheets(workspace, data.draw(plans(workspace, templates=1, days=1)))
    for place, columns in sheets.places(sheets.plan.sheets[0]).items():
        found = scored(sheets, place, columns)
        answers = found.bounds.grid.sides.answers
        everybody = np.arange(len(sheets.plan.foreign)), columns
        by_country = [
            Groups.by(answers[side].foreign.coded(("control_country",)).codes, all_of)
            for side, all_of in enumerate(everybody)
        ]
        alone = [(Groups.single(all_of), np.arange(len(all_of))) for all_of in everybody]
        for (rows, row_of), (hosts, host_of) in product((by_country[0], alone[0]), (by_country[1], alone[1])):
            over = found.bounds.blocks(rows, hosts)[row_of[:, None], host_of[None, :]]
            assert (found.unlinked <= over).all()
        pairs = np.repeat(everybody[0], len(columns)), np.tile(columns, len(everybody[0]))
        each = found.bounds.most(Pairs(*pairs))[:, 0]
        assert np.abs(each - found.unlinked.reshape(-1)).max(initial=0) < 2 * ROUNDED  # nothing is left open
        assert (found.together <= found.bounds.most(Pairs(*places_of(found.linked)), linked=True)[:, 0]).all()


@given(st.data())
@settings(deadline=None)
def test_the_most_of_a_pattern_is_over_every_pattern_that_it_leaves_open(data: st.DataObject) -> None:
    listed = data.draw(rule_lists())
    statuses = [Status.NOT_FIRED, Status.UNDETERMINED, Status.FIRED]
    ends = [sorted(data.draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))) for _ in listed]
    inside = [statuses[data.draw(st.integers(low, high))] for low, high in ends]
    tally = Tally(listed, scorecard(data.draw(st.sampled_from([-35.0, 12.5])), None, **GROUPS))
    needed = [1 if rule.caution else 2 for rule in listed]
    surely, maybe, fires = (
        np.array([[bool(one) for one in row]]).reshape(1, -1)
        for row in (
            [low >= least for (low, _), least in zip(ends, needed, strict=True)],
            [high >= least for (_, high), least in zip(ends, needed, strict=True)],
            [high == 2 for _, high in ends],
        )
    )
    score = tally.results(flags([inside], Status.FIRED), flags([inside], Status.UNDETERMINED))["score"][0]
    assert tally.most(surely.astype(bool), maybe.astype(bool), fires.astype(bool))[0] >= score


def on_stakes(kind: Kind) -> Workspace:
    """The rules of one kind that read who holds shares of whom, and do not count before that is known."""
    rules = [rule for rule in book() if rule.kind is kind and EXISTING_STAKE in rule.facts]
    return replace(
        shipped_workspace(), book=book_of(*(replace(rule, caution=False, group=None, gate=None) for rule in rules))
    )


@pytest.mark.parametrize("kind", [Kind.AGGRAVATING, Kind.MITIGATING])
def test_no_linked_pairing_is_over_its_bound(kind: Kind) -> None:
    workspace = on_stakes(kind)
    sheets = Sheets(workspace, plan(workspace, read_matrix(question(LINKED, LINKED, CARS), workspace, AS_OF)))
    found = scored(sheets, None, np.arange(len(LINKED)))
    places = places_of(found.linked)
    assert len(found.linked)
    assert (found.together <= found.bounds.most(Pairs(*places), linked=True)[:, 0]).all()


def test_a_sheet_is_looked_at_for_a_pairing_that_only_its_link_makes_high() -> None:
    workspace = on_stakes(Kind.AGGRAVATING)
    asked = plan(workspace, read_matrix(question(LINKED, LINKED, CARS), workspace, AS_OF))
    found, whole = scored(Sheets(workspace, asked), None, np.arange(len(LINKED))), all_rows(workspace, asked)
    search = Search(workspace, asked, 1)
    # As if an earlier sheet had a row as high as the highest of this one without links.
    search.kept.add(whole[:1].with_columns(score=pl.lit(found.unlinked.max())), np.array([-1]))
    search.over(asked.sheets)
    assert_same_rows(search.kept.rows(), best([whole], 1))


@pytest.fixture(scope="module")
def many() -> Plan:
    """Real companies on four kinds of deal, most of them far from the highest."""
    drawn = random.Random(17)  # noqa: S311  # test data
    foreign, hosts = drawn.sample(everybody(), 60), drawn.sample(everybody(), 60)
    return planned(question(foreign, hosts, *TEMPLATES[:3], dates=DAYS[:2]))


def test_of_real_companies_few_are_looked_at(many: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riskapi.matrix.top.TOGETHER", 100)
    search = Search(shipped_workspace(), many, 10)
    steps: list[int] = []
    search.over(many.sheets, steps.append)
    assert_same_rows(search.kept.rows(), best([all_rows(shipped_workspace(), many)], 10))
    assert search.scored < many.pairings / 50
    assert steps == sorted(steps)
    assert steps[-1] == many.pairings


def test_where_every_score_is_the_same_the_first_rows_are_the_highest() -> None:
    workspace = replace(shipped_workspace(), book=book_of())
    body = question(everybody()[:9], everybody()[5:12], *TEMPLATES[:2], dates=DAYS[:2])
    asked = plan(workspace, read_matrix(body, workspace, AS_OF))
    whole, search = all_rows(workspace, asked).head(150), Search(workspace, asked, 150)
    search.over(asked.sheets)
    for first in (0, 1, 30, 59, 60, 149):
        assert_same_rows(search.kept.rows(first), whole[first:])
    assert_same_rows(highest(workspace, asked, 30), whole.head(30))


def test_groups_hold_every_company_once_under_its_code() -> None:
    codes = np.array([2, 0, 2, 7, 0])
    groups, group_of = Groups.by(codes, np.array([0, 1, 3, 4]))
    assert [sorted(part.tolist()) for part in np.split(groups.order, groups.starts[1:])] == [[1, 4], [0], [3]]
    assert group_of.tolist() == [1, 0, 2, 0]
    said = np.array([[0, 1, 2, 1, 2]], dtype=np.int8)
    assert Blocks(groups, groups).along(0, np.maximum, said)[:, :, 0].tolist() == [[2, 0, 1]]
    assert Blocks(groups, groups).along(1, np.minimum, said)[:, 0].tolist() == [[1, 0, 1]]


@given(
    st.lists(st.sampled_from([1.0, 2.0, 2.5, 97.1]), max_size=12), st.integers(1, 6), st.sampled_from([-1.0, 2.0, 97.1])
)
def test_the_highest_scores_are_found_in_order_with_the_first_of_equal_ones(
    scores: list[float], count: int, above: float
) -> None:
    wanted = sorted(range(len(scores)), key=lambda place: (-scores[place], place))[:count]
    found = highest_of(np.array(scores), count, above).tolist()
    assert found == sorted(place for place in wanted if scores[place] > above)
