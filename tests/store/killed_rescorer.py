"""A process that answers watched questions again until it is killed: `python killed_rescorer.py ADDRESS FIRST NOW`.

Round n rests on dataset n, by which every score is another one. It tells each round on standard output when it begins.
"""

from __future__ import annotations

import sys
from datetime import datetime
from itertools import count

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


def main(address: str, first: str, now: str) -> None:
    """Go on until the process is killed."""
    store = open_store(address)
    for number in count(int(first)):
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        work(store, number, datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])
