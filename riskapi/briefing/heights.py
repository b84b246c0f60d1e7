"""How high a row has to be for the text in it: a text and the width of its column in, lines and points out.

No program works the heights out alike when it opens a file, some not at all, and cut text is worse than a line too many.
The widths of letters are those of Arial, which every office program has or has a double of.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

FONT: Final = "Arial"
SIZE: Final = 10
#: Height of a line and of what is above and below the text, in points; a row can have 409 at most.
_LINE: Final = 12.75
_AROUND: Final = 2.0
_HIGHEST: Final = 409.0
#: Letters by their width in thousandths of the size; the unit of a column's width is one digit.
_WIDTHS: Final = {
    222: "ijl'|", 278: "ftI ,.:;/!()[]\\·", 333: 'r-`"', 500: "ckvxyzsJ", 584: "+=<>~…", 611: "FTZ", 667: "ABEKPSVXY&",
    722: "CDHNRUw", 778: "GOQ", 833: "mM", 889: "%", 944: "W", 1000: "@→—",
}  # fmt: skip
_DIGIT: Final = 556
_OF_LETTER: Final = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_WIDE_FROM: Final = "\u2e80"  # scripts whose letters fill a square
_BOLD: Final = 1.08
_PADDING: Final = 2.0  # digits at both ends of a cell together, its indent included
_BUTTON: Final = 4.6  # the same, with the button of a filter


def lines_needed(text: str, width: float, *, bold: bool = False) -> int:
    """Lines that the text takes in a column of this width, broken between words."""
    room = max(1.0, width - _PADDING) * _DIGIT / (_BOLD if bold else 1.0)
    return sum(_lines_of(line, room) for line in text.split("\n"))


def head_width(heading: str) -> float:
    """Width of a column in which no word of its heading is broken, with room for the button of the filter."""
    return max(_length(word) for word in heading.split(" ")) * _BOLD / _DIGIT + _BUTTON


def row_height(lines: int, *, size: float = SIZE) -> float | None:
    """Points that a row of so many lines takes; None where the usual height will do."""
    if lines <= 1 and size <= SIZE:
        return None
    return min(_HIGHEST, round((lines * _LINE + _AROUND) * size / SIZE, 1))


def _lines_of(line: str, room: float) -> int:
    count, used = 1, 0.0
    space = _OF_LETTER[" "]
    for word in _words(line):
        length = _length(word)
        if used and used + space + length > room:
            count, used = count + 1, 0.0
        while length > room:  # a word longer than the line is broken anywhere
            count, length = count + 1, length - room
        used = length if not used else used + space + length
    return count


def _words(line: str) -> Iterable[str]:
    """What is kept on a line; a line may also be broken after a hyphen."""
    for word in line.split(" "):
        *heads, tail = word.split("-")
        yield from (f"{head}-" for head in heads)
        yield tail


def _length(word: str) -> float:
    return sum(_OF_LETTER.get(letter, 1000 if letter >= _WIDE_FROM else _DIGIT) for letter in word)
