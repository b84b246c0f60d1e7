"""Names to companies, against rapidfuzz and nomenklatura: time and memory by the number of names, and how often each is right.

    python benchmarks/bench_resolver.py [--names 1000 10000 100000] [--queries 100] [--json FILE]

The names that time is taken with are made up from a seed (`name_set.py`), the same for all. How often each is right is
measured with the names of datasets/ and the cases of tests/entities/data, by the same count for all.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from benchmarks import figures
from benchmarks.figures import ROOT, Cell, Table, middle_and_slow, peak_mb, seconds_each, timed
from benchmarks.name_set import KINDS, made_up, queries
from benchmarks.peer_names import CANDIDATES
from benchmarks.peers import Peer, PeerError
from riskapi.entities.evaluation import Case, Judged, judge, read_cases, verdict
from riskapi.entities.evaluation import figures as rates
from riskapi.entities.resolution import Match, NamedCompany, NoMatch, Resolution
from riskapi.entities.resolver import NameIndex, index_from_rows
from riskapi.settings import Settings

SEED = 7
WITHIN = 4.0  # seconds for the queries of one kind
PEERS = {"rapidfuzz": "rapidfuzz, WRatio over all names", "nomenklatura": "nomenklatura, logic-v2 over candidates"}
CASES = ROOT / "tests" / "entities" / "data" / "resolver_cases.csv"
#: Cut-offs that are shown. yente, the service made for nomenklatura, has 0.7; rapidfuzz documents none.
CUTS = {"rapidfuzz": (0.9, 0.95), "nomenklatura": (0.7,)}


# Time


def speed(peers: Mapping[str, Peer], number: int, asked: int) -> tuple[list[list[Cell]], list[list[Cell]]]:
    """Rows of building, one for each matcher, and of queries, one for each matcher and kind."""
    names, before = made_up(number, SEED), peak_mb()
    companies = [NamedCompany(company_id=f"c{at}", name=name) for at, name in enumerate(names)]
    seconds, index = timed(lambda: NameIndex(companies, []))
    building: list[list[Cell]] = [[number, "riskapi", seconds, peak_mb() - before]]
    for name, peer in peers.items():
        found = peer.ask("made_up", number=number, seed=SEED)
        building.append([number, PEERS[name], found["seconds"], found["megabytes"]])
    rows: list[list[Cell]] = []
    for kind in KINDS:
        own = seconds_each(index.resolve, queries(names, kind, asked, SEED), WITHIN)
        rows.append(_row([number, "riskapi", kind], own, own))
        for name, peer in peers.items():
            taken = peer.ask("times", kind=kind, number=asked, seed=SEED, within=WITHIN)
            rows.append(_row([number, PEERS[name], kind], taken, own))
    return building, rows


def _row(head: list[Cell], taken: Sequence[float], own: Sequence[float]) -> list[Cell]:
    middle, slow = middle_and_slow(taken)
    return [*head, 1000 * middle, 1000 * slow, middle / middle_and_slow(own)[0], len(taken)]


# How often it is right


def quality(peers: Mapping[str, Peer]) -> Table:
    """Everybody on the same names and cases."""
    tables = [_rows(name) for name in ("companies", "names")]
    index = index_from_rows(*tables)
    cases = read_cases(CASES, index.companies.keys())
    seconds, own = timed(lambda: judge(index, cases))
    rows = [_rates("riskapi, as shipped", own, seconds)]
    companies = list(_companies(*tables))
    for name, peer in peers.items():
        peer.ask("companies", companies=companies)
        for kind, also in {"": False, ", the right one always a candidate": True}.items():
            if also and name == "rapidfuzz":
                continue
            asked = [(case.query, case.country_hint, sorted(case.expected) if also else ()) for case in cases]
            seconds, found = timed(lambda peer=peer, asked=asked: peer.ask("answers", asked=asked))  # type: ignore[misc]
            for cut in CUTS[name]:
                judged = [_judged(case, best, cut) for case, best in zip(cases, found, strict=True)]
                rows.append(_rates(f"{PEERS[name]}{kind}, cut-off {cut}", judged, seconds))
    return Table(
        f"How often it is right: {len(cases):,} cases, {sum(len(names) for _, names, _ in companies):,} names "
        f"of {len(companies):,} companies",
        ("matcher", "recall@1, %", "precision, %", "false matches, % of the names of nobody", "ambiguous told, %", "ms a query"),
        rows,
        (
            "Recall@1: the right company was the answer and was called a match. Only riskapi can say that a name is ambiguous.",
            "They are the public cases that riskapi was developed with: its own line is the best that it does, not the usual.",
            "riskapi and logic-v2 are told the country where the case has one; WRatio takes none.",
            "yente, the service for nomenklatura, has the cut-off 0.7. rapidfuzz documents none: of those tried, 0.95 is best.",
        ),
    )  # fmt: skip


def _rows(table: str) -> list[dict[str, str]]:
    with (Settings.from_environment().datasets / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _companies(
    companies: Iterable[dict[str, str]], names: Iterable[dict[str, str]]
) -> Iterator[tuple[str, list[str], str]]:
    known = defaultdict[str, list[str]](list)
    for row in names:
        known[row["company_id"]].append(row["name"])
    for row in companies:
        own = [row["name"], *([row["legal_name"]] if row["legal_name"] else []), *known[row["company_id"]]]
        yield row["company_id"], list(dict.fromkeys(own)), row["seat_country"]


def _judged(case: Case, best: Sequence[Any] | None, cut: float) -> Judged:
    answer: Resolution = NoMatch(query=case.query, reason="below the cut-off")
    if best and best[1] >= cut:
        answer = Match(
            query=case.query, company_id=best[0], name="", matched_name="", kind="", score=best[1], reason=""
        )
    return Judged(case=case, answer=answer, verdict=verdict(case, answer), seconds=0)


def _rates(name: str, judged: Sequence[Judged], seconds: float) -> list[Cell]:
    found = rates(judged)
    shares = (found.recall, found.precision, found.false_match_rate, found.ambiguous_recall)
    return [name, *(None if share is None else 100 * share for share in shares), 1000 * seconds / len(judged)]


@contextmanager
def matchers() -> Iterator[tuple[dict[str, Peer], list[str]]]:
    """The peers that are there, and notes on those whose packages could not be installed."""
    with ExitStack() as stack:
        found, notes = {}, []
        for name in PEERS:
            peer = stack.enter_context(Peer("peer_names", name))
            try:
                peer.ask("companies", companies=[])
                found[name] = peer
            except PeerError as error:
                notes.append(f"{name} is left out: {error}.")
        yield found, notes


def main() -> int:
    parser = figures.options(__doc__)
    parser.add_argument("--names", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--queries", type=int, default=100)
    given = parser.parse_args()
    with matchers() as (peers, missing):
        building: list[list[Cell]] = []
        rows: list[list[Cell]] = []
        for number in given.names:
            ready, asked = speed(peers, number, given.queries)
            building += ready
            rows += asked
        right = quality(peers)
        about = ", ".join(peer.ask("about") for peer in peers.values())
    notes = (
        f"No further query of a kind is asked after {WITHIN:.0f} s.",
        f"nomenklatura has no index for queries; it gets at most {CANDIDATES} candidates that share words with the query.",
        "Rare words count for more: where one is misspelt it is fast and blind; a larger choice would be slower.",
        about,
        *missing,
    )
    columns = ("names", "matcher", "kind of query", "median, ms", "95th percentile, ms", "time ÷ riskapi's", "queries")
    tables = [
        Table("A query for a name", columns, rows, notes),
        Table("Getting ready for queries", ("names", "matcher", "building, s", "memory, MB"), building),
        right,
    ]
    figures.report(tables, given.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
