"""Watched questions for tests: lists, items, and workspaces that answer what a test wants without rules or data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from riskapi.assessment.answer import Versions
from riskapi.store import watchlists
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.watchlists import Item, NewItem, State, Watchlist
from riskapi.watch.movement import result_of
from riskapi.workspace import Workspace

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOON.date()
FIRST = Versions(engine="1", rule_set="1.0.0+a", dataset="d1")
NEXT = Versions(engine="1", rule_set="1.0.0+a", dataset="d2")


@dataclass
class Clock:
    """Moves on by a millisecond at each look, and as far as a test wants."""

    moment: datetime = NOON

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass
class Answers:
    """A workspace that answers with what `score_of` says of a question and a day; `asked` counts."""

    versions: Versions = FIRST
    score_of: Callable[[Any, date], float] = lambda _question, _day: 50.0
    gates_of: Callable[[Any, date], tuple[str, ...]] = lambda _question, _day: ()
    asked: list[Any] = field(default_factory=list)

    def ask(self, question: Any, *, today: date) -> Any:
        day = date.fromisoformat(question["as_of"]) if "as_of" in question else today
        bare = {name: value for name, value in question.items() if name != "as_of"}
        self.asked.append((bare, day))
        return answer(self.versions, day, self.score_of(bare, day), self.gates_of(bare, day))

    def lease(self, tenant: str | None) -> AbstractContextManager[Workspace]:
        return lent(self)


@contextmanager
def lent(answers: Answers) -> Iterator[Workspace]:
    yield cast(Workspace, answers)


def answer(versions: Versions, day: date, score: float, gates: tuple[str, ...] = ()) -> Any:
    """What is read of an answer."""
    rules = [
        SimpleNamespace(id=f"us.test.{gate}", title=f"Rule of {gate}", foreign_party="a", status="fired", points=10.0)
        for gate in gates
    ]
    found = [
        SimpleNamespace(gate=gate, status="fired", jurisdiction="US", rule=f"us.test.{gate}", title="Rule",
                        citation="1 CFR 1")
        for gate in gates
    ]  # fmt: skip
    parties = [SimpleNamespace(name="A", company_id="a"), SimpleNamespace(name="B", company_id="b")]
    return SimpleNamespace(
        question=f"How much? as of {day}", as_of=day, versions=versions, score=score, low=score - 10, high=score + 10,
        band=SimpleNamespace(name="high" if score >= 60 else "low"), gates=found, rules=rules, parties=parties,
    )  # fmt: skip


def state(score: float = 50.0, versions: Versions = FIRST, day: date = TODAY) -> State:
    return State(versions=versions, as_of=day, scored_at=NOON, result=result_of(answer(versions, day, score)))


def new_item(number: int = 0, score: float = 50.0, **more: Any) -> NewItem:
    told = {"question": {"parties": [f"a{number}", "b"]}, "label": f"item {number}", "thresholds": None}
    return NewItem(**{**told, "state": state(score), **more})


def signature(by: str = "anna", at: datetime = NOON) -> Signature:
    return Signature(by, at)


def make_list(store: Store, items: int = 1, tenant: str = DEFAULT_TENANT, name: str = "cars") -> Watchlist:
    with store.write() as session:
        return watchlists.create(session, tenant, name, [new_item(number) for number in range(items)], signature())


def items_in(store: Store, ident: str, tenant: str = DEFAULT_TENANT) -> tuple[Item, ...]:
    with store.read() as session:
        return watchlists.get(session, tenant, ident)[1]
