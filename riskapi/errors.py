"""The one error tree, and the `Problem` that every error is made of.

    RiskapiError
    ├── RuleError       a rule file is wrong          (its author mends it)
    ├── RequestError    a question is wrong           (its caller mends it)
    │   └── UnsettledNameError  a party's name is not settled (the caller chooses)
    ├── DataError       a table of the datasets is wrong
    ├── NotFoundError   nothing has that id
    └── SettingsError   the program was started wrongly

An error carries *all* problems that were found, each with its place, so that nobody mends one to meet the next.
Nothing here knows of HTTP; `riskapi.api.http.problems` maps codes to statuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: what, where, and what to do.

    `pointer` is a JSON pointer into a request body; `column` counts from 1; `hint` tells the reader what to do next.
    """

    code: str
    detail: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    field: str | None = None
    pointer: str | None = None
    hint: str | None = None
    candidates: tuple[dict[str, Any], ...] = ()

    def place(self) -> str:
        """`file:line:column field`, as far as known."""
        spot = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return " ".join(part for part in (spot, self.field or self.pointer or "") if part)

    def __str__(self) -> str:
        place = self.place()
        text = f"{place}: {self.detail}" if place else self.detail
        text = f"{text} [{self.code}]"
        return f"{text}\n    {self.hint}" if self.hint else text


class RiskapiError(Exception):
    """Base of everything riskapi raises on purpose."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something is wrong"

    def __init__(self, problems: Problem | Iterable[Problem] | str) -> None:
        if isinstance(problems, str):
            problems = Problem(code=self.code, detail=problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RuleError(RiskapiError):
    """A rule file cannot be used as it stands."""

    code = "rule-invalid"
    title = "A rule file is not valid"


class RequestError(RiskapiError):
    """A question cannot be answered as it was put."""

    code = "request-invalid"
    title = "The request is not valid"


class UnsettledNameError(RequestError):
    """A party's name matches no company, or several; the problems carry the candidates."""

    code = "party-unsettled"
    title = "A party's name does not settle on one company"


class DataError(RiskapiError):
    """A table of the datasets is broken; the last good warehouse stays in use."""

    code = "data-invalid"
    title = "The datasets are not valid"


class NotFoundError(RiskapiError):
    """Nothing has the id that was asked for."""

    code = "not-found"
    title = "Not found"


class SettingsError(RiskapiError):
    """The program was configured in a way that cannot work."""

    code = "settings-invalid"
    title = "A setting is not valid"


def did_you_mean(word: str, known: Sequence[str] | Iterable[str]) -> str | None:
    """A suggestion sentence for a misspelt word, or None where nothing is near."""
    near = get_close_matches(word, list(known), n=3, cutoff=0.6)
    if not near:
        return None
    return "did you mean " + " or ".join(f"`{name}`" for name in near) + "?"


def pointer_part(name: str) -> str:
    """A name as a part of a JSON pointer, cut where it is long."""
    return name[:80].replace("~", "~0").replace("/", "~1")


def wanted_object(body: object, hint: str) -> dict[str, Any]:
    """The body of a request as an object; raises `RequestError` where it is none. `hint` shows what to send."""
    if not isinstance(body, dict):
        raise RequestError(Problem(code="wrong-type", pointer="", detail="an object is wanted", hint=hint))
    return body


def unknown_fields(body: Iterable[object], known: Sequence[str], pointer: str = "") -> list[Problem]:
    """A problem for each field of an object that is not one of those known; `pointer` leads to the object."""
    return [
        Problem(
            code="unknown-field",
            pointer=f"{pointer}/{pointer_part(name)}",
            detail=f"there is no field `{name[:60]}` here",
            hint=did_you_mean(name[:80], known) or f"known: {', '.join(known)}",
        )
        for name in map(str, body)
        if name not in known
    ]


class RequestReader:
    """What readers of requests have in common: they go on after a problem, so that one error tells all of them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, pointer: str, code: str, detail: str, hint: str | None = None) -> None:
        """Note what is wrong at a place."""
        self.problems.append(Problem(code=code, pointer=pointer, detail=detail, hint=hint))

    def only(self, data: Iterable[object], known: Sequence[str], pointer: str) -> None:
        """Note every field of an object that is not known."""
        self.problems += unknown_fields(data, known, pointer)
