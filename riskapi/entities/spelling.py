"""Whether one word may be another misspelt: two words in, the cost of the slip out.

Slips of the hand and of the ear are cheap (two letters exchanged, a letter doubled, a wrong vowel), another consonant
is dear: "Huwaei" is Huawei, "Fjord" is not Ford. The first letter must be right.
"""

from __future__ import annotations

from rapidfuzz.distance import OSA

VOWELS = frozenset("aeiouy")
#: Consonants that sound or look alike.
ALIKE = frozenset(
    frozenset(pair) for pair in ("sz", "ck", "kq", "cs", "mn", "vw", "fv", "gj", "dt", "bp", "ij", "xs", "uw")
)
EXCHANGED, DOUBLED, VOWEL, DROPPED, OTHER = 0.5, 0.5, 0.75, 0.75, 1.0
#: More letters than this make another word.
MOST = 2
#: No cost within any budget.
TOO_MUCH = 99.0


def budget(length: int, *, alone: bool) -> float:
    """How much misspelling a right word of this length allows; less where the word is all there is of the name."""
    steps = ((9, 1.0), (6, 0.75), (5, 0.5)) if alone else ((10, 1.5), (8, 1.0), (5, 0.75), (4, 0.5))
    return next((allowed for shortest, allowed in steps if length >= shortest), 0.0)


def slip(written: str, meant: str) -> float:
    """The cost of having written `written` for `meant`; `TOO_MUCH` where that is no slip."""
    if written == meant:
        return 0.0
    if not (written.isalpha() and meant.isalpha()) or abs(len(written) - len(meant)) > MOST or not written or not meant:
        return TOO_MUCH
    if OSA.distance(written, meant, score_cutoff=MOST) > MOST:
        return TOO_MUCH
    start = _shared(written, meant)
    end = _shared(written[start:][::-1], meant[start:][::-1])
    return _cost(written, meant, start, end)


def _shared(first: str, second: str) -> int:
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


def _cost(written: str, meant: str, start: int, end: int) -> float:
    """The cost of what stands between the shared beginning and the shared end."""
    wrong, right = written[start : len(written) - end], meant[start : len(meant) - end]
    if len(wrong) == len(right) == MOST and wrong == right[::-1]:
        return EXCHANGED
    if start == 0:
        return TOO_MUCH
    if len(wrong) + len(right) == 1:
        return _one_letter(meant if right else written, start, dropped=bool(right))
    if len(wrong) == len(right):
        return sum(_replaced(a, b) for a, b in zip(wrong, right, strict=True) if a != b)
    return OTHER * max(len(wrong), len(right)) if max(len(wrong), len(right)) <= MOST else TOO_MUCH


def _one_letter(longer: str, place: int, *, dropped: bool) -> float:
    letter = longer[place]
    if letter in (longer[place - 1], longer[place + 1 : place + 2]):
        return DOUBLED
    if not dropped and letter == "t" and longer[place + 1 : place + 3] == "ch":
        return DOUBLED
    return VOWEL if letter in VOWELS else DROPPED if dropped else OTHER


def _replaced(wrong: str, right: str) -> float:
    if wrong in VOWELS and right in VOWELS:
        return VOWEL
    return VOWEL if frozenset((wrong, right)) in ALIKE else OTHER
