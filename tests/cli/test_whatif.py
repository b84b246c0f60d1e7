from __future__ import annotations

import json
import re

import pytest

from riskapi.workspace import Workspace
from tests.cli.program import DEMO, flat, run

WHATIF = ("whatif", *DEMO[1:])
GRID = (
    *("--grid", "deal.foreign_stake=10%,24%", "--grid", "market_countries=US,US|CA"),
    *("--prefer", "foreign_stake=high", "--prefer", "deal.market_countries=US|CA>US"),
)


def part(text: str, title: str, until: str) -> str:
    return flat(text.partition(title)[2].partition(until)[0])


def test_the_page_shows_what_moves_the_score_the_smallest_changes_and_the_gates_that_remain(shipped: Workspace) -> None:
    result = run(*WHATIF, "--width", "200")
    assert result.exit_code == 0
    moves = part(result.stdout, "What moves the score", "The smallest changes")
    assert "foreign stake not known choice" in moves
    assert re.search(r"foreign control not known choice \d+\.\d no \(\d+ gates?, \d+ may\) as it is", moves)
    assert "has specific authorization no (assumed) grant" in moves
    changes = part(result.stdout, "The smallest changes", "riskapi 0")
    assert "foreign control: settle on no" in changes
    assert "Needs: Xiaomi has no control by votes, contract, special rights or acting in concert." in changes
    assert "Lifts: prohibition (US) Sale of connected vehicles" in changes
    assert "Gates that apply" in changes
    assert "Gates that may apply" in changes
    assert "No alternative is said to be lawful" in flat(result.stdout)


def test_json_is_the_answer_of_the_workspace(shipped: Workspace) -> None:
    data = json.loads(run(*WHATIF, *GRID, "--keep", "deal.type", "--json").stdout)
    body = {
        "parties": ["Xiaomi", "Ford"],
        "deal": {"type": "joint_venture", "sector": "automotive", "activity_country": "US", "market_countries": ["US"],
                 "model_year": 2028},
        "as_of": "2026-11-22",
        "grid": {"foreign_stake": [0.1, 0.24], "market_countries": [["US"], ["US", "CA"]]},
        "prefer": {"foreign_stake": "high", "market_countries": [["US", "CA"], ["US"]]},
        "keep": ["type"],
    }  # fmt: skip
    from riskapi.assessment.whatif import whatif_json
    from tests.shipped import AS_OF

    assert data == json.loads(whatif_json(shipped.whatif(body, today=AS_OF)))


def test_the_front_of_the_grid_is_shown_and_all_of_it_on_demand(shipped: Workspace) -> None:
    concise = part(run(*WHATIF, *GRID).stdout, "The grid", "riskapi 0")
    everything = part(run(*WHATIF, *GRID, "--all").stdout, "The grid", "riskapi 0")
    assert "nothing is better in all of: a low score, foreign stake, market countries" in concise
    assert "24 % United States, Canada" in concise
    assert everything.count("%") == 4
    assert concise.count("%") < 4


@pytest.mark.parametrize(
    ("options", "place", "code"),
    [
        (("--grid", "foreign_stake"), "--grid foreign_stake", "not-a-fact"),
        (("--grid", "foreign_stake=7"), "--grid deal.foreign_stake", "out-of-range"),
        (("--grid", "type=licence", "--prefer", "type=high"), "--prefer deal.type", "bad-preference"),
        (("--prefer", "foreign_stake=high"), "--prefer", "not-in-grid"),
        (("--keep", "steak"), "--keep steak", "unknown-fact"),
    ],
)
def test_what_is_wrong_is_told_by_option(shipped: Workspace, options: tuple[str, ...], place: str, code: str) -> None:
    result = run(*WHATIF, *options)
    assert result.exit_code == 2
    assert result.stdout == ""
    text = flat(result.stderr)
    assert place in text
    assert code in text


def test_all_that_is_wrong_is_told_at_once(shipped: Workspace) -> None:
    text = flat(run("whatif", "Xiaomi", "--grid", "foreign_stake=7", "--keep", "steak", "--set", "x").stderr)
    assert all(one in text for one in ("two parties", "out-of-range", "unknown-fact", "not-a-fact"))


def test_a_terminal_that_knows_only_ascii_gets_plain_bars(shipped: Workspace) -> None:
    from rich.console import Console

    from riskapi.cli.render_whatif import whatif_text
    from tests.shipped import AS_OF

    answer = shipped.whatif(
        {"parties": ["Xiaomi", "Ford"], "deal": {"type": "joint_venture", "activity_country": "US"}}, today=AS_OF
    )
    console = Console(width=110, record=True, file=None, force_terminal=False)
    with console.capture() as captured:
        console.print(whatif_text(answer, ascii_only=True))
    assert "●" not in captured.get()
    assert "O" in captured.get()
