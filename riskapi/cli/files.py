"""Files that commands read and write. Enters: paths. Leaves: bytes, or a file that is there as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from riskapi.errors import Problem, RequestError


def read_bytes(source: Path, option: str, most: int) -> bytes:
    """The content of a file of at most so many bytes; raises `RequestError`."""
    try:
        if source.stat().st_size > most:
            raise _refused(option, "file-too-large", f"`{source}` has more than {most:,} bytes", "split the file")
        return source.read_bytes()
    except OSError as error:
        detail = f"`{source}` cannot be read: {error.strerror}"
        raise _refused(option, "no-file", detail, "name a file that is there") from None


def write_bytes(target: Path, content: bytes) -> None:
    """Write the whole file or nothing: an earlier one of the name stays until the new one is there."""
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            file.write(content)
        Path(file.name).chmod(0o644)
        os.replace(file.name, target)  # noqa: PTH105
    except OSError as error:
        detail = f"`{target}` cannot be written: {error.strerror}"
        raise _refused("--out", "not-writable", detail, "name another file, in a folder that is there") from None


def ending_of(target: Path | None, option: str, endings: tuple[str, ...]) -> str:
    """The ending of a file, which says its form; raises `RequestError` for any other."""
    ending = target.suffix.lower() if target else ""
    if ending not in endings:
        wrong = f"`{target.suffix or target.name}` is no ending that is known" if target else "a file is needed"
        raise _refused(option, "bad-value", wrong, f"end it with one of: {', '.join(endings)}")
    return ending


def _refused(option: str, code: str, detail: str, hint: str) -> RequestError:
    return RequestError(Problem(code=code, field=option, detail=detail, hint=hint))
