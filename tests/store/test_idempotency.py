from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from riskapi.errors import RequestError
from riskapi.store import assessments, idempotency
from riskapi.store.database import Store
from riskapi.store.errors import ConflictError
from riskapi.store.idempotency import KEPT_FOR, LEASE, Attempt, InProgressError, KeyReusedError, Lease, Replay
from riskapi.store.tables import AssessmentRow
from tests.store.material import HARMLESS, NOON, REFUSED, later, new_assessment, with_tenants

ATTEMPT = Attempt(tenant="default", route="POST /v1/scores", key="k-1", request_hash="1" * 64)
ANSWER = Replay(status=201, headers={"location": "/v1/assessments/1"}, body=b"\x00\xff{}")


def attempt(**changes: Any) -> Attempt:
    fields = {"tenant": "default", "route": "POST /v1/scores", "key": "k-1", "request_hash": "1" * 64}
    return Attempt(**(fields | changes))


def begin(store: Store, now: datetime = NOON, **changes: Any) -> Lease:
    found = idempotency.begin(store, attempt(**changes), now)
    assert isinstance(found, Lease)
    return found


def work(store: Store, lease: Lease, answer: Replay = ANSWER) -> None:
    """What a handler does: store something and keep the answer, in one transaction."""
    with store.write() as session:
        assessments.add(session, lease.attempt.tenant, new_assessment(), NOON)
        idempotency.finish(session, lease, answer)


def stored(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(AssessmentRow)) or 0


def test_the_second_request_gets_the_answer_of_the_first(store: Store) -> None:
    work(store, begin(store))
    assert idempotency.begin(store, ATTEMPT, later(hours=23)) == ANSWER
    assert stored(store) == 1


def test_the_same_key_with_another_content_is_refused_while_working_and_after(store: Store) -> None:
    lease = begin(store)
    with pytest.raises(KeyReusedError):
        begin(store, request_hash="2" * 64)
    work(store, lease)
    with pytest.raises(KeyReusedError):
        begin(store, request_hash="2" * 64)


def test_a_request_that_is_being_worked_on_is_not_worked_on_twice(store: Store) -> None:
    begin(store)
    with pytest.raises(InProgressError) as raised:
        begin(store, later(seconds=20))
    assert raised.value.retry_after == LEASE.total_seconds() - 20


def test_after_a_crash_the_request_can_be_sent_again_when_the_lease_is_over(store: Store) -> None:
    begin(store)
    with pytest.raises(InProgressError):
        begin(store, NOON + LEASE / 2)
    work(store, begin(store, NOON + LEASE))
    assert stored(store) == 1
    assert idempotency.begin(store, ATTEMPT, NOON + LEASE) == ANSWER


def test_who_was_too_slow_keeps_nothing(store: Store) -> None:
    slow = begin(store)
    quick = begin(store, NOON + LEASE)
    work(store, quick)
    with pytest.raises(ConflictError) as raised:
        work(store, slow, Replay(status=500, headers={}, body=b"late"))
    assert raised.value.problems[0].code == "lease-lost"
    assert stored(store) == 1
    assert idempotency.begin(store, ATTEMPT, NOON + LEASE) == ANSWER


def test_who_was_too_slow_keeps_nothing_while_the_other_still_works(store: Store) -> None:
    slow = begin(store)
    quick = begin(store, NOON + LEASE)
    with pytest.raises(ConflictError):
        work(store, slow)
    assert stored(store) == 0
    work(store, quick)
    assert stored(store) == 1


def test_an_answer_is_kept_once(store: Store) -> None:
    lease = begin(store)
    work(store, lease)
    with pytest.raises(ConflictError):
        work(store, lease)
    assert stored(store) == 1


def test_work_that_failed_frees_the_key_at_once(store: Store) -> None:
    lease = begin(store)
    idempotency.release(store, lease)
    work(store, begin(store, later(seconds=1), request_hash="3" * 64))
    assert stored(store) == 1


def test_freeing_does_not_touch_an_answer_or_another_ones_lease(store: Store) -> None:
    slow = begin(store)
    quick = begin(store, NOON + LEASE)
    idempotency.release(store, slow)
    work(store, quick)
    idempotency.release(store, quick)
    assert idempotency.begin(store, ATTEMPT, NOON + LEASE) == ANSWER


def test_after_a_day_the_key_is_new(store: Store) -> None:
    work(store, begin(store))
    assert isinstance(idempotency.begin(store, attempt(request_hash="2" * 64), NOON + KEPT_FOR), Lease)


def test_a_key_belongs_to_one_tenant_and_one_route(store: Store) -> None:
    with_tenants(store, "other")
    work(store, begin(store))
    work(store, begin(store, tenant="other"))
    work(store, begin(store, route="POST /v1/matrix"))
    work(store, begin(store, key="k-2"))
    assert stored(store) == 4


def test_only_what_has_expired_is_deleted(store: Store) -> None:
    work(store, begin(store))
    begin(store, later(hours=1), key="k-2")
    with store.write() as session:
        assert idempotency.remove_expired(session, NOON + KEPT_FOR) == 1
        assert idempotency.remove_expired(session, NOON + KEPT_FOR) == 0
    with pytest.raises(InProgressError):
        begin(store, later(hours=1), key="k-2")


def test_any_text_without_control_characters_is_a_key(store: Store) -> None:
    for key in HARMLESS:
        work(store, begin(store, key=key))
        assert idempotency.begin(store, attempt(key=key), NOON) == ANSWER
    assert stored(store) == len(HARMLESS)


def test_other_keys_are_refused(store: Store) -> None:
    for key in (*REFUSED, "x" * 256):
        with pytest.raises(RequestError):
            begin(store, key=key)


def test_of_many_at_once_one_works_and_the_others_wait_or_get_its_answer(store: Store) -> None:
    together = threading.Barrier(8)
    refused: list[int] = []

    def send(_: int) -> Replay:
        together.wait()
        while True:
            try:
                found = idempotency.begin(store, ATTEMPT, NOON)
            except InProgressError as error:
                refused.append(error.retry_after)
                continue
            if isinstance(found, Replay):
                return found
            work(store, found)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert answers == [ANSWER] * 8
    assert stored(store) == 1


def test_of_many_that_come_after_a_crash_one_works(store: Store) -> None:
    keys = [f"k-{number}" for number in range(12)]
    for key in keys:
        begin(store, key=key)
    together = threading.Barrier(4)

    def take(key: str) -> bool:
        together.wait()
        try:
            return isinstance(idempotency.begin(store, attempt(key=key), NOON + LEASE), Lease)
        except InProgressError:
            return False

    with ThreadPoolExecutor(4) as pool:
        for key in keys:
            assert sum(pool.map(take, [key] * 4)) == 1
