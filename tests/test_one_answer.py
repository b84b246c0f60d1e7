"""One question has one answer, whoever is asked: score, range, band and gates of every edge are those of the workspace.

Days lie before and behind changes of law and of facts, so that an edge which takes another day is found out. Each edge tells its
answers in the order of `QUESTIONS`.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from riskapi.assessment.answer import Answer
from riskapi.client import Client
from riskapi.jobs.limits import JobLimits
from riskapi.jobs.runner import Means, Runner
from riskapi.jobs.work import Outcome
from riskapi.scoring.scorecard import rounded
from riskapi.workspace import Workspace
from tests.api.kept import Service, service
from tests.cli.program import run
from tests.client.served import client_of
from tests.shipped import AS_OF, shipped_workspace

DAYS: Final = ("2022-06-01", "2024-09-01", "2026-02-05", "2027-03-01")
FOREIGN: Final = ("Xiaomi", "CATL")
HOST: Final = "Ford"
DEALS: Final[Mapping[str, dict[str, Any]]] = {
    "venture": {
        "type": "joint_venture",
        "sector": "automotive",
        "activity_country": "US",
        "market_countries": ["US", "CA"],
        "foreign_stake": 0.25,
        "model_year": 2028,
    },
    "licence": {"type": "licence", "sector": "ev_battery", "activity_country": "US"},
}
#: (day, name of the deal, foreign party) in the order of a matrix.
ASKED: Final = tuple(itertools.product(DAYS, DEALS, FOREIGN))
QUESTIONS: Final = [
    {"parties": [foreign, HOST], "foreign_party": foreign, "deal": DEALS[deal], "as_of": day}
    for day, deal, foreign in ASKED
]
JSON_LIKE = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What an edge said of one question; gates as (status, gate, rule)."""

    score: float
    low: float
    high: float
    band: str
    gates: frozenset[tuple[str, str, str]]


def of_answer(answer: Answer) -> Told:
    gates = frozenset((gate.status, gate.gate, gate.rule) for gate in answer.gates)
    return Told(answer.score, answer.low, answer.high, answer.band.name, gates)


def of_json(told: JSON_LIKE) -> Told:
    """An answer object, or a row with gates as objects."""
    band = told["band"] if isinstance(told["band"], str) else told["band"]["name"]
    gates = frozenset((gate["status"], gate["gate"], gate["rule"]) for gate in told["gates"])
    return Told(told["score"], told["low"], told["high"], band, gates)


def of_row(row: JSON_LIKE) -> Told:
    """A row of a job, with gates as `gate:rule` in two lists."""
    both = (("fired", row["gates"]), ("undetermined", row["possible_gates"]))
    gates = frozenset((status, *text.split(":", 1)) for status, texts in both for text in texts)
    return Told(row["score"], row["low"], row["high"], row["band"], gates)


