"""Parameters of the query and the path, read as a whole: raw pairs of text in, checked values or every problem out."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from riskapi.api.frame.operation import Kind, Operation, Parameter, ParameterValue
from riskapi.api.http.text import can_be_shown, shown
from riskapi.assessment.request import read_as_of
from riskapi.errors import Problem, RequestError, did_you_mean
from riskapi.facts.values import ValueProblemError
from riskapi.workspace import Workspace

MAX_PARAMETERS = 40
#: More choices than this are not listed in a hint.
LISTED_CHOICES = 40


def query_pairs(raw: bytes) -> list[tuple[str, str]]:
    """The pairs of a query string; raises `RequestError` where it is not UTF-8 or has too many."""
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeError:
        problem = Problem(code="bad-encoding", detail="the query is not UTF-8", hint="percent-encode it as UTF-8")
    except ValueError:
        problem = Problem(code="too-many", detail=f"the query has more than {MAX_PARAMETERS} parameters")
    raise RequestError(problem)


def read_parameters(
    operation: Operation, workspace: Workspace, path: Mapping[str, str], query: list[tuple[str, str]]
) -> dict[str, ParameterValue]:
    """The value of each parameter of the operation; raises one `RequestError` with every problem."""
    problems = _strays(operation, query)
    given = {**dict(query), **path}
    values: dict[str, ParameterValue] = {}
    for parameter in operation.parameters:
        try:
            values[parameter.name] = _read(parameter, given.get(parameter.name), workspace)
        except ValueProblemError as error:
            problems.append(Problem(code=error.code, field=parameter.name, detail=error.detail, hint=error.hint))
    if problems:
        raise RequestError(problems)
    return values


def _strays(operation: Operation, query: list[tuple[str, str]]) -> list[Problem]:
    known = [parameter.name for parameter in operation.parameters if not parameter.in_path]
    names = [name for name, _ in query]
    problems = []
    for name in dict.fromkeys(names):
        shown_as = shown(name)
        if name not in known:
            hint = did_you_mean(name[:80], known) or (f"known: {', '.join(known)}" if known else "leave it out")
            detail = f"there is no parameter `{shown_as}` here"
            problems.append(Problem(code="unknown-parameter", field=shown_as, detail=detail, hint=hint))
        elif names.count(name) > 1:
            detail = f"`{shown_as}` is given {names.count(name)} times"
            problems.append(Problem(code="repeated-parameter", field=shown_as, detail=detail, hint="give it once"))
    return problems


def _read(parameter: Parameter, raw: str | None, workspace: Workspace) -> ParameterValue:
    if raw is None:
        if parameter.required:
            raise ValueProblemError("missing-parameter", f"`{parameter.name}` is needed", parameter.meaning)
        return parameter.default
    text = raw.strip()
    if not text:
        raise ValueProblemError("empty", f"`{parameter.name}` is empty", "leave it out, or give it a value")
    if len(text) > parameter.max_length:
        raise ValueProblemError("too-long", f"`{parameter.name}` may have at most {parameter.max_length} characters")
    if not can_be_shown(text):
        raise ValueProblemError("control-character", f"`{parameter.name}` has characters that cannot be shown")
    if parameter.kind is Kind.DATE:
        return read_as_of(text)
    return _integer(parameter, text) if parameter.kind is Kind.INTEGER else _choice(parameter, text, workspace)


def _integer(parameter: Parameter, text: str) -> int:
    low, high = parameter.minimum or 0, parameter.maximum or 0
    if not (text.isascii() and text.isdecimal() and low <= int(text) <= high):
        raise ValueProblemError("out-of-range", f"`{parameter.name}` must be a whole number from {low} to {high}")
    return int(text)


def _choice(parameter: Parameter, text: str, workspace: Workspace) -> str:
    if parameter.choices is None:
        return text
    choices = sorted(parameter.choices(workspace))
    found = {choice.casefold(): choice for choice in choices}.get(text.casefold())
    if found is None:
        listed = f"one of: {', '.join(choices)}" if len(choices) <= LISTED_CHOICES else None
        detail = f"`{text[:60]}` is not a value of `{parameter.name}`"
        raise ValueProblemError("unknown-code", detail, did_you_mean(text, choices) or listed)
    return found
