"""What is wrong with a file as a whole. Enters: a kind and what was found. Leaves: an error that says what to do."""

from __future__ import annotations

from riskapi.errors import Problem, RequestError


class FileRefusedError(RequestError):
    """A file of pairings cannot be read, or must not be."""

    code = "file-refused"
    title = "The file cannot be used"


def refused(code: str, detail: str, hint: str, *, file: str | None = None) -> FileRefusedError:
    """The error for one reason to refuse a file."""
    return FileRefusedError(Problem(code=code, detail=detail, hint=hint, file=file))
