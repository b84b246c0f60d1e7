"""One pairing and many, against other rule engines: time, and what each makes of facts that are not known.

    python benchmarks/bench_engines.py [--rules 100 400] [--records 1000] [--many 100000] [--json FILE]

All engines get the same rules and records, drawn from a seed (`rule_set.py`). Before anything is timed, every engine must
give the outcome of Kleene logic for every rule and record without nulls; a difference ends the program. What is timed is rules
only: a record as a Python dict in, one truth value for each rule out. riskapi is timed by `engine.evaluate` for one and by
`engine.batch` for many; what its whole answer costs, with the explanation, stands beside it. The engines take turns, so that
a busy moment of the machine meets all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeAlias

import polars as pl
import yaml

from benchmarks import figures
from benchmarks.bench_single import Question, ask, questions
from benchmarks.figures import Cell, Table, middle_and_slow, seconds_each, timed
from benchmarks.peer_engines import WAYS
from benchmarks.peers import Peer
from benchmarks.rule_set import (
    BOOLS,
    FIRED,
    FLOATS,
    INTS,
    NOT_FIRED,
    RAISED,
    SQL,
    TEXTS,
    UNKNOWN,
    Record,
    Rule,
    letters,
    make_records,
    make_rules,
    render_clauses,
    sql_comparison,
    truths,
)
from riskapi.engine.batch import evaluate_many
from riskapi.engine.evaluate import Outcome, evaluate
from riskapi.facts.assembly import Viewpoint
from riskapi.facts.vocabulary import Fact, FactType, Origin, Value, Vocabulary
from riskapi.rules import RuleBook, Status, load_rules
from riskapi.workspace import Workspace

SEED = 20261122
DAY = date(2026, 11, 22)
NULLS = 0.15
ROUNDS = 7
TURN = 0.15  # seconds of one engine in one round
REPEATS = 3
BATCH = 5_000  # records that zen-engine gets at once
PEERS = {"zen": "zen-engine", "cel": "CEL", "openfisca": "OpenFisca"}
KINDS = {FactType.FLOAT: FLOATS, FactType.INT: INTS, FactType.STR: TEXTS, FactType.BOOL: BOOLS}
Facts: TypeAlias = Mapping[str, Value]

LETTERS = {Status.FIRED: FIRED, Status.NOT_FIRED: NOT_FIRED, Status.UNDETERMINED: UNKNOWN}


# riskapi with the same rules


def vocabulary() -> Vocabulary:
    """The facts of the rule set."""
    facts = [
        Fact(name=f"deal.{name}", type=kind, meaning="made up", origin=Origin.DEAL, source="made up")
        for kind, names in KINDS.items() for name in names
    ]  # fmt: skip
    return Vocabulary({fact.name: fact for fact in facts}, {})


def book_of(rules: Sequence[Rule]) -> RuleBook:
    """The rules as a rule file, read and compiled by riskapi's own loader."""
    file = {
        "instrument": "us.bench", "title": "Made up", "jurisdiction": "US", "authority": "Nobody", "citation": "None",
        "sources": [{"url": "https://example.org/law", "retrieved": str(DAY)}],
        "checked": {"on": str(DAY), "how": "made up"}, "confidence": "low",
        "rules": [_entry(at, rule) for at, rule in enumerate(rules)],
    }  # fmt: skip
    with TemporaryDirectory() as folder:
        (Path(folder) / "us.bench.yaml").write_text(yaml.safe_dump(file, sort_keys=False), encoding="utf-8")
        return load_rules(Path(folder), vocabulary(), examples=False)


def _entry(at: int, rule: Rule) -> dict[str, object]:
    exception = {"unless": sql_comparison(rule.unless)} if rule.unless else {}
    return {
        "id": f"us.bench.r{at:04}", "title": f"Rule {at}", "citation": "None", "kind": "aggravating",
        "in_force": [{"from": "2020-01-01"}], "when": render_clauses(rule, SQL), **exception,
        "effect": {"pillar": "threat", "points": 10, "why": "made up"}, "if_unknown": "ignore", "because": "made up",
        "examples": [],
    }  # fmt: skip


def named(record: Record) -> Facts:
    """The record under the names of riskapi's facts."""
    return {f"deal.{name}": value for name, value in record.items()}


