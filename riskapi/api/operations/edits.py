"""Writing deals and claims: POST, PUT and DELETE below /v1/deals and /v1/claims, their history, and the list of what stands.

Enters: a row with its source, a reason, the version that the change follows. Leaves: a new version, kept with its author and
an entry of the audit log in one transaction. What the datasets hold stays as it is; each tenant sees his own rows over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from riskapi.api.frame.archive import CREATED, Archive
from riskapi.api.frame.keeping import archive_of, once, signature_of
from riskapi.api.frame.operation import Asked, Example, Operation, Parameter, Reply, adapter_of
from riskapi.api.frame.paging import CURSOR, LIMIT, page_of
from riskapi.api.frame.validators import NOT_MODIFIED, matches
from riskapi.api.http.problems import RefusedError
from riskapi.api.operations.edits_body import KEYS, Written, read_written
from riskapi.api.operations.edits_samples import (
    CLAIM,
    DEAL,
    IDS,
    REASON,
    SHIPPED,
    sample_history,
    sample_list,
    sample_taken_back,
    sample_written,
)
from riskapi.errors import NotFoundError, Problem, did_you_mean
from riskapi.records.edits import EditAnswer, EditListed, EditsAnswer, EditShown, HistoryAnswer
from riskapi.store import edits
from riskapi.store.edits import Edit, Kind, NewEdit
from riskapi.store.errors import ConflictError
from riskapi.store.idempotency import Replay
from riskapi.store.keys import Scope
from riskapi.workspace import Workspace

_ROW_OF: Final = {
    Kind.DEAL: "SELECT * FROM deals WHERE deal_id = ?",
    Kind.CLAIM: "SELECT * FROM claims WHERE claim_id = ?",
}
_TAG: Final = re.compile(r'"([0-9]{1,9})(\.[0-9a-f]{1,64})?"')


# Writing


def create_deal(workspace: Workspace, asked: Asked) -> Reply:
    """Write a deal that is not on record."""
    written = read_written(asked.body, Kind.DEAL, workspace, {})
    ident = written.cells["deal_id"]

    def work(session: Session) -> Edit:
        newest = edits.newest(session, asked.caller.tenant, Kind.DEAL, ident)
        if (newest is not None and newest.cells is not None) or dataset_row(workspace, Kind.DEAL, ident) is not None:
            detail = f"there is a deal `{ident}` already"
            hint = f"change it with PUT /v1/deals/{ident}, or choose another id"
            raise ConflictError(Problem(code="deal-exists", pointer="/deal/deal_id", detail=detail, hint=hint))
        return _write(session, asked, _new(Kind.DEAL, ident, written, newest.version if newest else 0))

    return _created(asked, "createDeal", "/v1/deals", work)


def create_claim(workspace: Workspace, asked: Asked) -> Reply:
    """Write what somebody said of a deal, under a number that it gets here."""
    deal_id = asked.needed("id")
    _require_deal(workspace, deal_id)
    some_id = f"{deal_id}.{edits.FIRST_NUMBER}"
    written = read_written(asked.body, Kind.CLAIM, workspace, {"claim_id": some_id, "deal_id": deal_id})

    def work(session: Session) -> Edit:
        ident = edits.next_claim_id(session, asked.caller.tenant, deal_id)
        numbered = Written(cells={**written.cells, "claim_id": ident}, reason=written.reason)
        return _write(session, asked, _new(Kind.CLAIM, ident, numbered, 0))

    return _created(asked, "createClaim", "/v1/claims", work)


def _replace(workspace: Workspace, asked: Asked, kind: Kind) -> Reply:
    """Write the whole row anew."""
    ident = asked.needed("id")
    _require_row(workspace, asked, kind, ident)
    follows = _followed(asked)
    its_deal = {} if kind is Kind.DEAL else {"deal_id": ident.rpartition(".")[0]}
    written = read_written(asked.body, kind, workspace, {KEYS[kind]: ident, **its_deal})
    return _changed(asked, kind, ident, lambda over: _new(kind, ident, written, over), follows, shows="edit")


def _take_back(workspace: Workspace, asked: Asked, kind: Kind) -> Reply:
    """Take back what was written of a row."""
    ident = asked.needed("id")
    _require_row(workspace, asked, kind, ident)
    follows = _followed(asked)
    shows = "nothing" if dataset_row(workspace, kind, ident) is None else "datasets"
    reason = asked.needed("reason")

    def new(over: int) -> NewEdit:
        return NewEdit(kind=kind, entity_id=ident, cells=None, reason=reason, over=over)

    return _changed(asked, kind, ident, new, follows, shows=shows)


def _changed(  # noqa: PLR0913  # each is another part of one change
    asked: Asked, kind: Kind, ident: str, new: Callable[[int], NewEdit], follows: int | None, *, shows: str
) -> Reply:
    """Write what `new` gives over the version that is followed; None is whatever is the newest."""
    archive, tenant = archive_of(asked), asked.caller.tenant

    def work(session: Session) -> Edit:
        edits.hold(session, tenant)
        newest = edits.newest(session, tenant, kind, ident)
        if shows == "nothing" and kind is Kind.DEAL:
            _refuse_orphans(session, tenant, ident)
        return _write(session, asked, new(follows if follows is not None else newest.version if newest else 0))

    edit = archive.write(work)
    archive.overlays.forget(tenant)
    return Reply(content=_body_of(edit, shows), headers={"etag": f'"{edit.version}"'})


def _refuse_orphans(session: Session, tenant: str, deal_id: str) -> None:
    found = (edits.newest(session, tenant, Kind.CLAIM, ident) for ident in edits.claims_of(session, tenant, deal_id))
    left = [edit.entity_id for edit in found if edit is not None and edit.cells is not None]
    if left:
        detail = f"claims on it still stand: {', '.join(left[:5])}{' and more' if len(left) > 5 else ''}"  # noqa: PLR2004
        raise ConflictError(Problem(code="claims-remain", field="id", detail=detail, hint="take those back first"))


def _created(asked: Asked, route: str, address: str, work: Callable[[Session], Edit]) -> Reply:
    tenant = asked.caller.tenant

    def whole(session: Session) -> Replay:
        edits.hold(session, tenant)
        edit = work(session)
        headers = {"location": f"{address}/{edit.entity_id}", "etag": f'"{edit.version}"'}
        return Replay(status=CREATED, headers=headers, body=_body_of(edit, "edit"))

    replay, again = once(asked, route, {"path": asked.text("id"), "body": asked.body}, whole)
    archive_of(asked).overlays.forget(tenant)
    return Reply(content=replay.body, status=replay.status, headers={**replay.headers, **again})


def _write(session: Session, asked: Asked, new: NewEdit) -> Edit:
    return edits.write(session, asked.caller.tenant, new, signature_of(asked))


def _new(kind: Kind, ident: str, written: Written, over: int) -> NewEdit:
    return NewEdit(kind=kind, entity_id=ident, cells=written.cells, reason=written.reason, over=over)


def _body_of(edit: Edit, shows: str) -> bytes:
    return adapter_of(EditAnswer).dump_json(EditAnswer(edit=EditShown.of(edit), shows=shows))


def _followed(asked: Asked) -> int | None:
    """The version that If-Match names, None for `*`; raises `RefusedError` where it names none."""
    if asked.if_match is None:
        detail = "If-Match is needed, with the ETag of the history, or its `version` in quotes"
        raise RefusedError("precondition-required", Problem(code="version-needed", field="If-Match", detail=detail))
    if asked.if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(asked.if_match.strip())
    if found is None:
        detail = "If-Match does not name a version of this row"
        hint = 'send the ETag of the history, or its `version` in quotes: "3"'
        problem = Problem(code="version-unknown", field="If-Match", detail=detail, hint=hint)
        raise RefusedError("precondition-failed", problem)
    return int(found.group(1))


# What is there


def _require_deal(workspace: Workspace, deal_id: str) -> None:
    workspace.ledger.get(deal_id)


def _require_row(workspace: Workspace, asked: Asked, kind: Kind, ident: str) -> None:
    """Raise `NotFoundError` where neither the datasets nor the tenant ever had such a row."""
    if dataset_row(workspace, kind, ident) is not None:
        return
    with archive_of(asked).store.read() as session:
        if edits.newest(session, asked.caller.tenant, kind, ident) is not None:
            return
    raise _unknown(workspace, kind, ident)


def _unknown(workspace: Workspace, kind: Kind, ident: str) -> NotFoundError:
    deals = workspace.ledger.deals()
    known = (
        [deal.deal_id for deal in deals] if kind is Kind.DEAL else [c.claim_id for deal in deals for c in deal.claims]
    )
    hint = did_you_mean(ident[:120], known) or "GET /v1/deals lists the deals, GET /v1/deals/{id} the claims on one"
    return NotFoundError(Problem(code="not-found", detail=f"there is no {kind} of this id", hint=hint))


def dataset_row(workspace: Workspace, kind: Kind, ident: str) -> dict[str, str] | None:
    """The row as it stands in the datasets, as text; None where they have none."""
    found = workspace.connection.cursor().execute(_ROW_OF[kind], [ident])
    row = found.fetchone()
    if row is None:
        return None
    names = [column[0] for column in found.description]
    return {name: _cell(value) for name, value in zip(names, row, strict=True) if value is not None}


def _cell(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


# Reading


def _history(workspace: Workspace, asked: Asked, kind: Kind) -> Reply:
    """Every version of a row."""
    ident = asked.needed("id")
    _require_row(workspace, asked, kind, ident)
    with archive_of(asked).store.read() as session:
        newest = edits.newest(session, asked.caller.tenant, kind, ident)
        versions = () if newest is None else edits.history(session, asked.caller.tenant, kind, ident)
    tag = f'"{newest.version if newest else 0}.{workspace.dataset.version}"'
    if matches(asked.if_none_match, tag):
        return Reply(content=b"", status=NOT_MODIFIED, headers={"etag": tag})
    answer = HistoryAnswer(
        kind=kind.value,
        id=ident,
        version=newest.version if newest else 0,
        in_datasets=dataset_row(workspace, kind, ident),
        edits=tuple(map(EditShown.of, versions)),
        versions=workspace.versions,
    )
    return Reply(content=adapter_of(HistoryAnswer).dump_json(answer), headers={"etag": tag})


def list_edits(workspace: Workspace, asked: Asked) -> EditsAnswer:
    """A page of the newest versions."""
    archive = archive_of(asked)
    with archive.store.read() as session:
        found = [edit for kind in Kind for edit in edits.current(session, asked.caller.tenant, kind)]
    page = page_of(found, lambda edit: f"{edit.kind.value} {edit.entity_id}", asked)
    unused = _unused(archive, asked.caller.tenant)
    listed = tuple(
        EditListed(edit=EditShown.of(edit), stands=edit.cells is not None, not_used_because=unused.get(edit.entity_id))
        for edit in page.items
    )
    return EditsAnswer(edits=listed, total=page.total, next_cursor=page.next_cursor, versions=workspace.versions)


def _unused(archive: Archive, tenant: str) -> dict[str, str]:
    return {item.id: item.reason for item in archive.overlays.left_out(tenant)}


# Operations

_IDS: Final = {
    kind: Parameter(name="id", meaning=f"The {key}.", in_path=True, required=True) for kind, key in KEYS.items()
}
_WHY = Parameter(name="reason", meaning="Why it is taken back; kept with it.", required=True, max_length=2_000)
_BODY = ("json-malformed", "media-type-unsupported")
_CHANGING = (NotFoundError.code, ConflictError.code)
_CHECKED = "The row is checked as one of the tables is, and its source and the day on which it was read are required. "
_FOLLOWS = "`If-Match` names the version that the change follows: the ETag of the history. "
_HISTORY = "The row of the datasets, and what was written over it: by whom, when and why."


def _creating(kind: Kind, **told: Any) -> Operation:  # noqa: ANN401  # fields of `Operation`
    """The operation that writes a new row of a kind."""
    name = kind.value.capitalize()
    return Operation(
        id=f"create{name}", method="POST", tag="deals", sample=sample_written(kind), answers=EditAnswer, takes_body=True,
        body_schema=f"New{name}", takes_key=True, is_tagged=True, scope=Scope.EDITOR, statuses=(CREATED,), **told,
    )  # fmt: skip


def _replacing(kind: Kind, description: str, example: Example) -> Operation:
    """The operation that writes a row of a kind anew."""
    name = kind.value
    return Operation(
        id=f"replace{name.capitalize()}", method="PUT", path=f"/v1/{name}s/{{id}}", tag="deals",
        summary=f"Write the row of a {name} anew", description=f"{_CHECKED}{_FOLLOWS}{description}",
        run=partial(_replace, kind=kind), sample=sample_written(kind), answers=EditAnswer, takes_body=True,
        body_schema=f"{name.capitalize()}Change", takes_match=True, is_tagged=True, scope=Scope.EDITOR,
        refusals=(*_BODY, *_CHANGING), parameters=(_IDS[kind],), examples=(example,),
    )  # fmt: skip


def _taking_back(kind: Kind, description: str, reason: str, shows: str) -> Operation:
    """The operation that takes back what was written of a row of a kind; `reason` and `shows` are of its example."""
    name = kind.value
    return Operation(
        id=f"takeBack{name.capitalize()}", method="DELETE", path=f"/v1/{name}s/{{id}}", tag="deals",
        summary=f"Take back what was written of a {name}", description=f"{_FOLLOWS}{description}",
        run=partial(_take_back, kind=kind), sample=sample_taken_back(kind, shows), answers=EditAnswer,
        takes_match=True, is_tagged=True, scope=Scope.EDITOR, refusals=_CHANGING, parameters=(_IDS[kind], _WHY),
        examples=(Example(name="mistaken", summary="A mistake", values={"id": IDS[kind], "reason": reason}),),
    )  # fmt: skip


def _showing(kind: Kind, description: str, ident: str) -> Operation:
    """The operation that shows every version of a row of a kind; `ident` is of its example."""
    name = kind.value
    return Operation(
        id=f"{name}History", path=f"/v1/{name}s/{{id}}/history", tag="deals", summary=f"Show every version of a {name}",
        description=description, run=partial(_history, kind=kind), sample=sample_history(kind, dataset_row),
        answers=HistoryAnswer, is_tagged=True, refusals=(NotFoundError.code,), parameters=(_IDS[kind],),
        examples=(Example(name="shipped", summary=f"A {name} of the datasets", values={"id": ident}),),
    )  # fmt: skip


OPERATIONS = (
    _creating(
        Kind.DEAL, path="/v1/deals", summary="Write a deal that is not on record",
        description=f"{_CHECKED}Only your tenant sees it: in lists, in the status of scores, among comparable deals.",
        run=create_deal, refusals=_BODY,
        examples=(Example(name="report", summary="A report in the press", body={"deal": DEAL, "reason": REASON}),),
    ),
    _replacing(
        Kind.DEAL,
        "A row of the datasets is followed as version 0, and stays as it is below. "
        "The row is replaced as a whole: a column that is left out is not known.",
        Example(name="corrected", summary="A deal of one's own, corrected", values={"id": IDS[Kind.DEAL]},
                body={"deal": {name: cell for name, cell in DEAL.items() if name != "deal_id"}, "reason": REASON}),
    ),
    _taking_back(
        Kind.DEAL,
        "The row of the datasets is seen again, where there is one. All versions are kept in the "
        "history. What comes with the datasets cannot be taken back here.",
        "the report was withdrawn", "nothing",
    ),
    _showing(Kind.DEAL, f"{_HISTORY} The ETag is what a change names in `If-Match`.", SHIPPED),
    _creating(
        Kind.CLAIM, path="/v1/deals/{id}/claims", summary="Write what somebody said of a deal",
        description=f"{_CHECKED}The claim gets its id here, numbered from {edits.FIRST_NUMBER} on, so that claims which the "
        "datasets get later have others. The status of the deal and every grade follow from all claims.",
        run=create_claim, refusals=(*_BODY, NotFoundError.code), parameters=(_IDS[Kind.DEAL],),
        examples=(
            Example(name="denial", summary="A denial", values={"id": SHIPPED}, body={"claim": CLAIM, "reason": REASON}),
        ),
    ),
    _replacing(
        Kind.CLAIM, "A claim stays with its deal.",
        Example(name="corrected", summary="A claim, corrected", values={"id": IDS[Kind.CLAIM]},
                body={"claim": CLAIM, "reason": REASON}),
    ),
    _taking_back(
        Kind.CLAIM, "The row of the datasets is seen again, where there is one.", "another firm was meant", "datasets"
    ),
    _showing(Kind.CLAIM, _HISTORY, IDS[Kind.CLAIM]),
    Operation(
        id="listEdits", path="/v1/edits", tag="deals", summary="List what was written of deals and claims",
        description="The newest version of each row that an editor of your tenant wrote, also those that were taken back.",
        run=list_edits, sample=sample_list, answers=EditsAnswer, parameters=(LIMIT, CURSOR),
        examples=(Example(name="all", summary="The first ten", values={"limit": "10"}),),
    ),
)  # fmt: skip
