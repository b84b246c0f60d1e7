"""What the columns of a file mean: the vocabulary in, every column that is known out, and headings matched with them.

A heading may be ours (`Deal type`), the name of a fact (`deal.type`, `type`) or a usual other word; case, spaces and signs
do not matter. What is not known belongs to whoever wrote the file and is kept as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from riskapi.assessment.words import code_words
from riskapi.facts.vocabulary import COMPANY_FACTS, Fact, Vocabulary
from riskapi.spreadsheet.grid import Cell, Row

#: The head stands in one of the first rows; above it may be titles and remarks.
HEAD_ROWS: Final = 25
#: How like a known heading an unknown one must be to be taken for a slip of the pen.
_SLIP: Final = 0.8

LABEL, AS_OF = "label", "as_of"
FIRST, SECOND = "/parties/0", "/parties/1"
SIDES: Final = {"foreign": FIRST, "host": SECOND}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A column that is read. `pointer` is its place in a question; `in_template` says that the template has it."""

    key: str
    heading: str
    pointer: str
    meaning: str
    fact: Fact | None = None
    example: Cell = None
    in_template: bool = False
    other_words: tuple[str, ...] = ()

    @property
    def is_party(self) -> bool:
        """Whether it holds the name of a party."""
        return self.pointer in (FIRST, SECOND)


#: Beside `First party` and `Second party`, the heading `Foreign party` means this, too.
FOREIGN_SIDE: Final = Known(
    key="foreign_side",
    heading="Foreign side",
    pointer="/foreign_party",
    meaning="Which of the first and the second party one-sided facts speak of: its name.",
)
#: Headings of facts where their name does not make a good one, and usual other words.
_HEADINGS: Final = {
    "deal.type": "Deal type",
    "deal.activity_country": "Country of the activity",
    "deal.activity_subdivision": "State or province of the activity",
    "deal.value_usd": "Value in USD",
    "deal.vcs_hardware_origins": "Origins of connectivity hardware",
    "deal.covered_software_origins": "Origins of connectivity software",
    "deal.ai_training_operations": "AI training operations",
    "deal.ai_military_use": "AI military use",
    "deal.ai_security_or_robot_use": "AI security or robot use",
    "pair.existing_stake": "Existing stake",
}
_OTHER_WORDS: Final = {
    "deal.type": ("form", "form of the deal", "type of deal", "structure"),
    "deal.activity_country": ("in", "where", "activity country", "deal country", "target country"),
    "deal.market_countries": ("markets", "market", "market country", "sold in"),
    "deal.production_countries": ("made in", "production", "production country"),
    "deal.technologies": ("technology",),
    "deal.foreign_stake": ("stake", "foreign share"),
    "deal.host_stake": ("host share",),
    "deal.value_usd": ("value", "deal value", "value usd"),
    "deal.product": ("product group",),
}
#: The facts that the template has, in its order, each with an example: codes, which are shown as their labels.
FREQUENT: Final[Mapping[str, str | float | tuple[str, ...]]] = {
    "deal.type": "joint_venture",
    "deal.sector": "automotive",
    "deal.activity_country": "US",
    "deal.market_countries": ("US", "CA"),
    "deal.production_countries": ("US",),
    "deal.product": "ev_car",
    "deal.technologies": ("battery_cell",),
    "deal.model_year": 2028,
    "deal.value_usd": 750_000_000,
    "deal.foreign_stake": 0.49,
    "deal.foreign_control": "no",
    "deal.foreign_board_seat": "yes",
    "deal.foreign_technical_access": "not known",
    "deal.foreign_supplies_technology": "yes",
    "deal.critical_technology": "no",
    "deal.sensitive_personal_data": "yes",
    "deal.federal_contracts": "no",
}


@dataclass(frozen=True)
class Catalogue:
    """Every column that is known, those of the template first."""

    columns: tuple[Known, ...]

    @cached_property
    def by_word(self) -> Mapping[str, Known]:
        """The columns by folded heading, name and other word."""
        found: dict[str, Known] = {}
        for column in self.columns:
            for word in (column.heading, column.key, *column.other_words):
                found.setdefault(folded(word), column)
        return found

    def find(self, heading: Cell) -> Known | None:
        """The column that a heading means."""
        return self.by_word.get(folded(heading)) if isinstance(heading, str) else None

    def near(self, heading: Cell) -> Known | None:
        """The column that a heading nearly means; None for what is quite another word."""
        word = folded(heading) if isinstance(heading, str) else ""
        long_enough = 4
        found = get_close_matches(word, self.by_word, n=1, cutoff=_SLIP) if len(word) >= long_enough else []
        return self.by_word[found[0]] if found else None

    def head_of(self, rows: Sequence[Row]) -> int | None:
        """The row with the headings: the first that names both parties; None where there is none."""
        for number, row in enumerate(rows[:HEAD_ROWS]):
            pointers = Counter(known.pointer for cell in row if (known := self.find(cell)))
            if pointers[FIRST] and pointers[SECOND]:
                return number
        return None

    @property
    def template(self) -> Iterator[Known]:
        """The columns of the template."""
        return (column for column in self.columns if column.in_template)


