"""/v1/webhooks: where an organisation is told of changes.

Enters: addresses. Leaves: webhooks, their secrets once, and what became of messages.

Whoever may name an address decides where data go and what this service connects to: so all of it needs scope admin.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from riskapi.api.frame.archive import CREATED
from riskapi.api.frame.keeping import archive_of, once, signature_of
from riskapi.api.frame.operation import Asked, Example, Kind, Operation, Parameter, Reply, adapter_of
from riskapi.api.frame.paging import LIMIT
from riskapi.api.operations.watch_samples import AT, BY, LIST_ID
from riskapi.errors import NotFoundError, Problem, RequestError
from riskapi.records.assessments import DeletedAnswer
from riskapi.records.webhooks import (
    DeliveriesAnswer,
    DeliveryAnswer,
    DeliveryAttempt,
    DeliveryRecord,
    WebhookRecord,
    WebhooksAnswer,
    WebhookSecretAnswer,
)
from riskapi.store import deliveries, watchlists, webhooks
from riskapi.store.audit import Act, append
from riskapi.store.deliveries import Delivery, DeliveryState
from riskapi.store.errors import ConflictError, StoreError
from riskapi.store.idempotency import Replay
from riskapi.store.keys import Scope
from riskapi.store.webhooks import Webhook
from riskapi.watch.messages import trial_message
from riskapi.watch.model import Event
from riskapi.watch.outgoing import Outgoing
from riskapi.watch.request import read_webhook
from riskapi.workspace import Workspace

PATH: Final = "/v1/webhooks"
_LONGEST_OVERLAP: Final = 168
_HOURS: Final = 24
_STATES: Final = tuple(state.value for state in DeliveryState)


# Webhooks


def create(_: Workspace, asked: Asked) -> Reply:
    """Keep a webhook, and show its secret."""
    outgoing, tenant = outgoing_of(asked), asked.caller.tenant
    mark = outgoing.keyring.newest
    new = read_webhook(asked.body, outgoing.policy)

    def work(session: Session) -> Webhook:
        for index, ident in enumerate(new.watchlists or ()):
            _require_list(session, tenant, ident, f"/watchlists/{index}")
        return webhooks.create(session, tenant, new, mark, signature_of(asked))

    return _with_secret(asked, "createWebhook", {"body": asked.body}, work)


def list_all(_: Workspace, asked: Asked) -> WebhooksAnswer:
    """Every webhook of the caller's tenant."""
    with archive_of(asked).store.read() as session:
        found = webhooks.webhooks(session, asked.caller.tenant)
    return WebhooksAnswer(webhooks=tuple(map(WebhookRecord.of, found)))


def remove(_: Workspace, asked: Asked) -> DeletedAnswer:
    """Delete a webhook."""
    ident = asked.needed("id")
    archive_of(asked).write(lambda session: webhooks.remove(session, asked.caller.tenant, ident, signature_of(asked)))
    return DeletedAnswer(deleted=ident)


def rotate(_: Workspace, asked: Asked) -> Reply:
    """Begin with another secret."""
    tenant, ident, hours = asked.caller.tenant, asked.needed("id"), asked.number("overlap_hours")
    mark, overlap = outgoing_of(asked).keyring.newest, timedelta(hours=hours)

    def work(session: Session) -> Webhook:
        return webhooks.rotate(session, tenant, ident, mark, overlap=overlap, signature=signature_of(asked))

    return _with_secret(asked, "rotateWebhook", {"id": ident, "overlap": hours}, work)


# Messages


def send_test(_: Workspace, asked: Asked) -> Reply:
    """Put a message that tells nothing into the outbox."""
    tenant, ident, signature = asked.caller.tenant, asked.needed("id"), signature_of(asked)

    def work(session: Session) -> Delivery:
        webhook = webhooks.get(session, tenant, ident)
        _refuse_disabled(webhook)
        append(session, tenant, Act(actor=signature.by, action="webhook.tested", subject=ident), signature.at)
        return deliveries.enqueue(session, webhook, trial_message(signature.at), signature.at)

    return _kept_delivery(asked, "testWebhook", {"id": ident}, work)


def list_deliveries(_: Workspace, asked: Asked) -> DeliveriesAnswer:
    """A page of a webhook's messages."""
    state = asked.text("state")
    with archive_of(asked).store.read() as session:
        webhook = webhooks.get(session, asked.caller.tenant, asked.needed("id"))
        wanted = DeliveryState(state) if state else None
        found, more = deliveries.page(
            session, webhook.id, wanted, limit=asked.number("limit"), before=asked.text("cursor")
        )
    records = tuple(map(DeliveryRecord.of, found))
    return DeliveriesAnswer(deliveries=records, next_cursor=records[-1].id if more and records else None)