def _evaluated(book: RuleBook, facts: Facts) -> Sequence[Outcome]:
    return evaluate(book, [Viewpoint(jurisdiction="US", foreign=0, facts=facts)], DAY)[0]


def outcomes(book: RuleBook, facts: Facts) -> str:
    """What `engine.evaluate` says of each rule, as letters."""
    return "".join(LETTERS[outcome.status] for outcome in _evaluated(book, facts))


def frame_of(records: Sequence[Record]) -> pl.DataFrame:
    """The records as `engine.batch` takes them."""
    types = {FactType.FLOAT: pl.Float64, FactType.INT: pl.Int64, FactType.STR: pl.String, FactType.BOOL: pl.Boolean}
    schema = {f"deal.{name}": types[kind] for kind, names in KINDS.items() for name in names}
    return pl.DataFrame([named(record) for record in records], schema=schema)


# One pairing


@dataclass(frozen=True)
class Line:
    """An engine driven in one way: what to print, what preparing took, and how it is timed from a record on."""

    name: str
    prepared: float | None
    times: Callable[[int], list[float]]


def check(name: str, found: Sequence[str], wanted: Sequence[str]) -> None:
    """End the program at the first record of which an engine says something else."""
    for at, (one, other) in enumerate(zip(found, wanted, strict=True)):
        if one != other:
            rules = [rule for rule, (said, right) in enumerate(zip(one, other, strict=True)) if said != right]
            raise SystemExit(f"{name} differs at record {at}, rules {rules[:5]}: nothing was measured")


def one_pairing(peers: dict[str, Peer], workspace: Workspace, count: int, size: int) -> Table:
    """Time of a record, by all engines in turns."""
    rules, records = make_rules(count, SEED), make_records(size, SEED + 1)
    wanted, facts = truths(rules, records), [named(record) for record in records]
    seconds, book = timed(lambda: book_of(rules))
    check("riskapi", [outcomes(book, one) for one in facts], wanted)
    lines = [Line("riskapi, engine.evaluate", seconds, _own(lambda one: _evaluated(book, one), facts)),
             Line("riskapi, conditions", None, _own(lambda one: [rule.test(one) for rule in book.rules], facts))]  # fmt: skip
    for short, peer in peers.items():
        lines += _peer_lines(short, peer, count, wanted)
    asked = questions(workspace, 400, SEED)
    lines.append(Line(f"riskapi, Workspace.score: whole answer, {len(workspace.book.rules)} rules", None,
                      _answers(workspace, asked)))  # fmt: skip
    taken = _in_turns(lines, size)
    fired = sum(row.count(FIRED) for row in wanted) / (size * count)
    return Table(
        f"One pairing, {count} rules, nothing unknown",
        (
            "engine",
            "median, µs",
            "95th percentile, µs",
            "time ÷ riskapi's",
            "records timed",
            "reading and compiling, ms",
        ),
        [_row(line, taken[line.name], taken[lines[0].name]) for line in lines],
        (
            f"{size:,} records of {len(facts[0])} facts; {100 * fired:.0f} % of the rules fire.",
            "Before anything was timed, all gave the same for every record (OpenFisca in bulk, and one by one for 50).",
            "Rules only: a Python dict in, a truth value for each rule out; turning it into an engine's own values counts.",
            "`engine.evaluate` also says which viewpoint decided, and sorts by rule; `conditions` are the compiled rules alone.",
            "riskapi reads YAML and checks every condition against its facts; the others get finished texts.",
            "The last line is the real book: names, facts, score, interval, comparables and the explanation of every rule.",
        ),
    )


def _peer_lines(short: str, peer: Peer, count: int, wanted: Sequence[str]) -> Iterator[Line]:
    """The ways of one peer, each after it gave what is wanted; OpenFisca, slow one by one, gives most of it in bulk."""
    peer.ask("records", count=len(wanted), seed=SEED + 1, nulls=0)
    for way in WAYS[short]:
        if way.endswith("left out"):
            continue
        prepared = peer.ask("prepare", rules=count, seed=SEED, way=way)
        some = min(len(wanted), 50) if short == "openfisca" else len(wanted)
        check(f"{PEERS[short]}, {way}", peer.ask("outcomes", way=way, count=some), wanted[:some])
        yield Line(f"{PEERS[short]}, {way}", prepared, _asked(peer, way))
    if short == "openfisca":
        _check_bulk(short, peer.ask("bulk", repeats=1), wanted)


