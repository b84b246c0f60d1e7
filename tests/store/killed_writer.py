"""A process that stores one assessment after the other until it is killed: `python killed_writer.py ADDRESS NAME FIRST NOW`.

It does what a request with an idempotency key does, and tells each key on standard output once it is acknowledged.
"""

from __future__ import annotations

import sys
from datetime import datetime
from itertools import count

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


def main(address: str, name: str, first: str, now: str) -> None:
    """Go on until the process is killed."""
    store = open_store(address)
    for number in count(int(first)):
        ident = store_once(store, f"{name}-{number}", datetime.fromisoformat(now))
        sys.stdout.write(f"{number} {ident}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
