"""How fast the resolver answers, how long the index takes to build and how much memory it needs.

    python benchmarks/bench_resolver.py                      synthetic names
    python benchmarks/bench_resolver.py FILE.csv [FILE.csv]  the column `name` of CSV files

Prints one line for each kind of query: the median and the 95th percentile in milliseconds.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from pathlib import Path
from statistics import quantiles

from riskapi.entities.resolver import NamedCompany, NameIndex

NAMES = 100_000
QUERIES = 400
SYLLABLES = (
    "ka",
    "mo",
    "ri",
    "ta",
    "lu",
    "ven",
    "dor",
    "sig",
    "pra",
    "nol",
    "tek",
    "zan",
    "bel",
    "fir",
    "gos",
    "hun",
    "jal",
)
TRADES = (
    "Technology",
    "Motors",
    "Steel",
    "Energy",
    "Electronics",
    "Chemical",
    "Logistics",
    "Semiconductor",
    "Holdings",
)
PLACES = ("Nanjing", "Osaka", "Delhi", "Munich", "Boston", "Lyon", "Busan", "Kazan", "Turin", "Leeds")
FORMS = ("Co., Ltd.", "Inc.", "AG", "Limited", "Corp.", "S.A.", "PJSC", "GmbH")


def synthetic(number: int, draw: random.Random) -> list[str]:
    """Different names of firms: a made-up word, a trade, now and then a place, a legal form."""
    found: dict[str, None] = {}
    while len(found) < number:
        word = "".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))).title()
        place = f"{draw.choice(PLACES)} " if draw.random() < 0.3 else ""
        found[f"{place}{word} {draw.choice(TRADES)} {draw.choice(FORMS)}"] = None
    return list(found)


def from_files(files: Iterable[Path], number: int) -> list[str]:
    """Different names from the column `name`, as many as there are up to `number`."""
    found: dict[str, None] = {}
    for file in files:
        with file.open(encoding="utf-8", newline="") as opened:
            found.update((row["name"], None) for row in csv.DictReader(opened) if row.get("name"))
    return list(found)[:number]


def misspelt(name: str, draw: random.Random) -> str:
    """The name with two neighbouring letters exchanged."""
    place = draw.randrange(max(1, len(name) // 2))
    return name[:place] + name[place + 1 : place + 2] + name[place : place + 1] + name[place + 2 :]


def measure(index: NameIndex, queries: Sequence[str]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    times = []
    for query in queries:
        start = time.perf_counter()
        index.resolve(query)
        times.append((time.perf_counter() - start) * 1000)
    cuts = quantiles(times, n=20, method="inclusive")
    return cuts[9], cuts[18]


def memory_mb() -> float:
    """The most memory that the program has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--names", type=int, default=NAMES)
    given = parser.parse_args()
    draw = random.Random(7)
    names = from_files(given.files, given.names) if given.files else []
    names += synthetic(given.names - len(names), draw)
    before = memory_mb()
    start = time.perf_counter()
    index = NameIndex((NamedCompany(company_id=f"c{n}", name=name) for n, name in zip(count(), names)), [])
    print(f"{len(names)} names: built in {time.perf_counter() - start:.1f} s, {memory_mb() - before:.0f} MB")
    kinds: dict[str, Callable[[str], str]] = {
        "exact name": str,
        "without its last word": lambda name: name.rpartition(" ")[0] or name,
        "misspelt": lambda name: misspelt(name, draw),
        "with another word": lambda name: f"{name.split()[0]} Foundation",
        "unknown": lambda name: f"Qxz{name[:3].lower()}vv Unheard {name[-4:]}",
    }
    for kind, change in kinds.items():
        median, slow = measure(index, [change(name) for name in draw.sample(names, QUERIES)])
        print(f"{kind:<24} p50 {median:7.3f} ms   p95 {slow:7.3f} ms")


if __name__ == "__main__":
    main()
