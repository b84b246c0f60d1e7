"""Bodies that write deals and claims. Enters: plain data, the workspace of the tenant. Leaves: cells as text, and the reason.

A row is checked as one of `deals.csv` or `claims.csv` is; everything that is wrong is told at once, by JSON pointer. Values
may be texts as in the tables, or numbers; null and an empty text are "not known".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from riskapi.claims.ledger import read_claim, read_deal
from riskapi.errors import DataError, Problem, RequestError, did_you_mean, pointer_part, unknown_fields, wanted_object
from riskapi.store.edits import Kind, check_cells
from riskapi.store.texts import LIMITS, check_texts
from riskapi.warehouse.schema import Column, Table
from riskapi.warehouse.schema import Kind as CellKind
from riskapi.warehouse.tables import CLAIMS, DEALS
from riskapi.workspace import Workspace

TABLES: Final[Mapping[Kind, Table]] = {Kind.DEAL: DEALS, Kind.CLAIM: CLAIMS}
KEYS: Final[Mapping[Kind, str]] = {Kind.DEAL: "deal_id", Kind.CLAIM: "claim_id"}
_MOST_SIGNS: Final = LIMITS["reason"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A row to write, and why."""

    cells: dict[str, str]
    reason: str


def read_written(body: object, kind: Kind, workspace: Workspace, known: Mapping[str, str]) -> Written:
    """The row of a body; `known` are cells that the address tells. Raises `RequestError` with every problem."""
    told = wanted_object(body, f'send {{"{kind}": {{...}}, "reason": "..."}}')
    problems = [*unknown_fields(told, (kind.value, "reason")), *_reason_problems(told)]
    row = told.get(kind.value)
    if not isinstance(row, dict):
        hint = f"send the columns of {TABLES[kind].file}"
        raise RequestError(
            [*problems, Problem(code="wrong-type", pointer=f"/{kind}", detail="an object is wanted", hint=hint)]
        )
    cells, wrong = _cells(row, f"/{kind}")
    cells = {**known, **cells}
    problems += wrong or list(_row_problems(kind, cells, known, workspace))
    if problems:
        raise RequestError(problems)
    return Written(cells={name: cell for name, cell in cells.items() if cell}, reason=str(told["reason"]))


def _reason_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    reason = body.get("reason")
    if not isinstance(reason, str):
        yield Problem(code="missing-field", pointer="/reason", detail="why the row is written is needed",
                      hint="write it in a sentence: it is kept with the row")  # fmt: skip
        return
    try:
        check_texts(reason=reason)
    except RequestError as error:
        yield from (replace(problem, pointer="/reason", field=None) for problem in error.problems)


def _cells(row: Mapping[str, Any], place: str) -> tuple[dict[str, str], list[Problem]]:
    cells: dict[str, str] = {}
    problems = []
    for name, value in row.items():
        text = _as_text(value)
        if text is None:
            detail = f"`{name[:80]}` is neither a text nor a number"
            hint = "write it as it stands in the table; null is not known"
            problems.append(
                Problem(code="wrong-type", pointer=f"{place}/{pointer_part(name)}", detail=detail, hint=hint)
            )
        else:
            cells[name] = text
    return cells, problems


