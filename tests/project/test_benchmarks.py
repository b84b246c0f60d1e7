"""The benchmarks compare what is equal: one rule set for all engines, checked, and tables that say where they come from."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from benchmarks import bench_single, peers
from benchmarks.bench_engines import book_of, check, frame_of, named, outcomes
from benchmarks.figures import Table, markdown, plain, shown, table_of
from benchmarks.name_set import KINDS, made_up, queries
from benchmarks.rule_set import (
    ARRAYS,
    CEL,
    RAISED,
    ZEN,
    Comparison,
    Rule,
    letters,
    make_records,
    make_rules,
    render,
    truth,
    truths,
)
from benchmarks.run import RESULTS, keep
from benchmarks.show import kept, page
from riskapi.engine.batch import evaluate_many
from tests.conformance.polars_evaluator import outcomes as polars_outcomes
from tests.project.test_lock import HASH, PIN
from tests.small import small_rules

ROOT = Path(__file__).parents[2]
RULE = Rule(
    ((Comparison("n1", ">=", 615.0), Comparison("s2", "in", ("C01", "C07"))), (Comparison("b3", "is"),)),
    Comparison("i4", "<", 40),
)


# The rule set


@pytest.mark.parametrize("nulls", [0.0, 0.15])
def test_the_engines_of_riskapi_and_polars_agree_with_kleene_logic_on_the_rule_set(nulls: float) -> None:
    rules, records = make_rules(25, 1), make_records(60, 2, nulls)
    book, wanted, frame = book_of(rules), truths(rules, records), frame_of(records)
    assert [outcomes(book, named(record)) for record in records] == wanted
    many = evaluate_many(book, frame, date(2026, 11, 22))
    assert [letters(row[1:]) for row in many.iter_rows()] == wanted
    columns = [polars_outcomes(rule.condition, frame) for rule in book.rules]
    assert [letters(row) for row in zip(*columns, strict=True)] == wanted
    assert set("".join(wanted)) == set("01?" if nulls else "01")


def test_a_rule_is_rendered_in_the_language_of_each_engine() -> None:
    assert render(RULE, ZEN) == '(n1 >= 615.0 or s2 in ["C01", "C07"]) and (b3) and not (i4 < 40)'
    assert render(RULE, CEL) == '(n1 >= 615.0 || s2 in ["C01", "C07"]) && (b3) && !(i4 < 40)'
    arrays = "((of('n1', when) >= 615.0) | table(('C01', 'C07'))[of('s2', when)]) & (of('b3', when)) & ~((of('i4', when) < 40))"
    assert render(RULE, ARRAYS) == arrays


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        ({"n1": 615.0, "s2": "C00", "b3": True, "i4": 40}, "1"),
        ({"n1": 614.75, "s2": "C07", "b3": True, "i4": 40}, "1"),
        ({"n1": 615.0, "s2": "C00", "b3": True, "i4": 39}, "0"),
        ({"n1": None, "s2": "C01", "b3": True, "i4": 40}, "1"),
        ({"n1": None, "s2": "C00", "b3": True, "i4": 40}, "?"),
        ({"n1": None, "s2": None, "b3": False, "i4": None}, "0"),
        ({"n1": 615.0, "s2": None, "b3": True, "i4": None}, "?"),
    ],
)
def test_what_is_true_of_a_rule_follows_kleene_logic(known: dict[str, bool | float | str | None], outcome: str) -> None:
    assert truth(RULE, known) == outcome


def test_the_same_seed_gives_the_same_rules_and_records() -> None:
    assert make_rules(5, 3) == make_rules(5, 3) != make_rules(5, 4)
    assert make_records(5, 3, 0.1) == make_records(5, 3, 0.1) != make_records(5, 4, 0.1)


def test_an_engine_that_differs_ends_the_program_with_the_rules_in_which_it_does() -> None:
    with pytest.raises(SystemExit, match=r"zen differs at record 1, rules \[2\]"):
        check("zen", ["010", "011"], ["010", "010"])


def test_what_is_no_truth_value_counts_as_an_error() -> None:
    assert letters([True, False, None, RAISED, "yes", 2]) == "10?!!!"


def test_queries_are_drawn_from_the_names_and_changed_by_their_kind() -> None:
    names = made_up(50, 7)
    asked = {kind: queries(names, kind, 20, 7) for kind in KINDS}
    assert asked == {kind: queries(made_up(50, 7), kind, 20, 7) for kind in KINDS}
    assert set(asked["exact"]) <= set(names)
    assert all(any(name.startswith(query) for name in names) for query in asked["last word missing"])
    assert not set(asked["unknown"]) & set(names)


# The peers


def test_a_peer_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "ENVIRONMENT", Path(sys.prefix))
    with peers.Peer("peer_engines", "cel") as peer:
        assert peer.ask("records", count=2, seed=1, nulls=0) is None
        with pytest.raises(peers.PeerError, match="No module named 'cel'"):
            peer.ask("prepare", rules=2, seed=1, way="one list")


def test_the_lock_of_the_peers_holds_exact_versions_with_hashes_and_nothing_else() -> None:
    lines = (ROOT / "benchmarks/peers.lock").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not PIN.fullmatch(line) and not HASH.fullmatch(line)] == []
    pinned = {pin["name"] for line in lines if (pin := PIN.fullmatch(line))}
    wanted = re.findall(r"^[a-z-]+", (ROOT / "benchmarks/peers.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(wanted) <= pinned


# The figures

TABLE = Table("Time", ("engine", "median, µs"), [["a|b", 1234.5], ["c", None], ["d", 0.0123], ["e", 7]], ["as told"])


def cells(text: str) -> Iterator[list[str]]:
    """The rows of every Markdown table of a page."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield re.split(r"(?<!\\)\|", line)[1:-1]


