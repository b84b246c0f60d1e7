"""Names of firms that do not exist, and queries for them: a number and a seed in, the same texts on every side out.

Standard library only: the processes of the peers import it, too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

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


def made_up(number: int, seed: int) -> list[str]:
    """Different names: a made-up word, a trade, now and then a place, a legal form."""
    draw, found = random.Random(seed), dict[str, None]()
    while len(found) < number:
        word = "".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))).title()
        place = f"{draw.choice(PLACES)} " if draw.random() < 0.3 else ""
        found[f"{place}{word} {draw.choice(TRADES)} {draw.choice(FORMS)}"] = None
    return list(found)


def _misspelt(name: str, draw: random.Random) -> str:
    """The name with two neighbouring letters exchanged."""
    place = draw.randrange(max(1, len(name) // 2))
    return name[:place] + name[place + 1 : place + 2] + name[place : place + 1] + name[place + 2 :]


KINDS: Mapping[str, Callable[[str, random.Random], str]] = {
    "exact": lambda name, _: name,
    "misspelt": _misspelt,
    "last word missing": lambda name, _: name.rpartition(" ")[0] or name,
    "unknown": lambda name, _: f"Qxz{name[:3].lower()}vv Unheard {name[-4:]}",
}


def queries(names: list[str], kind: str, number: int, seed: int) -> list[str]:
    """Queries of one kind for names drawn from the list."""
    draw = random.Random(f"{kind} {seed}")
    return [KINDS[kind](name, draw) for name in draw.sample(names, min(number, len(names)))]
