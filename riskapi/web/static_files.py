"""Style, script and icon, served from the package. Enters: a file name. Leaves: its bytes, or an address with its hash.

The hash in the address changes with the content, so that a browser may keep a file for a year.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler, get
from litestar.params import FromPath

from riskapi.errors import NotFoundError, Problem

_FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
_KEEP: Final = "public, max-age=31536000, immutable"


@lru_cache(maxsize=64)
def address(name: str) -> str:
    """The address of a file that a template links."""
    return f"/static/{name}?v={hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:12]}"


@lru_cache(maxsize=64)
def content(name: str) -> bytes | None:
    """The bytes of a file, None where there is none of the name."""
    names = {path.name: path for path in _FOLDER.iterdir() if path.suffix in _TYPES}
    return names[name].read_bytes() if name in names else None


def static_route() -> HTTPRouteHandler:
    """The route of all files."""

    @get("/static/{name:str}", name="web:static", sync_to_thread=False)
    def show_file(name: FromPath[str]) -> Response[bytes]:
        found = content(name)
        if found is None:
            raise NotFoundError(Problem(code="file-unknown", detail="there is no such file", hint="start at /"))
        kind = _TYPES[Path(name).suffix]
        return Response(found, headers={"content-type": f"{kind}; charset=utf-8", "cache-control": _KEEP})

    return show_file
