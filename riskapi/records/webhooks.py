"""Answers about webhooks and the messages to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskapi.store.deliveries import Delivery
    from riskapi.store.webhooks import Webhook


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRecord:
    """A webhook. `watchlists` null: all; `both_until`: until then the secret before the newest signs as well.

    `disabled_at` is when it was switched off, `disabled_because` why; null while it is told of changes.
    """

    id: str
    url: str
    label: str | None
    events: tuple[str, ...]
    watchlists: tuple[str, ...] | None
    created_at: datetime
    created_by: str
    both_until: datetime | None
    disabled_at: datetime | None
    disabled_because: str | None

    @classmethod
    def of(cls, found: Webhook) -> WebhookRecord:
        """The record of what the store tells."""
        return cls(
            id=found.id, url=found.url, label=found.label, events=found.events, watchlists=found.watchlists,
            created_at=found.created_at, created_by=found.created_by, both_until=found.overlap_until,
            disabled_at=found.disabled_at, disabled_because=found.disabled_because,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecretAnswer:
    """A webhook with its newest secret, which is shown here and nowhere else."""

    webhook: WebhookRecord
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhooksAnswer:
    """All webhooks, in the order of their making."""

    webhooks: tuple[WebhookRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAttempt:
    """One attempt: `status` is the answer's, null where there was none; `problem` is null where the message was taken."""

    at: datetime
    status: int | None
    problem: str | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """A message: `id` is its webhook-id at every attempt; `due_at` when it is tried next, null once it ended.

    `change` is the number of the change that it tells, null for a test; `attempts` counts those since it was last sent by hand,
    `tries` are the last of them.
    """

    id: str
    webhook: str
    event: str
    change: int | None
    state: str
    created_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    attempts: int
    tries: tuple[DeliveryAttempt, ...]

    @classmethod
    def of(cls, found: Delivery) -> DeliveryRecord:
        """The record of what the store tells."""
        tries = tuple(
            DeliveryAttempt(at=one.at, status=one.status, problem=one.problem, seconds=one.seconds)
            for one in found.tries
        )
        return cls(
            id=found.id, webhook=found.webhook, event=found.event, change=found.change, state=found.state.value,
            created_at=found.created_at, due_at=found.due_at, ended_at=found.ended_at, attempts=found.attempts, tries=tries,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAnswer:
    """One message."""

    delivery: DeliveryRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesAnswer:
    """Messages, the newest first; those that ended a month ago are gone."""

    deliveries: tuple[DeliveryRecord, ...]
    next_cursor: str | None
