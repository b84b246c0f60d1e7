"""Text on a terminal: consoles, and cleaning of what comes from outside.

Enters: strings, and dataclasses that hold them. Leaves: the same without control characters, and rich consoles. A name
with an escape sequence must not steer the reader's terminal, one with a direction mark must not reorder the line.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from rich.console import Console, RenderableType
from rich.segment import Segment, Segments

WIDEST = 120
NARROWEST, BROADEST = 60, 240

_T = TypeVar("_T")

#: Control characters (C0 without tab and newline, DEL, C1), line and paragraph separators, direction marks, other
#: invisible format characters, lone surrogates. Joiners (200C, 200D) stay: scripts need them.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    """The text with every unsafe character written as its escape, a backslash and its number."""
    return _UNSAFE.sub(lambda match: match.group().encode("unicode_escape").decode(), text)


def cleaned(value: _T) -> _T:
    """The same value (dataclasses, tuples, lists, mappings) with every string cleaned."""
    result: Any = value
    if isinstance(value, str):
        result = value if type(value) is not str else clean(value)
    elif isinstance(value, tuple | list):
        result = type(value)(cleaned(item) for item in value)
    elif isinstance(value, Mapping):
        result = {cleaned(key): cleaned(item) for key, item in value.items()}
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: cleaned(getattr(value, field.name)) for field in dataclasses.fields(value)}
        result = dataclasses.replace(value, **fields)
    return cast("_T", result)


def one_line(text: str) -> str:
    """The text on one line, cleaned."""
    return clean(" ".join(text.split()))


def show(console: Console, renderable: RenderableType) -> None:
    """Print without spaces at the ends of lines, so that what is copied or compared holds none."""
    end = Segment.line()
    lines = console.render_lines(renderable, pad=False)
    console.print(Segments([piece for line in lines for piece in (*_trimmed(line), end)]), end="")


def _trimmed(line: list[Segment]) -> list[Segment]:
    kept = [piece for piece in line if not piece.control]
    while kept and not kept[-1].text.rstrip():
        kept.pop()
    if kept:
        last = kept[-1]
        kept[-1] = Segment(last.text.rstrip(), last.style)
    return kept


def for_results(*, color: bool = True, width: int | None = None) -> Console:
    """The console of standard output; without colour where it is no terminal, NO_COLOR is set, or `color` is False."""
    console = Console(
        color_system="auto" if color else None, no_color=None if color else True,
        highlight=False, markup=False, emoji=False, soft_wrap=False,
    )  # fmt: skip
    console.width = width or min(console.width, WIDEST)
    return console


def for_errors() -> Console:
    """The console of standard error."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, NARROWEST), WIDEST)
    return console