@lru_cache(maxsize=1)
def expected() -> tuple[Told, ...]:
    return tuple(of_answer(shipped_workspace().ask(question, today=date.max)) for question in QUESTIONS)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(shipped_workspace(), tmp_path_factory.mktemp("one-answer") / "store.sqlite") as opened:
        yield opened


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands open the shared workspace and leave it open."""
    workspace = shipped_workspace()
    monkeypatch.setattr(Workspace, "open", classmethod(lambda cls, settings=None: workspace))
    monkeypatch.setattr(Workspace, "close", lambda self: None)


def posted(one: Service, path: str, body: object, **more: Any) -> Any:
    response = one.ask("POST", path, json=body, **more)
    assert response.status_code < 300, response.text
    return response.json()


def rows_of_job(one: Service, path: str, body: object) -> list[JSON_LIKE]:
    job = posted(one, path, body)
    means = Means(store=one.store, lease=lambda _: nullcontext(shipped_workspace()), now=one.clock, limits=JobLimits())
    assert Runner(means).work_once() is Outcome.DONE
    return list(one.ask("GET", f"/v1/jobs/{job['id']}/result").json()["rows"])


# Files of pairings

HEADINGS: Final = {
    "deal.type": "type", "deal.sector": "sector", "deal.activity_country": "activity_country",
    "deal.market_countries": "market_countries", "deal.foreign_stake": "foreign_stake", "deal.model_year": "model_year",
}  # fmt: skip


def as_written(value: object, share: str) -> object:
    """A value as people write it into a cell."""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return share if isinstance(value, float) else value


def sheet_rows(share: str) -> Iterator[list[object]]:
    yield ["Foreign party", "Host party", *HEADINGS.values(), "As of"]
    for day, deal, foreign in ASKED:
        cells = [as_written(DEALS[deal].get(name), share) for name in HEADINGS.values()]
        yield [foreign, HOST, *cells, day]


def csv_file(share: str) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows(sheet_rows(share))
    return target.getvalue().encode()


# Edges


def by_score(one: Service) -> Iterable[Told]:
    return [of_json(posted(one, "/v1/scores", question)) for question in QUESTIONS]


def by_batch(one: Service) -> Iterable[Told]:
    return [of_json(item["row"]) for item in posted(one, "/v1/scores/batch", {"questions": QUESTIONS})["items"]]


def by_scores_job(one: Service) -> Iterable[Told]:
    return map(of_row, rows_of_job(one, "/v1/jobs/scores", {"questions": QUESTIONS}))


def by_matrix(one: Service) -> Iterable[Told]:
    templates = [{"name": name, "deal": deal} for name, deal in DEALS.items()]
    sides = {"foreign": {"names": list(FOREIGN)}, "hosts": {"names": [HOST]}}
    rows = rows_of_job(one, "/v1/matrix", {**sides, "templates": templates, "dates": list(DAYS)})
    found = {(row["date"], row["template"], row["foreign"].split()[0]): of_row(row) for row in rows}
    return [found[key] for key in ASKED]


def by_file_of_percent(one: Service) -> Iterable[Told]:
    return by_file(one, "25%")


def by_file_of_decimal_comma(one: Service) -> Iterable[Told]:
    return by_file(one, "0,25")


def by_file(one: Service, share: str) -> Iterable[Told]:
    headers = {"content-type": "text/csv", "accept": "application/json"}
    response = one.ask("POST", "/v1/scores/batch", headers, content=csv_file(share))
    return [of_json(item["row"]) for item in response.json()["items"]]


def by_client(one: Service) -> Iterable[Told]:
    with client_of(one.http) as client:
        return [asked_by(client, *key) for key in ASKED]


def asked_by(client: Client, day: str, deal: str, foreign: str) -> Told:
    return of_answer(client.score(foreign, HOST, foreign_party=foreign, as_of=day, **DEALS[deal]))


def by_client_batch(one: Service) -> Iterable[Told]:
    with client_of(one.http) as client:
        items = client.batch(QUESTIONS).items
    return [
        Told(row.score, row.low, row.high, row.band, frozenset((it.status, it.gate, it.rule) for it in row.gates))
        for row in (item.row for item in items)
        if row is not None
    ]


def by_keeping(one: Service) -> Iterable[Told]:
    for question in QUESTIONS:
        kept = posted(one, "/v1/assessments", question)
        again = one.ask("GET", f"/v1/assessments/{kept['assessment']['id']}", params={"verify": "true"}).json()
        assert again["verification"]["holds"] is True
        assert again["answer"] == kept["answer"]
        yield of_json(again["answer"])


EDGES: Final[tuple[Callable[[Service], Iterable[Told]], ...]] = (
    by_score, by_batch, by_scores_job, by_matrix, by_file_of_percent, by_file_of_decimal_comma, by_client,
    by_client_batch, by_keeping,
)  # fmt: skip


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.__name__)
def test_every_edge_gives_the_answer_of_the_workspace(one: Service, edge: Callable[[Service], Iterable[Told]]) -> None:
    assert list(edge(one)) == list(expected())


@pytest.mark.parametrize("side", range(3), ids=("day", "deal", "foreign party"))
def test_the_answers_differ_by_each_side_of_the_question(side: int) -> None:
    """Else an edge that takes one for another would pass."""
    told: dict[str, list[Told]] = {}
    for key, answer in zip(ASKED, expected(), strict=True):
        told.setdefault(key[side], []).append(answer)
    assert len(set(map(tuple, told.values()))) == len(told)


@pytest.mark.usefixtures("commands")
def test_the_command_gives_the_answer_of_the_workspace() -> None:
    found = []
    for day, deal, foreign in ASKED:
        facts = DEALS[deal].items()
        told = [f"deal.{name}={','.join(value) if isinstance(value, list) else value}" for name, value in facts]
        options = itertools.chain.from_iterable(("--set", fact) for fact in told)
        result = run("score", foreign, HOST, "--foreign", foreign, *options, "--as-of", day, "--json")
        assert result.exit_code == 0, result.output
        found.append(of_json(json.loads(result.stdout)))
    assert found == list(expected())


@pytest.mark.usefixtures("commands")
def test_a_scored_workbook_shows_the_answer_of_the_workspace_to_one_decimal(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Pairings"
    for row in sheet_rows("25%"):
        book.active.append(row)
    book.save(tmp_path / "pairings.xlsx")
    result = run("score", "--file", str(tmp_path / "pairings.xlsx"), "--out", str(tmp_path / "scored.xlsx"))
    assert result.exit_code == 0, result.output
    head, *rows = openpyxl.load_workbook(tmp_path / "scored.xlsx")["Pairings"].iter_rows(values_only=True)
    shown: list[dict[str, Any]] = [dict(zip(map(str, head), row, strict=True)) for row in rows if row[0]]
    labels = {band.name: band.label for band in shipped_workspace().card.bands}
    for line, told in zip(shown, expected(), strict=True):
        assert line["Score"] == rounded(told.score, 1)
        assert line["Lowest"] == rounded(told.low, 1)
        assert line["Highest"] == rounded(told.high, 1)
        assert line["Band"] == labels[told.band]


def test_a_watched_question_gives_the_answer_of_the_day(one: Service) -> None:
    question = {name: value for name, value in QUESTIONS[0].items() if name != "as_of"}
    item = posted(one, "/v1/watchlists", {"name": "one answer", "items": [{"question": question}]})["items"][0]
    alone = of_answer(shipped_workspace().ask(question, today=AS_OF))
    result = item["result"]
    assert (result["score"], result["low"], result["high"], result["band"]) == (
        alone.score, alone.low, alone.high, alone.band
    )  # fmt: skip