def send_again(_: Workspace, asked: Asked) -> Reply:
    """Put a message back into the outbox."""
    tenant, ident, message = asked.caller.tenant, asked.needed("id"), asked.needed("delivery")

    def work(session: Session) -> Delivery:
        _refuse_disabled(webhooks.get(session, tenant, ident))
        return deliveries.send_again(session, tenant, ident, message, signature_of(asked))

    return _kept_delivery(asked, "resendDelivery", {"id": ident, "delivery": message}, work)


# Parts


def outgoing_of(asked: Asked) -> Outgoing:
    """Keys and hosts; raises `StoreError` where the service keeps nothing."""
    outgoing = archive_of(asked).outgoing
    if outgoing is None:
        raise StoreError("this service was started without webhooks")
    return outgoing


def _require_list(session: Session, tenant: str, ident: str, pointer: str) -> None:
    try:
        watchlists.get(session, tenant, ident)
    except NotFoundError as error:
        raise RequestError([replace(found, field=None, pointer=pointer) for found in error.problems]) from None


def _refuse_disabled(webhook: Webhook) -> None:
    if webhook.disabled_at is not None:
        detail = f"the webhook was switched off: {webhook.disabled_because}"
        hint = "delete it, and make a new one where its receiver is back"
        raise ConflictError(Problem(code="webhook-disabled", field="id", detail=detail, hint=hint))


def _with_secret(asked: Asked, route: str, content: object, work: Callable[[Session], Webhook]) -> Reply:
    """The webhook with its secret. What is noted of the request names the generation, and never holds the secret."""

    def whole(session: Session) -> Replay:
        found = work(session)
        body = {"id": found.id, "generation": found.generation, "mark": found.key_mark}
        return Replay(status=CREATED, headers={}, body=json.dumps(body).encode())

    replay, again = once(asked, route, content, whole)
    noted = json.loads(replay.body)
    with archive_of(asked).store.read() as session:
        found = webhooks.get(session, asked.caller.tenant, noted["id"])
    secret = outgoing_of(asked).keyring.secret(noted["id"], noted["generation"], noted["mark"])
    if secret is None:
        detail = "the key from which this secret was made is not in the settings any more"
        raise ConflictError(Problem(code="webhooks-off", detail=detail, hint="rotate the secret of the webhook"))
    answer = WebhookSecretAnswer(webhook=WebhookRecord.of(found), secret=secret)
    headers = {"location": f"{PATH}/{found.id}/deliveries", **again}
    return Reply(content=adapter_of(WebhookSecretAnswer).dump_json(answer), status=CREATED, headers=headers)


def _kept_delivery(asked: Asked, route: str, content: object, work: Callable[[Session], Delivery]) -> Reply:
    ident = asked.needed("id")

    def whole(session: Session) -> Replay:
        return Replay(status=CREATED, headers={}, body=json.dumps({"id": work(session).id}).encode())

    replay, again = once(asked, route, content, whole)
    with archive_of(asked).store.read() as session:
        found = deliveries.get(session, asked.caller.tenant, ident, json.loads(replay.body)["id"])
    content_ = adapter_of(DeliveryAnswer).dump_json(DeliveryAnswer(delivery=DeliveryRecord.of(found)))
    headers = {"location": f"{PATH}/{ident}/deliveries", **again}
    return Reply(content=content_, status=CREATED, headers=headers)


# What the document shows

WEBHOOK_ID: Final = "019aabb0-8c00-7000-8000-00000000c001"
MESSAGE_ID: Final = "msg_019aabb0-8c00-7000-8000-00000000d001"
_SAMPLE = WebhookRecord(
    id=WEBHOOK_ID, url="https://hooks.example.org/riskapi", label="desk channel", events=(Event.ALERT.value,),
    watchlists=(LIST_ID,), created_at=AT, created_by=BY, both_until=None, disabled_at=None, disabled_because=None,
)  # fmt: skip
_SAMPLE_MESSAGE = DeliveryRecord(
    id=MESSAGE_ID, webhook=WEBHOOK_ID, event=Event.ALERT.value, change=1, state="waiting", created_at=AT,
    due_at=AT + timedelta(seconds=25), ended_at=None, attempts=1,
    tries=(DeliveryAttempt(at=AT + timedelta(seconds=4), status=503, problem="status 503", seconds=0.21),),
)  # fmt: skip


def _sample_secret(_: Workspace, __: Asked) -> WebhookSecretAnswer:
    return WebhookSecretAnswer(webhook=_SAMPLE, secret="whsec_" + "A" * 43 + "=")


def _sample_all(_: Workspace, __: Asked) -> WebhooksAnswer:
    return WebhooksAnswer(webhooks=(_SAMPLE,))


def _sample_removed(_: Workspace, asked: Asked) -> DeletedAnswer:
    return DeletedAnswer(deleted=asked.needed("id"))


def _sample_message(_: Workspace, __: Asked) -> DeliveryAnswer:
    return DeliveryAnswer(delivery=_SAMPLE_MESSAGE)


