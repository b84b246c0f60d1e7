"""The bytes of a workbook: the same workbook always gives the same bytes.

Enters: an openpyxl workbook, the values of its formulas, what its charts show, rows of long tables. Leaves: the bytes of an
.xlsx file. openpyxl writes neither the value of a formula nor the alternative text of a chart, and long tables slowly; all
three are put into the parts here.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import quoteattr

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from riskapi.briefing.bulk import LongRows

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # of the zip format
_FORMULA = re.compile(r'(<c r="([A-Z]+\d+)"[^>]*><f>[^<]*</f>)<v\s*/>|(<c r="([A-Z]+\d+)"[^>]*><f>[^<]*</f>)<v></v>')
_CHART = re.compile(r'name="Chart (\d+)"')

#: By part of the file: values by cell, and texts of charts in their order.
Values = Mapping[str, Mapping[str, float]]
Texts = Mapping[str, Sequence[tuple[str, str]]]


def packed(book: Workbook, values: Values, texts: Texts, rows: Mapping[str, LongRows]) -> bytes:
    """The file with the same date on each part, so that only its content makes it differ."""
    raw, target = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive:
        ExcelWriter(book, archive).save()  # and not `book.save`, which would put in the time of the clock
    with zipfile.ZipFile(raw) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as result:
        for name in archive.namelist():
            part = zipfile.ZipInfo(name, date_time=_EARLIEST)
            part.compress_type, part.external_attr, part.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            content = _finished(name, archive.read(name), values, texts)
            with result.open(part, "w") as target_part:
                target_part.writelines(rows[name].put_into(content.decode()) if name in rows else (content,))
    return target.getvalue()


def _finished(name: str, content: bytes, values: Values, texts: Texts) -> bytes:
    if name in values:
        return _with_values(content.decode(), values[name]).encode()
    if name in texts:
        return _with_texts(content.decode(), texts[name]).encode()
    return content


def _with_values(xml: str, values: Mapping[str, float]) -> str:
    def put(match: re.Match[str]) -> str:
        head, cell = match.group(1) or match.group(3), match.group(2) or match.group(4)
        return f"{head}<v>{values[cell]!r}</v>"

    return _FORMULA.sub(put, xml)


def _with_texts(xml: str, texts: Sequence[tuple[str, str]]) -> str:
    def put(match: re.Match[str]) -> str:
        title, description = texts[int(match.group(1)) - 1]
        return f"name={quoteattr(title)} descr={quoteattr(description)}"

    return _CHART.sub(put, xml)