def test_a_table_reads_the_same_in_a_terminal_and_on_a_page() -> None:
    assert [[cell.strip() for cell in row] for row in cells(markdown(TABLE))] == [
        ["engine", "median, µs"], ["---", "---:"], ["a\\|b", "1,234"], ["c", "–"], ["d", "0.012"], ["e", "7"],
    ]  # fmt: skip
    assert [line.split() for line in plain(TABLE).splitlines()[2:6]] == [
        ["a|b", "1,234"],
        ["c", "–"],
        ["d", "0.012"],
        ["e", "7"],
    ]
    assert markdown(TABLE).endswith("\n\n- as told")


def test_figures_have_three_digits_at_most() -> None:
    assert [shown(value) for value in (0.04567, 4.567, 45.67, 4567.8, 0.0)] == [
        "0.046",
        "4.57",
        "45.7",
        "4,568",
        "0.00",
    ]


def run_of(began: str) -> dict[str, object]:
    machine = {
        "processor": "P",
        "cores": 2,
        "memory_gb": 7.8,
        "system": "Linux",
        "python": "3.11.7",
        "load_before": 0.1,
    }
    return {"began": began, "commit": "abc", "changed_files": True, "machine": machine}


def test_a_kept_run_is_shown_with_its_day_its_commit_and_its_machine(tmp_path: Path) -> None:
    table = {"title": "Time", "columns": ["what", "s"], "rows": [["x", 1.5]], "notes": []}
    for began in ("2026-11-23T07:00:00", "2026-11-22T21:00:00"):
        target = keep([{"program": "p", "seconds": 1, "tables": [table]}], run_of(began), tmp_path)
        assert target.name == f"{began[:10]}-abc.json"
    text = page(kept(tmp_path)[-1])
    assert text.startswith(
        "Measured on 2026-11-23 at commit `abc` with changes that are not in it: P, 2 cores, 7.80 GB"
    )
    assert [[cell.strip() for cell in row] for row in cells(text)][2:] == [["x", "1.50"]]


def test_the_tables_of_the_kept_runs_are_whole() -> None:
    for run in kept(RESULTS):
        tables = [table_of(table) for program in run["programs"] for table in program["tables"]]
        assert {len(row) for table in tables for row in cells(markdown(table))} == {
            len(table.columns) for table in tables
        }
        assert all(len(row) == len(table.columns) for table in tables for row in table.rows)
        assert page(run).count("\n### ") == len(tables)


def test_make_bench_installs_the_peers_and_runs_all_benchmarks() -> None:
    (recipe,) = re.findall(r"^bench:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe.index("benchmarks/install_peers.py") < recipe.index("benchmarks/run.py")


def test_the_benchmark_of_one_answer_gives_opening_time_and_quantiles_beside_its_budgets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in small_rules(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(bench_single, "WARM_UP", 1)
    monkeypatch.setattr(bench_single, "_fresh_process", lambda: 1.0)
    monkeypatch.setattr(sys, "argv", ["bench_single.py", "--pairings", "3"])
    assert bench_single.main() == 0
    output = capsys.readouterr().out
    assert re.search(r"Workspace.open +[\d.]+ +[\d.]+ +2.00\n", output)
    assert "3 different pairings" in output
    assert len(re.findall(r"Workspace.score, \w+(?: +[\d.]+){4} +(?:5.00|–)\n", output)) == 2