def _check_bulk(short: str, answer: Mapping[str, Any], wanted: Sequence[str]) -> None:
    """End the program where a bulk answer is another one; it comes as a digest, rule by rule."""
    columns = "".join(map("".join, zip(*wanted, strict=True)))
    if answer["digest"] != sha256(columns.encode()).hexdigest():
        raise SystemExit(f"{PEERS[short]} differs in bulk: nothing was measured")


def _own(call: Callable[[Facts], object], facts: Sequence[Facts]) -> Callable[[int], list[float]]:
    return lambda start: seconds_each(call, [*facts[start:], *facts[:start]], TURN)


def _asked(peer: Peer, way: str) -> Callable[[int], list[float]]:
    return lambda start: list(peer.ask("times", way=way, start=start, seconds=TURN))


def _answers(workspace: Workspace, asked: Sequence[Question]) -> Callable[[int], list[float]]:
    def times(start: int) -> list[float]:
        first = start % len(asked)
        return seconds_each(lambda question: ask(workspace, question), [*asked[first:], *asked[:first]], TURN)

    return times


def _in_turns(lines: Sequence[Line], size: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {line.name: [] for line in lines}
    for line in lines:
        line.times(0)  # warm-up
    for turn in range(ROUNDS):
        for line in lines:
            taken[line.name] += line.times(turn * size // ROUNDS)
    return taken


def _row(line: Line, taken: Sequence[float], base: Sequence[float]) -> list[Cell]:
    middle, slow = middle_and_slow(taken)
    ready = None if line.prepared is None else line.prepared * 1e3
    return [line.name, middle * 1e6, slow * 1e6, middle / middle_and_slow(base)[0], len(taken), ready]


# What is not known


def unknowns(peers: dict[str, Peer], count: int, size: int) -> Table:
    """What each engine says where facts are missing, against Kleene logic."""
    rules, records = make_rules(count, SEED), make_records(size, SEED + 2, NULLS)
    wanted, book = truths(rules, records), book_of(rules)
    open_ = sum(row.count(UNKNOWN) for row in wanted) / (size * count)
    rows = [_against("riskapi, engine.evaluate", [outcomes(book, named(record)) for record in records], wanted)]
    rows.append(
        _against("riskapi, engine.batch (DuckDB)", _letters_of(evaluate_many(book, frame_of(records), DAY)), wanted)
    )
    for short, peer in peers.items():
        peer.ask("records", count=size, seed=SEED + 2, nulls=NULLS)
        for way in WAYS[short]:
            peer.ask("prepare", rules=count, seed=SEED, way=way)
            some = min(size, 100) if short == "openfisca" else size
            rows.append(_against(f"{PEERS[short]}, {way}", peer.ask("outcomes", way=way, count=some), wanted[:some]))
    return Table(
        f"{100 * NULLS:.0f} % of the facts unknown, {count} rules: what the engines say, % of the cases",
        ("engine", "right in all", "settled: right", "settled: wrong", "settled: error",
         "open: told", "open: fired", "open: not fired", "open: error"),
        rows,
        (
            f"Settled: what is known decides the rule by Kleene logic; open: it does not ({100 * open_:.0f} % of the cases).",
            "Told: null for an answer to an open rule, which is right; that it fires, or does not, is a guess.",
            "Where errors come for open rules only, a caller can take them for `not known`: CEL with the nulls left out.",
            "An unknown fact is given as null. OpenFisca has none: the variable has its default (0, false, a code of its own).",
            "Where rules are evaluated together (one list, decision graph), an error in one ends the whole record.",
        ),
    )  # fmt: skip


def _against(name: str, found: Sequence[str], wanted: Sequence[str]) -> list[Cell]:
    counts = Counter(pair for one, other in zip(found, wanted, strict=True) for pair in zip(one, other, strict=True))
    open_ = sum(number for (_, right), number in counts.items() if right == UNKNOWN)
    settled = counts.total() - open_
    right = counts[FIRED, FIRED] + counts[NOT_FIRED, NOT_FIRED]
    error = counts[RAISED, FIRED] + counts[RAISED, NOT_FIRED]
    shares = [(right + counts[UNKNOWN, UNKNOWN]) / counts.total()]
    shares += [part / settled for part in (right, settled - right - error, error)]
    shares += [counts[said, UNKNOWN] / open_ for said in (UNKNOWN, FIRED, NOT_FIRED, RAISED)]
    return [name, *(100 * share for share in shares)]


def _letters_of(frame: pl.DataFrame) -> list[str]:
    return [letters(row[1:]) for row in frame.iter_rows()]


# Many pairings


class Bulk(NamedTuple):
    """So many records in so many seconds."""

    name: str
    seconds: float
    done: int


def many(peers: dict[str, Peer], count: int, size: int) -> Table:
    """Time of many records at once; those that have no way for it, one by one for two seconds."""
    rules, records = make_rules(count, SEED), make_records(size, SEED + 3)
    book, frame = book_of(rules), frame_of(records)
    own = _repeated("riskapi, engine.batch (DuckDB)", book, frame)
    unknown = frame_of(make_records(size, SEED + 3, NULLS))
    loop = seconds_each(lambda one: _evaluated(book, one), [named(record) for record in records[: 10 * BATCH]], 2.0)
    lines = [own, _repeated(f"{own.name}, {100 * NULLS:.0f} % unknown", book, unknown),
             Bulk("riskapi, engine.evaluate, one by one", sum(loop), len(loop))]  # fmt: skip
    lines += [_peer_many(short, peer, book, frame) for short, peer in peers.items()]
    rows: list[list[Cell]] = [[name, done / seconds, seconds / done * size, seconds / done * size / own.seconds, done]
                              for name, seconds, done in lines]  # fmt: skip
    return Table(
        f"{size:,} pairings, {count} rules",
        ("engine", "pairings a second", "seconds for all", "time ÷ riskapi's", "pairings timed"),
        rows,
        (
            f"Each from its own columns or records in memory to a truth value for each rule and record; median of {REPEATS}.",
            "DuckDB and evaluate_batch use all cores, the others one. Where fewer were timed, the time for all is worked out.",
            "OpenFisca and evaluate_batch gave the same truth values as DuckDB, or the program had ended.",
            "A matrix of companies is not made by `engine.batch`, but by columns of each side: see the matrix.",
        ),
    )


def _repeated(name: str, book: RuleBook, frame: pl.DataFrame) -> Bulk:
    taken = [timed(lambda: evaluate_many(book, frame, DAY))[0] for _ in range(REPEATS)]
    return Bulk(name, middle_and_slow(taken)[0], len(frame))


def _peer_many(short: str, peer: Peer, book: RuleBook, frame: pl.DataFrame) -> Bulk:
    done = len(frame) if short == "openfisca" else min(len(frame), BATCH)
    way = next(iter(WAYS[short]))
    peer.ask("records", count=done, seed=SEED + 3, nulls=0)
    peer.ask("prepare", rules=len(book.rules), seed=SEED, way=way)
    if short == "cel":
        taken = peer.ask("times", way=way, start=0, seconds=2.0)
        return Bulk(f"CEL, {way}, one by one", sum(taken), len(taken))
    answer = peer.ask("bulk", repeats=REPEATS)
    _check_bulk(short, answer, _letters_of(evaluate_many(book, frame.head(done), DAY)))
    how = "arrays" if short == "openfisca" else "evaluate_batch"
    return Bulk(f"{PEERS[short]}, {how}", middle_and_slow(answer["seconds"])[0], done)


def main() -> int:
    parser = figures.options(__doc__)
    parser.add_argument("--rules", type=int, nargs="+", default=[100, 400])
    parser.add_argument("--records", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=100_000)
    given = parser.parse_args()
    with ExitStack() as stack:
        peers = {short: stack.enter_context(Peer("peer_engines", short)) for short in PEERS}
        workspace = stack.enter_context(Workspace.open())
        tables = [one_pairing(peers, workspace, count, given.records) for count in given.rules]
        tables.append(unknowns(peers, given.rules[0], given.records))
        tables.append(many(peers, given.rules[0], given.many))
        about = ", ".join(peer.ask("about") for peer in peers.values())
    tables = [replace(table, notes=(*table.notes, about)) for table in tables]
    figures.report(tables, given.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
