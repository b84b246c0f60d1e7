"""The lines that the first sheets of workbooks are made of. Enters: texts and values. Leaves: rows of four cells.

The four columns: what it is, what it says, the law or result, where more of it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from riskapi.assessment.words import shortened
from riskapi.briefing.sheets import CellValue, Look, Mark, Styled, Tone, Within

WIDTHS: Final = (18, 73, 28, 18)
_CITATION: Final = 90
Line: TypeAlias = Sequence[Styled | None]


def line(
    label: CellValue | Styled,
    text: CellValue,
    beside: CellValue = None,
    place: CellValue = None,
    *,
    look: Look = Look.BODY,
) -> Line:
    """One line; `look` is that of the text."""
    first = label if isinstance(label, Styled) else Styled(label, Look.LABEL)
    return (first, Styled(text, look), Styled(beside), Styled(place))


def heading(text: str, place: CellValue = "") -> Iterator[Line]:
    """An empty line and a heading, with the place where more of it stands."""
    yield ()
    yield (*(Styled(one, Look.HEADING) for one in (text, "", "")), Styled(place, Look.HEADING))


def see(sheet: str) -> Within:
    """The way to another sheet."""
    return Within(f"see {sheet}", sheet)


def cited(jurisdiction: str, citation: str) -> str:
    """A law in short."""
    return f"{jurisdiction}: {shortened(citation, _CITATION)}"


def foot(notice: str, warnings: Iterable[str], made_from: str, method: str, content_hash: str) -> Iterator[Line]:
    """What the reader must keep in mind; `method` is the sheet that says how the numbers are made."""
    yield from heading("Keep in mind")
    yield line(Styled(Mark("Not legal advice", Tone.OPEN)), notice)
    for warning in warnings:
        yield line("Warning", warning)
    yield line("Made from", made_from, None, see(method))
    yield line("SHA-256", content_hash)
