"""A process that stores one assessment after the other until it is killed. Enters: the address of a store. Leaves: rows in it.

It does what a request with an idempotency key does, and tells the number of each key once it is acknowledged.
"""

from __future__ import annotations

from datetime import datetime
from itertools import count
from multiprocessing.connection import Connection

from riskapi.store import assessments, idempotency
from riskapi.store.database import Store, open_store
from riskapi.store.idempotency import Attempt, Replay
from tests.store.material import new_assessment


def store_once(store: Store, key: str, now: datetime) -> str:
    """The id of the assessment of that key, made now or before."""
    attempt = Attempt(tenant="default", route="POST /v1/assessments", key=key, request_hash="0" * 64)
    begun = idempotency.begin(store, attempt, now)
    if isinstance(begun, Replay):
        return begun.body.decode()
    with store.write() as session:
        made = assessments.add(session, "default", new_assessment(label=key), now)
        idempotency.finish(session, begun, Replay(status=201, headers={}, body=made.id.encode()))
    return made.id


def main(address: str, name: str, first: int, now: datetime, told: Connection) -> None:
    """Go on until the process is killed."""
    store = open_store(address)
    for number in count(first):
        told.send((number, store_once(store, f"{name}-{number}", now)))