def _as_text(value: object) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    plain = format(Decimal(repr(value)), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _row_problems(
    kind: Kind, cells: dict[str, str], known: Mapping[str, str], workspace: Workspace
) -> Iterator[Problem]:
    """What is wrong with the row as a whole: with what the address says, with its cells, with the ids that it names."""
    key, place = KEYS[kind], f"/{kind}"
    for name, cell in known.items():
        if cells[name] != cell:
            detail = f"`{name}` is not the one of the address"
            yield Problem(
                code="id-differs", pointer=f"{place}/{name}", detail=detail, hint=f"write `{cell}`, or leave it out"
            )
            return
    found = check_cells(kind, cells.get(key, ""), cells, workspace.vocabulary.domains)
    found += _unknown_ids(TABLES[kind], cells, workspace)
    if not found:
        found = _unreadable(kind, cells)
    for problem in found:
        yield replace(problem, pointer=f"{place}/{pointer_part(problem.field or '')}", field=None, file=None, line=None)


def _unknown_ids(table: Table, cells: Mapping[str, str], workspace: Workspace) -> list[Problem]:
    known: dict[str, Mapping[str, object]] = {
        "companies.company_id": workspace.names.companies,
        "deals.deal_id": {deal.deal_id: deal for deal in workspace.ledger.deals()},
    }
    problems = []
    for column in table.columns:
        cell = cells.get(column.name)
        targets = [known[target] for target in column.references if target in known]
        if cell and targets and not any(cell in target for target in targets):
            hint = did_you_mean(cell[:80], targets[0]) or "GET /v1/companies?q= finds the id of a company"
            detail = f"`{cell[:80]}` is not in {' or '.join(column.references)}"
            problems.append(Problem(code="reference-unknown", field=column.name, detail=detail, hint=hint))
    return problems


def _unreadable(kind: Kind, cells: Mapping[str, str]) -> list[Problem]:
    """What keeps the row out of the ledger although every cell is sound."""
    row = {name: cell for name, cell in cells.items() if cell}
    try:
        read_deal(row) if kind is Kind.DEAL else read_claim(row)
    except DataError as error:
        return list(error.problems)
    return []


# What the document says of bodies


def body_schemas(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """JSON Schema of each body, by name."""
    return {
        "NewDeal": _body(Kind.DEAL, workspace, needed=("deal_id",)),
        "DealChange": _body(Kind.DEAL, workspace, needed=()),
        "NewClaim": _body(Kind.CLAIM, workspace, needed=()),
        "ClaimChange": _body(Kind.CLAIM, workspace, needed=()),
    }


def _body(kind: Kind, workspace: Workspace, needed: tuple[str, ...]) -> dict[str, Any]:
    table = TABLES[kind]
    told_elsewhere = {"deal_id", "claim_id"} - set(needed)
    required = [
        column.name
        for column in table.columns
        if (column.required or column.name in ("source_url", "made_on")) and column.name not in told_elsewhere
    ]
    row = {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": {
            column.name: _cell_schema(column, workspace, may_be_null=column.name not in required)
            for column in table.columns
        },
    }
    reason = {
        "type": "string",
        "minLength": 1,
        "maxLength": _MOST_SIGNS,
        "description": "Why; it is kept with the row.",
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [kind.value, "reason"],
        "properties": {kind.value: row, "reason": reason},
    }


def _cell_schema(column: Column, workspace: Workspace, *, may_be_null: bool) -> dict[str, Any]:
    meaning = column.meaning + (f" In {column.unit}." if column.unit else "")
    forms: list[dict[str, Any]] = [*_forms(column, workspace), *([{"type": "null"}] if may_be_null else [])]
    return {**forms[0], "description": meaning} if len(forms) == 1 else {"anyOf": forms, "description": meaning}


def _forms(column: Column, workspace: Workspace) -> list[dict[str, Any]]:
    if column.kind in (CellKind.NUMBER, CellKind.INTEGER):
        bounds = {"minimum": column.minimum, "maximum": column.maximum}
        number: dict[str, Any] = {"type": "integer" if column.kind is CellKind.INTEGER else "number"}
        number |= {name: bound for name, bound in bounds.items() if bound is not None}
        return [number, {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"}]
    if column.kind is CellKind.DATE:
        return [{"type": "string", "format": "date"}]
    if column.values or column.domain:
        codes = workspace.vocabulary.domains.get(column.domain or "", ())
        return [{"enum": sorted({*column.values, *column.also, *codes})}]
    text: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": _MOST_SIGNS}
    return [text | ({"pattern": f"^({column.pattern})$"} if column.pattern else {})]