def _sample_messages(_: Workspace, __: Asked) -> DeliveriesAnswer:
    return DeliveriesAnswer(deliveries=(_SAMPLE_MESSAGE,), next_cursor=None)


_ID: Final = Parameter(name="id", meaning="The id of a webhook.", in_path=True, required=True)
_DELIVERY: Final = Parameter(name="delivery", meaning="The id of a message.", in_path=True, required=True)
_ONE: Final = {"id": WEBHOOK_ID}
_OVERLAP: Final = Parameter(
    name="overlap_hours", kind=Kind.INTEGER, default=_HOURS, minimum=0, maximum=_LONGEST_OVERLAP,
    meaning="Hours for which the old secret signs as well.",
)  # fmt: skip

OPERATIONS = (
    Operation(
        id="createWebhook", method="POST", path=PATH, tag="webhooks",
        summary="Be told of changes", description="Messages are signed as Standard Webhooks describes. The secret is shown once. "
        "Only https addresses at public hosts are called, and such as whoever runs the service has allowed.",
        run=create, sample=_sample_secret, answers=WebhookSecretAnswer, takes_body=True, body_schema="WebhookRequest",
        takes_key=True, scope=Scope.ADMIN, statuses=(CREATED,),
        refusals=("json-malformed", "body-too-large", "media-type-unsupported"),
        examples=(Example(name="alerts", summary="Alerts of one watchlist", body={
            "url": _SAMPLE.url, "events": [Event.ALERT.value], "watchlists": [LIST_ID], "label": "desk channel"}),),
    ),
    Operation(
        id="listWebhooks", path=PATH, tag="webhooks",
        summary="List the webhooks", description="Those of the caller's organisation, without their secrets.",
        run=list_all, sample=_sample_all, answers=WebhooksAnswer, scope=Scope.ADMIN,
        examples=(Example(name="all", summary="Every webhook"),),
    ),
    Operation(
        id="deleteWebhook", method="DELETE", path=f"{PATH}/{{id}}", tag="webhooks",
        summary="Delete a webhook", description="With every message that waits for it.",
        run=remove, sample=_sample_removed, answers=DeletedAnswer, scope=Scope.ADMIN, refusals=(NotFoundError.code,),
        parameters=(_ID,), examples=(Example(name="deleted", summary="One webhook", values=_ONE),),
    ),
    Operation(
        id="rotateWebhook", method="POST", path=f"{PATH}/{{id}}/rotate", tag="webhooks",
        summary="Give a webhook another secret",
        description="The new secret is shown once. For a while messages bear a signature of each, so that receivers can change "
        "over.",
        run=rotate, sample=_sample_secret, answers=WebhookSecretAnswer, takes_key=True, scope=Scope.ADMIN,
        statuses=(CREATED,), refusals=(NotFoundError.code,), parameters=(_ID, _OVERLAP),
        examples=(Example(name="overlap", summary="Both secrets for two days", values={**_ONE, "overlap_hours": "48"}),),
    ),
    Operation(
        id="testWebhook", method="POST", path=f"{PATH}/{{id}}/test", tag="webhooks",
        summary="Send a test",
        description="A message that tells nothing is put into the outbox; its deliveries tell what became of it.",
        run=send_test, sample=_sample_message, answers=DeliveryAnswer, takes_key=True, scope=Scope.ADMIN,
        statuses=(CREATED,), refusals=(NotFoundError.code,), parameters=(_ID,),
        examples=(Example(name="test", summary="One webhook", values=_ONE),),
    ),
    Operation(
        id="listDeliveries", path=f"{PATH}/{{id}}/deliveries", tag="webhooks",
        summary="What became of messages",
        description="A message is tried ten times within a day; then it is dead, and can be sent again.",
        run=list_deliveries, sample=_sample_messages, answers=DeliveriesAnswer, scope=Scope.ADMIN,
        refusals=(NotFoundError.code,),
        parameters=(
            _ID,
            Parameter(name="state", meaning="Only messages in this state.", choices=lambda _: _STATES),
            LIMIT,
            Parameter(name="cursor", meaning="Where the page begins: `next_cursor` of the page before."),
        ),
        examples=(Example(name="dead", summary="Those that were given up", values={**_ONE, "state": "dead"}),),
    ),
    Operation(
        id="resendDelivery", method="POST", path=f"{PATH}/{{id}}/deliveries/{{delivery}}/resend", tag="webhooks",
        summary="Send a message again", description="Under its own id, so that a receiver who has it lets it be.",
        run=send_again, sample=_sample_message, answers=DeliveryAnswer, takes_key=True, scope=Scope.ADMIN,
        statuses=(CREATED,), refusals=(NotFoundError.code,), parameters=(_ID, _DELIVERY),
        examples=(Example(name="again", summary="One message", values={**_ONE, "delivery": MESSAGE_ID}),),
    ),
)  # fmt: skip
