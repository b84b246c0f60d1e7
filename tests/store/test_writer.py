from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from riskapi.errors import RequestError
from riskapi.store import assessments, audit
from riskapi.store.database import Store
from riskapi.store.errors import StoreBusyError, StoreError
from riskapi.store.shown import AssessmentRecord
from riskapi.store.tables import AssessmentRow
from riskapi.store.writer import MOST_TOGETHER, GroupWriter
from tests.store.material import NOON, new_assessment


def add(session: Session) -> AssessmentRecord:
    return assessments.add(session, "default", new_assessment(), NOON)


def refuse(session: Session) -> AssessmentRecord:
    """Writes, and then fails."""
    add(session)
    return assessments.add(session, "default", new_assessment(label="\x00"), NOON)


def count(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(AssessmentRow)) or 0


class Held:
    """Keeps the writer busy until it is let go, so that what is submitted meanwhile waits together."""

    def __init__(self, writer: GroupWriter) -> None:
        self._entered, self._go_on = threading.Event(), threading.Event()
        self.future = writer.submit(self._hold)
        assert self._entered.wait(60)

    def _hold(self, _: Session) -> None:
        self._entered.set()
        self._go_on.wait(60)

    def let_go(self) -> None:
        self._go_on.set()


def test_a_result_is_there_when_the_write_can_be_read(store: Store) -> None:
    with GroupWriter(store) as writer:
        made = writer.submit(add).result(10)
        with store.read() as session:
            assert assessments.get(session, "default", made.id).is_intact


def test_what_many_threads_submit_is_all_kept_with_a_sound_log(store: Store) -> None:
    with GroupWriter(store) as writer, ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: writer.submit(add).result(20), range(100)))
    assert len({item.id for item in made}) == count(store) == 100
    with store.read() as session:
        assert (audit.verify(session, "default").is_sound, audit.head(session, "default").seq) == (True, 100)


def test_what_waits_at_one_moment_is_one_transaction(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Store] = []
    write = Store.write

    def noted(self: Store) -> AbstractContextManager[Session]:
        begun.append(self)
        return write(self)

    monkeypatch.setattr(Store, "write", noted)
    with GroupWriter(store) as writer:
        held = Held(writer)
        futures = [writer.submit(add) for _ in range(MOST_TOGETHER)]
        held.let_go()
        for future in futures:
            future.result(20)
    assert len(begun) == 2


def test_a_write_that_fails_is_taken_back_alone(store: Store) -> None:
    with GroupWriter(store) as writer:
        held = Held(writer)
        before, wrong, after = writer.submit(add), writer.submit(refuse), writer.submit(add)
        held.let_go()
        with pytest.raises(RequestError):
            wrong.result(10)
        assert before.result(10).id != after.result(10).id
    assert count(store) == 2
    with store.read() as session:
        assert (audit.verify(session, "default").is_sound, audit.head(session, "default").seq) == (True, 2)


def test_a_row_that_breaks_a_rule_of_the_tables_is_taken_back_alone(store: Store) -> None:
    with GroupWriter(store) as writer:
        held = Held(writer)
        wrong = writer.submit(lambda session: assessments.add(session, "nobody", new_assessment(), NOON))
        right = writer.submit(add)
        held.let_go()
        right.result(10)
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            wrong.result(10)
    assert count(store) == 1


def test_where_the_database_fails_all_of_that_moment_learn_of_it_and_the_next_are_kept(store: Store) -> None:
    def break_off(session: Session) -> None:
        session.execute(text("SELECT no_such_column FROM assessments"))

    with GroupWriter(store) as writer:
        held = Held(writer)
        futures: list[Future[object]] = [writer.submit(add), writer.submit(break_off)]
        held.let_go()
        for future in futures:
            with pytest.raises(Exception, match="no_such_column"):
                future.result(10)
        assert count(store) == 0
        writer.submit(add).result(10)
    assert count(store) == 1


def test_a_store_that_is_gone_is_told_to_all_who_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: Store) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(Store, "write", gone)
    with GroupWriter(store) as writer, pytest.raises(StoreError, match="gone"):
        writer.submit(add).result(10)


def test_closing_writes_what_waits_and_refuses_what_comes_later(store: Store) -> None:
    writer = GroupWriter(store)
    held = Held(writer)
    futures = [writer.submit(add) for _ in range(5)]
    held.let_go()
    writer.close()
    assert all(future.done() and future.exception() is None for future in futures)
    with pytest.raises(StoreBusyError):
        writer.submit(add)
    writer.close()
    assert count(store) == 5


def test_only_so_many_may_wait(store: Store) -> None:
    with GroupWriter(store, waiting=3) as writer:
        held = Held(writer)
        futures = [writer.submit(add) for _ in range(3)]
        with pytest.raises(StoreBusyError, match="too many"):
            writer.submit(add)
        held.let_go()
        for future in futures:
            future.result(10)
    assert count(store) == 3


def test_a_write_that_nobody_wants_any_more_is_left_out(store: Store) -> None:
    with GroupWriter(store) as writer:
        held = Held(writer)
        unwanted, wanted = writer.submit(add), writer.submit(add)
        assert unwanted.cancel()
        held.let_go()
        wanted.result(10)
    assert count(store) == 1
