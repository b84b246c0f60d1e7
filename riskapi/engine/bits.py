"""The answers of a whole rule book to many pairings as bits: answers of rules in, words of 64 rules out.

Each rule has one bit in a row of words, and two such rows say for a pairing which rules fire and which are undetermined.
Kleene logic over both viewpoints of a jurisdiction is then a few operations on words for all rules at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from riskapi.engine.answers import FIRED, UNDETERMINED, Answer
from riskapi.engine.companies import Codes
from riskapi.rules import Kind, Rule

Words = npt.NDArray[np.uint64]
WIDTH = 64


@dataclass(frozen=True, slots=True)
class Part:
    """What one side by itself contributes to a view: bits of rules that fire, and that are undetermined."""

    fired: Words
    open: Words


@dataclass(frozen=True)
class ViewBits:
    """One view of all pairings of a sheet: `exists` says for each side which rules are asked from this view.

    A rule is asked where both sides have its bit. `joined` are the rules that neither side answers alone, with their bit.
    """

    foreign: Part
    host: Part
    exists: tuple[Words, Words]
    joined: list[tuple[int, Answer]] = field(default_factory=list)


def words_for(rules: int) -> int:
    """How many words hold a bit for each of so many rules, at least one."""
    return -(-max(rules, 1) // WIDTH)


def empty(rows: int, rules: int) -> Words:
    """Words without a bit for as many rules, at least one word."""
    return np.zeros((rows, words_for(rules)), dtype=np.uint64)


def put(words: Words, place: int, where: npt.NDArray[np.bool_]) -> None:
    """Set the bit of the rule at this place in the rows where it holds."""
    words[:, place // WIDTH] |= where.astype(np.uint64) << np.uint64(place % WIDTH)


def note(view: ViewBits, place: int, answer: Answer) -> None:
    """Put what a rule says into the view."""
    if answer.table is not None:
        view.joined.append((place, answer))
        return
    part, statuses = (view.foreign, answer.foreign) if answer.foreign is not None else (view.host, answer.host)
    if statuses is not None:
        put(part.fired, place, statuses == FIRED)
        put(part.open, place, statuses == UNDETERMINED)


def mitigating(rules: Sequence[Rule]) -> Words:
    """One row with the bits of the rules that have to hold in both views."""
    words = empty(1, len(rules))
    for place, rule in enumerate(rules):
        put(words, place, np.array([rule.kind is Kind.MITIGATING]))
    row: Words = words[0]
    return row


def answered(
    views: tuple[ViewBits, ViewBits], both: Words, rows: Codes, columns: Codes
) -> Iterator[tuple[Words, Words]]:
    """For each word the rules that fire and that are undetermined, over these foreign companies (rows) and hosts.

    Rows and columns are paired as numpy does: a column of rows with a row of columns is a grid, two of one length are pairs.
    The first view has the foreign companies as foreign, the second the hosts. `both` marks the rules that must hold in
    every view that there is; of the others one view is enough.
    """
    for word in range(len(both)):
        one = _seen(views[0], word, rows, columns)
        two = _seen(views[1], word, columns, rows)
        yield _joined(one, two, both[word])


def _seen(view: ViewBits, word: int, foreign: Codes, host: Codes) -> tuple[Words, Words, Words]:
    """Of one view: fired, undetermined, and not fired although asked."""
    exists = view.exists[0][foreign, word] & view.exists[1][host, word]
    fired = view.foreign.fired[foreign, word] | view.host.fired[host, word]
    unsure = view.foreign.open[foreign, word] | view.host.open[host, word]
    for place, answer in view.joined:
        if place // WIDTH == word and answer.table is not None:
            one, other, table = answer.table
            said = table[one[foreign], other[host]]
            bit = np.uint64(place % WIDTH)
            fired |= (said == FIRED).astype(np.uint64) << bit
            unsure |= (said == UNDETERMINED).astype(np.uint64) << bit
    fired &= exists
    unsure &= exists
    return fired, unsure, exists & ~(fired | unsure)


def _joined(one: tuple[Words, ...], two: tuple[Words, ...], both: np.uint64) -> tuple[Words, Words]:
    fired, unsure, failed = one[0] | two[0], one[1] | two[1], one[2] | two[2]
    # Kleene `or`: one view that fires is enough. Kleene `and`: none may fail, and none may be open.
    either_open = unsure & ~fired
    all_fired = fired & ~(failed | unsure)
    all_open = unsure & ~failed
    return (fired & ~both) | (all_fired & both), (either_open & ~both) | (all_open & both)
