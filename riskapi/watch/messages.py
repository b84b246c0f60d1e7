"""The bytes of a message. Enters: an entry of the change feed, or nothing. Leaves: type and body as webhooks send them.

The body has `type`, `timestamp` and `data`, as https://www.standardwebhooks.com recommends.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from riskapi.store.audit import written
from riskapi.store.canonical import canonical_json
from riskapi.store.deliveries import Message
from riskapi.watch.model import Change, Event, plain


def message_of(change: Change) -> Message:
    """The message that tells of a change."""
    event = Event.ALERT if change.is_alert else Event.CHANGED
    return Message(event=event.value, body=_body(event, change.at, plain(change)), change=change.seq)


def trial_message(now: datetime) -> Message:
    """A message that tells nothing."""
    return Message(event=Event.TEST.value, body=_body(Event.TEST, now, {"says": "this is a test"}))


def _body(event: Event, at: datetime, data: Any) -> bytes:  # noqa: ANN401  # JSON
    return canonical_json({"type": event.value, "timestamp": written(at), "data": data}).encode()
