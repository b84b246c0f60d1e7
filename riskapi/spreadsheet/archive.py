"""The outside of a workbook: the bytes of an .xlsx file in, its parts of XML out, or a refusal.

Nothing is unpacked before its announced size is known to be harmless, and nothing beyond that size. Only parts that are
needed to read cells leave: pictures, macros, embedded files and links to elsewhere never reach the reader.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from riskapi.spreadsheet.problems import FileRefusedError, refused

ZIP_MARK: Final = b"PK\x03\x04"
#: The container of old Excel files, and of new ones that are locked with a password.
OLE_MARK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

MOST_PARTS: Final = 500
MOST_UNPACKED: Final = 64_000_000
#: XML of a table packs to a tenth or a thirtieth; a part that packs better than this was made to be unpacked.
MOST_RATIO: Final = 120
_SMALL_PART: Final = 1_000_000  # below this no ratio does harm
_ENCRYPTED: Final = 0x1
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError,
    OverflowError, KeyError, IndexError,
)  # fmt: skip
_SAVE_AS: Final = "open it in Excel or LibreOffice and save it as an Excel workbook (.xlsx)"


def unpacked(content: bytes) -> Mapping[str, bytes]:
    """The XML parts of a workbook by name; raises `FileRefusedError`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            _check_kind({part.filename for part in parts}, archive)
            return dict(_read(archive, parts))
    except FileRefusedError:
        raise
    except _BROKEN:
        raise refused("workbook-broken", "the file is no workbook that can be read", _SAVE_AS) from None


def repacked(parts: Mapping[str, bytes]) -> bytes:
    """The parts as an archive of our own making, so that no trick of the old one is left."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        detail = f"the workbook has {len(parts):,} parts, more than {MOST_PARTS:,}"
        raise refused("workbook-too-large", detail, _SAVE_AS)
    seen: set[str] = set()
    for part in parts:
        _check_name(part.filename, seen)
        if part.flag_bits & _ENCRYPTED:
            raise refused("workbook-locked", "parts of the workbook are locked with a password", "save it without one")
        if part.compress_type not in _METHODS:
            raise refused("workbook-broken", "the workbook is packed in a way that no workbook is", _SAVE_AS)
    _check_sizes(parts)


def _check_name(name: str, seen: set[str]) -> None:
    steps = name.split("/")
    if name.startswith("/") or ".." in steps or any(sign in name for sign in "\\:\0"):
        raise refused("workbook-unsafe", "a part of the workbook has a name that leads out of the file", _SAVE_AS)
    if name.casefold() in seen:
        raise refused("workbook-unsafe", "two parts of the workbook have one name", _SAVE_AS)
    seen.add(name.casefold())


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    total = sum(part.file_size for part in parts)
    if total > MOST_UNPACKED:
        detail = f"the workbook would take {total:,} bytes when unpacked, more than {MOST_UNPACKED:,}"
        raise refused("workbook-too-large", detail, "split it into smaller files")
    for part in parts:
        if part.file_size > max(_SMALL_PART, part.compress_size * MOST_RATIO):
            detail = f"a part of the workbook would grow by more than {MOST_RATIO} times when unpacked"
            raise refused("workbook-too-large", detail, f"copy the rows into a new workbook, or {_SAVE_AS}")


def _check_kind(names: set[str], archive: zipfile.ZipFile) -> None:
    """Refuse other files that are packed alike: with macros, binary, of other programs."""
    lowered = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") for name in lowered):
        raise refused(
            "workbook-macros", "the workbook holds macros", "save it as an Excel workbook without macros (.xlsx)"
        )
    if "xl/workbook.bin" in lowered:
        raise refused("workbook-kind", "this is a binary workbook (.xlsb)", _SAVE_AS)
    if "mimetype" in lowered and "xl/workbook.xml" not in lowered:
        raise refused("workbook-kind", "this is an OpenDocument file", _SAVE_AS)
    if "xl/workbook.xml" not in lowered:
        raise refused("workbook-kind", "this is a packed file, but no workbook", _SAVE_AS)
    types = next((name for name in names if name.lower() == "[content_types].xml"), None)
    if types is not None and b"macroEnabled" in archive.read(types):
        raise refused("workbook-macros", "the workbook is of the kind that holds macros", "save it as .xlsx")


def _read(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    for part in parts:
        with archive.open(part) as file:
            start = file.read(len(ZIP_MARK))
            if start == ZIP_MARK:
                detail = "a packed file lies inside the workbook"
                raise refused(
                    "workbook-unsafe", detail, "take embedded files out, or copy the rows into a new workbook"
                )
            if part.filename.lower().endswith((".xml", ".rels")):
                content = start + file.read(part.file_size + 1)
                if len(content) > part.file_size:
                    raise refused("workbook-too-large", "a part is larger than the workbook says", _SAVE_AS)
                yield part.filename, content
