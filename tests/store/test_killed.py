"""Writers that are killed at any moment: nothing that was acknowledged is lost, nothing is stored twice.

`make faults` kills many more.
"""

from __future__ import annotations

import os
import random
import time
from datetime import datetime

import pytest
from sqlalchemy import select

from riskapi.store import audit
from riskapi.store.assessments import get
from riskapi.store.database import Store, open_store
from riskapi.store.tables import AssessmentRow
from tests.store import killed_writer
from tests.store.material import later
from tests.store.telling import telling

ROUNDS, TOGETHER = int(os.environ.get("RISKAPI_FAULT_ROUNDS", "2")), 4


def run_and_kill(address: str, first: dict[str, int], moment: datetime) -> dict[str, list[tuple[int, str]]]:
    """Start writers, let them write, kill each at its own moment; what each had acknowledged."""
    writers = {name: telling(killed_writer.main, address, name, number, moment) for name, number in first.items()}
    told: dict[str, list[tuple[int, str]]] = {}
    for name, writer in writers.items():
        begun = writer.word()
        time.sleep(random.uniform(0, 0.15))  # noqa: S311
        told[name] = [begun, *writer.kill()]
    return told


def stored(store: Store) -> dict[str, str]:
    """Label -> id; raises where two bear one label."""
    with store.read() as session:
        rows = session.execute(select(AssessmentRow.label, AssessmentRow.id)).all()
        found = {label: ident for label, ident in rows if label}
        assert len(found) == len(rows), "something is stored twice"
        assert all(get(session, "default", ident).is_intact for ident in found.values())
        return found


@pytest.mark.slow
@pytest.mark.fault
def test_killed_writers_lose_and_double_nothing(address: str) -> None:
    first = {f"writer{index}": 0 for index in range(TOGETHER)}
    acknowledged: dict[str, str] = {}
    with open_store(address) as store:
        for round_ in range(ROUNDS):
            # Each round is an hour later, so that what a killed writer had begun may be begun again.
            for name, lines in run_and_kill(address, first, later(hours=round_)).items():
                for number, ident in lines:
                    assert acknowledged.setdefault(f"{name}-{number}", ident) == ident
                first[name] = lines[-1][0]  # asks again for the last, as a caller does whose connection broke
            found = stored(store)
            assert {key: found.get(key) for key in acknowledged} == acknowledged
            with store.read() as session:
                log = audit.verify(session, "default")
                subjects = [entry.subject for entry in audit.entries(session, "default")]
            assert log.is_sound, log.reason
            assert sorted(subjects) == sorted(found.values()), "an assessment without its entry, or the reverse"
    assert len(acknowledged) >= ROUNDS * TOGETHER / 2
