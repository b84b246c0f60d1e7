"""The error of a refresh that could not be completed. Enters: problems. Leaves: an exception; the last good snapshot stays."""

from __future__ import annotations

from typing import ClassVar

from riskapi.errors import DataError


class RefreshError(DataError):
    """A publication could not be fetched, read or trusted."""

    code: ClassVar[str] = "refresh-failed"
    title: ClassVar[str] = "The refresh failed; the last good snapshot stays in use"