def catalogue(vocabulary: Vocabulary) -> Catalogue:
    """The columns for these facts."""
    columns = (*_parties(vocabulary), *_deal(vocabulary), *_others(), *_described(vocabulary))
    return Catalogue(tuple(sorted(columns, key=lambda column: not column.in_template)))


def folded(text: str) -> str:
    """A heading without case, accents, spaces and signs."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("%", " ")
    return re.sub(r"[^\w]+|_", "", plain)


def _parties(vocabulary: Vocabulary) -> Iterator[Known]:
    yield Known(
        key=LABEL, heading="Label", pointer="", in_template=True, example="Example: write over it",
        meaning="Your own name for the row. It is not read.", other_words=("name", "project", "id", "no"),
    )  # fmt: skip
    names = {
        "foreign": ("Foreign party", "Xiaomi", "the party from outside the country of the activity",
                    ("foreign", "foreign company", "investor")),
        "host": ("Host party", "Ford", "the other one",
                 ("host", "host company", "target")),
    }  # fmt: skip
    seat = vocabulary["foreign.seat_country"]
    for side, (heading, example, which, words) in names.items():
        yield Known(
            key=f"{side}_party", heading=heading, pointer=SIDES[side], in_template=True, example=example,
            meaning=f"Name or id of {which}; facts such as `Foreign stake` speak of the foreign party.", other_words=words,
        )  # fmt: skip
        yield Known(
            key=f"{side}.country", heading=f"{heading}: country", pointer=f"{SIDES[side]}/country", in_template=True,
            fact=seat, meaning="Country of the head office; needed only to tell namesakes apart.",
            example="China" if side == "foreign" else "United States",
            other_words=(f"{side} country", f"{side} party country"),
        )  # fmt: skip


def _deal(vocabulary: Vocabulary) -> Iterator[Known]:
    facts = {fact.name: fact for fact in vocabulary.tellable}
    for name in (*(name for name in FREQUENT if name in facts), *(name for name in facts if name not in FREQUENT)):
        leaf = name.partition(".")[2]
        yield Known(
            key=name, heading=_HEADINGS.get(name, code_words(leaf).capitalize()), pointer=f"/deal/{name}",
            fact=facts[name], meaning=facts[name].meaning, in_template=name in FREQUENT,
            example=_example(facts[name], vocabulary),
            other_words=(leaf, *_OTHER_WORDS.get(name, ())),
        )  # fmt: skip


def _example(fact: Fact, vocabulary: Vocabulary) -> Cell:
    """The example of a fact as somebody would write it; None where these datasets lack one of its codes."""
    given = FREQUENT.get(fact.name)
    codes = vocabulary.codes(fact)
    if given is None or codes is None or isinstance(given, float):
        return None if isinstance(given, tuple) else given
    labels = [codes.get(code) for code in (given if isinstance(given, tuple) else (given,))]
    return None if None in labels else "; ".join(str(label) for label in labels)


def _others() -> Iterator[Known]:
    yield Known(
        key=AS_OF, heading="As of", pointer="/as_of", in_template=True, example=None, other_words=("as-of date",),
        meaning="The day whose rules and facts are used; empty: the day that is given for the whole file, or today.",
    )  # fmt: skip
    for number, (place, letter) in enumerate(((FIRST, "a"), (SECOND, "b")), 1):
        word = ("first", "second")[number - 1]
        yield Known(
            key=word, heading=f"{word.capitalize()} party", pointer=place,
            meaning="Name or id of a party, where the file does not say which of the two is foreign.",
            other_words=(f"party {letter}", f"party {number}", f"company {letter}", f"company {number}"),
        )  # fmt: skip
    yield FOREIGN_SIDE


def _described(vocabulary: Vocabulary) -> Iterator[Known]:
    """Columns for parties that the writer of the file describes, or corrects."""
    for side, place in SIDES.items():
        party = f"{side.capitalize()} party"
        yield Known(
            key=f"{side}.inline", heading=f"{party}: described here", pointer=f"{place}/inline",
            meaning="yes: the party is not looked up; the columns of its facts are all that is known of it.",
        )  # fmt: skip
        for fact in COMPANY_FACTS:
            if fact.told and fact.name != "name":
                yield Known(
                    key=f"{side}.{fact.name}", heading=f"{party}: {fact.name.replace('_', ' ')}",
                    pointer=f"{place}/facts/{fact.name}", fact=vocabulary[f"{side}.{fact.name}"],
                    meaning=f"{fact.meaning} In place of what the datasets say.",
                )  # fmt: skip


def headings(columns: Iterable[Known]) -> str:
    """The headings of columns, for a message."""
    return ", ".join(f"`{column.heading}`" for column in columns)
