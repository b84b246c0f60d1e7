"""A process that answers watched questions again until it is killed. Enters: the address of a store. Leaves: rows in it.

Round n rests on dataset n, by which every score is another one. It tells the number of each round when it begins.
"""

from __future__ import annotations

from datetime import datetime
from itertools import count
from multiprocessing.connection import Connection

from riskapi.assessment.answer import Versions
from riskapi.store.database import Store, open_store
from riskapi.watch.rounds import Done, Rescorer
from tests.store.watching import Answers


def work(store: Store, number: int, now: datetime) -> Done:
    """One round by the dataset of that number, once it was announced."""
    answers = Answers(
        Versions(engine="1", rule_set="r", dataset=f"n{number}"), lambda _question, _day: float(number % 90)
    )
    rescorer = Rescorer(store=store, workspaces=answers.lease, now=lambda: now)
    rescorer.announce()
    return rescorer.run(now.date())


def main(address: str, first: int, now: datetime, told: Connection) -> None:
    """Go on until the process is killed."""
    store = open_store(address)
    for number in count(first):
        told.send(number)
        work(store, number, now)
