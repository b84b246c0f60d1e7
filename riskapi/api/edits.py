"""Writing deals and claims: POST, PUT and DELETE below /v1/deals and /v1/claims, their history, and the list of what stands.

Enters: a row with its source, a reason, the version that the change follows. Leaves: a new version, kept with its author and
an entry of the audit log in one transaction. What the datasets hold stays as it is; each tenant sees his own rows over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from riskapi.api.archive import CREATED, Archive
from riskapi.api.assessments import archive_of
from riskapi.api.edits_body import KEYS, Written, read_written
from riskapi.api.operations import Asked, Example, Operation, Parameter, Reply, adapter_of
from riskapi.api.paging import CURSOR, LIMIT, page_of
from riskapi.api.problems import RefusedError
from riskapi.api.repeats import REPEATED, attempt_of
from riskapi.errors import NotFoundError, Problem, did_you_mean
from riskapi.records.edits import EditAnswer, EditListed, EditsAnswer, EditShown, HistoryAnswer
from riskapi.store import edits
from riskapi.store.audit import Signature
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
NOT_MODIFIED: Final = 304


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


def replace_deal(workspace: Workspace, asked: Asked) -> Reply:
    """Write the whole row of a deal anew."""
    return _replace(workspace, asked, Kind.DEAL, {"deal_id": asked.needed("id")})


def replace_claim(workspace: Workspace, asked: Asked) -> Reply:
    """Write the whole row of a claim anew."""
    ident = asked.needed("id")
    return _replace(workspace, asked, Kind.CLAIM, {"claim_id": ident, "deal_id": ident.rpartition(".")[0]})


def _replace(workspace: Workspace, asked: Asked, kind: Kind, known: dict[str, str]) -> Reply:
    ident = asked.needed("id")
    _require_row(workspace, asked, kind, ident)
    follows = _followed(asked)
    written = read_written(asked.body, kind, workspace, known)
    return _changed(asked, kind, ident, lambda over: _new(kind, ident, written, over), follows, shows="edit")


def take_back_deal(workspace: Workspace, asked: Asked) -> Reply:
    """Take back what was written of a deal."""
    return _take_back(workspace, asked, Kind.DEAL)


def take_back_claim(workspace: Workspace, asked: Asked) -> Reply:
    """Take back what was written of a claim."""
    return _take_back(workspace, asked, Kind.CLAIM)


def _take_back(workspace: Workspace, asked: Asked, kind: Kind) -> Reply:
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
    archive, tenant = archive_of(asked), asked.caller.tenant
    attempt = attempt_of(asked, route, {"path": asked.text("id"), "body": asked.body})

    def whole(session: Session) -> Replay:
        edits.hold(session, tenant)
        edit = work(session)
        headers = {"location": f"{address}/{edit.entity_id}", "etag": f'"{edit.version}"'}
        return Replay(status=CREATED, headers=headers, body=_body_of(edit, "edit"))

    replay, is_repeated = archive.once(attempt, whole)
    archive.overlays.forget(tenant)
    again = {REPEATED: "true"} if is_repeated else {}
    return Reply(content=replay.body, status=replay.status, headers={**replay.headers, **again})


def _write(session: Session, asked: Asked, new: NewEdit) -> Edit:
    return edits.write(session, asked.caller.tenant, new, Signature(asked.caller.signed, archive_of(asked).now()))


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


def deal_history(workspace: Workspace, asked: Asked) -> Reply:
    """Every version of a deal."""
    return _history(workspace, asked, Kind.DEAL)


def claim_history(workspace: Workspace, asked: Asked) -> Reply:
    """Every version of a claim."""
    return _history(workspace, asked, Kind.CLAIM)


def _history(workspace: Workspace, asked: Asked, kind: Kind) -> Reply:
    ident = asked.needed("id")
    _require_row(workspace, asked, kind, ident)
    with archive_of(asked).store.read() as session:
        newest = edits.newest(session, asked.caller.tenant, kind, ident)
        versions = () if newest is None else edits.history(session, asked.caller.tenant, kind, ident)
    tag = f'"{newest.version if newest else 0}.{workspace.dataset.version}"'
    if asked.if_none_match is not None and tag in [item.strip() for item in asked.if_none_match.split(",")]:
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


# What the document shows

_DEAL: Final[dict[str, Any]] = {
    "deal_id": "us-2026-example-example", "title": "Example of a report that an editor wrote",
    "foreign_company_id": "xiaomi", "host_company_id": "ford", "activity_country": "US", "deal_type": "joint_venture",
    "sector": "automotive", "foreign_share": 49.5, "announced_on": "2026-11-20", "announced_precision": "day",
    "source_url": "https://example.org/report", "as_of": "2026-11-21", "confidence": "low",
}  # fmt: skip
_CLAIM: Final[dict[str, Any]] = {
    "made_on": "2026-11-21", "claimant": "Spokesperson of the example", "role": "host_party", "stance": "denies",
    "source_url": "https://example.org/answer", "as_of": "2026-11-21", "confidence": "low",
}  # fmt: skip
_DEAL_ID: Final = str(_DEAL["deal_id"])
_SHIPPED: Final = "us-2026-ford-xiaomi-jv"
_CLAIM_ID: Final = f"{_SHIPPED}.4"
_REASON: Final = "read in the press"
_AT: Final = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def _sample_edit(kind: Kind, ident: str, cells: dict[str, Any] | None, version: int) -> Edit:
    text = None if cells is None else {KEYS[kind]: ident, **{name: str(cell) for name, cell in cells.items()}}
    return Edit(kind=kind, entity_id=ident, version=version, cells=text, reason=_REASON,
                written_by="Edda, desk (5d1f0c1e9a0b7c3d)", written_at=_AT)  # fmt: skip


def _sample(kind: Kind, cells: dict[str, Any] | None, shows: str = "edit") -> Callable[[Workspace, Asked], Reply]:
    def show(_: Workspace, asked: Asked) -> Reply:
        ident = asked.text("id") or _DEAL_ID
        if kind is Kind.CLAIM and "." not in ident:
            ident = f"{ident}.{edits.FIRST_NUMBER}"
        return Reply(content=_body_of(_sample_edit(kind, ident, cells, 1 if cells else 2), shows))

    return show


def _sample_history(kind: Kind, cells: dict[str, Any]) -> Callable[[Workspace, Asked], HistoryAnswer]:
    def show(workspace: Workspace, asked: Asked) -> HistoryAnswer:
        ident = asked.needed("id")
        made = (EditShown.of(_sample_edit(kind, ident, cells, 1)),)
        return HistoryAnswer(kind=kind.value, id=ident, version=1, in_datasets=dataset_row(workspace, kind, ident),
                             edits=made, versions=workspace.versions)  # fmt: skip

    return show


def _sample_list(workspace: Workspace, _: Asked) -> EditsAnswer:
    edit = EditShown.of(_sample_edit(Kind.DEAL, _DEAL_ID, _DEAL, 1))
    listed = (EditListed(edit=edit, stands=True, not_used_because=None),)
    return EditsAnswer(edits=listed, total=1, next_cursor=None, versions=workspace.versions)


_DEAL_PARAMETER = Parameter(name="id", meaning="The deal_id.", in_path=True, required=True)
_CLAIM_PARAMETER = Parameter(name="id", meaning="The claim_id.", in_path=True, required=True)
_WHY = Parameter(name="reason", meaning="Why it is taken back; kept with it.", required=True, max_length=2_000)
_BODY = ("json-malformed", "media-type-unsupported")
_CHANGING = (NotFoundError.code, ConflictError.code)
_CHECKED = "The row is checked as one of the tables is, and its source and the day on which it was read are required. "
_FOLLOWS = "`If-Match` names the version that the change follows: the ETag of the history. "

OPERATIONS = (
    Operation(
        id="createDeal",
        method="POST",
        path="/v1/deals",
        tag="deals",
        summary="Write a deal that is not on record",
        description=f"{_CHECKED}Only your tenant sees it: in lists, in the status of scores, among comparable deals.",
        run=create_deal,
        sample=_sample(Kind.DEAL, _DEAL),
        answers=EditAnswer,
        takes_body=True,
        body_schema="NewDeal",
        takes_key=True,
        is_tagged=True,
        scope=Scope.EDITOR,
        statuses=(CREATED,),
        refusals=_BODY,
        examples=(Example(name="report", summary="A report in the press", body={"deal": _DEAL, "reason": _REASON}),),
    ),
    Operation(
        id="replaceDeal",
        method="PUT",
        path="/v1/deals/{id}",
        tag="deals",
        summary="Write the row of a deal anew",
        description=f"{_CHECKED}{_FOLLOWS}A row of the datasets is followed as version 0, and stays as it is below. "
        "The row is replaced as a whole: a column that is left out is not known.",
        run=replace_deal,
        sample=_sample(Kind.DEAL, _DEAL),
        answers=EditAnswer,
        takes_body=True,
        body_schema="DealChange",
        takes_match=True,
        is_tagged=True,
        scope=Scope.EDITOR,
        refusals=(*_BODY, *_CHANGING),
        parameters=(_DEAL_PARAMETER,),
        examples=(
            Example(name="corrected", summary="A deal of one's own, corrected", values={"id": _DEAL_ID},
                    body={"deal": {name: cell for name, cell in _DEAL.items() if name != "deal_id"}, "reason": _REASON}),
        ),
    ),
    Operation(
        id="takeBackDeal",
        method="DELETE",
        path="/v1/deals/{id}",
        tag="deals",
        summary="Take back what was written of a deal",
        description=f"{_FOLLOWS}The row of the datasets is seen again, where there is one. All versions are kept in the "
        "history. What comes with the datasets cannot be taken back here.",
        run=take_back_deal,
        sample=_sample(Kind.DEAL, None, "nothing"),
        answers=EditAnswer,
        takes_match=True,
        is_tagged=True,
        scope=Scope.EDITOR,
        refusals=_CHANGING,
        parameters=(_DEAL_PARAMETER, _WHY),
        examples=(Example(name="mistaken", summary="A mistake", values={"id": _DEAL_ID, "reason": "the report was withdrawn"}),),
    ),
    Operation(
        id="dealHistory",
        path="/v1/deals/{id}/history",
        tag="deals",
        summary="Show every version of a deal",
        description="The row of the datasets, and what was written over it: by whom, when and why. The ETag is what a change "
        "names in `If-Match`.",
        run=deal_history,
        sample=_sample_history(Kind.DEAL, _DEAL),
        answers=HistoryAnswer,
        is_tagged=True,
        refusals=(NotFoundError.code,),
        parameters=(_DEAL_PARAMETER,),
        examples=(Example(name="shipped", summary="A deal of the datasets", values={"id": _SHIPPED}),),
    ),
    Operation(
        id="createClaim",
        method="POST",
        path="/v1/deals/{id}/claims",
        tag="deals",
        summary="Write what somebody said of a deal",
        description=f"{_CHECKED}The claim gets its id here, numbered from {edits.FIRST_NUMBER} on, so that claims which the "
        "datasets get later have others. The status of the deal and every grade follow from all claims.",
        run=create_claim,
        sample=_sample(Kind.CLAIM, {"deal_id": _SHIPPED, **_CLAIM}),
        answers=EditAnswer,
        takes_body=True,
        body_schema="NewClaim",
        takes_key=True,
        is_tagged=True,
        scope=Scope.EDITOR,
        statuses=(CREATED,),
        refusals=(*_BODY, NotFoundError.code),
        parameters=(_DEAL_PARAMETER,),
        examples=(
            Example(name="denial", summary="A denial", values={"id": _SHIPPED}, body={"claim": _CLAIM, "reason": _REASON}),
        ),
    ),
    Operation(
        id="replaceClaim",
        method="PUT",
        path="/v1/claims/{id}",
        tag="deals",
        summary="Write the row of a claim anew",
        description=f"{_CHECKED}{_FOLLOWS}A claim stays with its deal.",
        run=replace_claim,
        sample=_sample(Kind.CLAIM, {"deal_id": _SHIPPED, **_CLAIM}),
        answers=EditAnswer,
        takes_body=True,
        body_schema="ClaimChange",
        takes_match=True,
        is_tagged=True,
        scope=Scope.EDITOR,
        refusals=(*_BODY, *_CHANGING),
        parameters=(_CLAIM_PARAMETER,),
        examples=(
            Example(name="corrected", summary="A claim, corrected", values={"id": _CLAIM_ID},
                    body={"claim": _CLAIM, "reason": _REASON}),
        ),
    ),
    Operation(
        id="takeBackClaim",
        method="DELETE",
        path="/v1/claims/{id}",
        tag="deals",
        summary="Take back what was written of a claim",
        description=f"{_FOLLOWS}The row of the datasets is seen again, where there is one.",
        run=take_back_claim,
        sample=_sample(Kind.CLAIM, None, "datasets"),
        answers=EditAnswer,
        takes_match=True,
        is_tagged=True,
        scope=Scope.EDITOR,
        refusals=_CHANGING,
        parameters=(_CLAIM_PARAMETER, _WHY),
        examples=(Example(name="mistaken", summary="A mistake", values={"id": _CLAIM_ID, "reason": "another firm was meant"}),),
    ),
    Operation(
        id="claimHistory",
        path="/v1/claims/{id}/history",
        tag="deals",
        summary="Show every version of a claim",
        description="The row of the datasets, and what was written over it: by whom, when and why.",
        run=claim_history,
        sample=_sample_history(Kind.CLAIM, {"deal_id": _SHIPPED, **_CLAIM}),
        answers=HistoryAnswer,
        is_tagged=True,
        refusals=(NotFoundError.code,),
        parameters=(_CLAIM_PARAMETER,),
        examples=(Example(name="shipped", summary="A claim of the datasets", values={"id": _CLAIM_ID}),),
    ),
    Operation(
        id="listEdits",
        path="/v1/edits",
        tag="deals",
        summary="List what was written of deals and claims",
        description="The newest version of each row that an editor of your tenant wrote, also those that were taken back.",
        run=list_edits,
        sample=_sample_list,
        answers=EditsAnswer,
        parameters=(LIMIT, CURSOR),
        examples=(Example(name="all", summary="The first ten", values={"limit": "10"}),),
    ),
)  # fmt: skip
