"""Messages leave the outbox. Enters: a store, keys, what an operator allows. Leaves: delivered messages, or why they were not.

Each attempt signs the same id and bytes with a new timestamp. Attempts of one webhook follow each other, those of several run
side by side, so that a slow receiver holds up nobody but himself.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from riskapi.errors import RequestError
from riskapi.store import deliveries, webhooks
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.deliveries import Attempt, Claim
from riskapi.watch.keyring import Keyring
from riskapi.watch.post import Poster, Sent
from riskapi.watch.signature import sign
from riskapi.watch.targets import Policy, read_target

logger = logging.getLogger("riskapi.watch")

#: Seconds before the second attempt, the third, ...: four times as long each, together a day.
DELAYS: Final = (5, 20, 80, 320, 1_280, 5_120, 20_480, 28_800, 28_800)
#: Shares of a delay by which it is shortened or lengthened, so that not all come back at once.
JITTER: Final = 0.25
#: Seconds after which a webhook lets others have their turn.
TURN: Final = 30.0
AT_ONCE: Final = 4
#: How long messages that have ended are shown.
KEPT_FOR: Final = timedelta(days=30)
GONE: Final = 410
SIGNED: Final = "service"
_FRACTIONS: Final = 10_000


def random_fraction() -> float:
    """A number from 0 to 1."""
    return secrets.randbelow(_FRACTIONS) / _FRACTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What one look at the outbox did."""

    delivered: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliverer:
    """Sends what waits. `now` tells the moment, `stops` whether to end early, `told` hears of each attempt."""

    store: Store
    keyring: Keyring
    policy: Policy
    now: Callable[[], datetime]
    poster: Poster = field(default_factory=Poster)
    stops: Callable[[], bool] = lambda: False
    fraction: Callable[[], float] = random_fraction
    told: Callable[[str], None] = lambda _: None

    def run(self) -> Passed:
        """Send every message that may be sent now, each at most once."""
        with self.store.read() as session:
            due = deliveries.due_webhooks(session, self.now())
        if not due:
            return Passed()
        with ThreadPoolExecutor(min(AT_ONCE, len(due)), thread_name_prefix="webhook") as pool:
            passed = list(pool.map(self._drain, due))
        return Passed(delivered=sum(one.delivered for one in passed), failed=sum(one.failed for one in passed))

    def clean(self) -> int:
        """Forget messages that ended a month ago; how many there were."""
        with self.store.write() as session:
            return deliveries.remove_ended(session, self.now() - KEPT_FOR)

    def _drain(self, webhook: str) -> Passed:
        """Send what waits for one webhook, until it fails or its turn is over."""
        delivered, ends_at = 0, time.monotonic() + TURN
        while time.monotonic() < ends_at and not self.stops():
            with self.store.write() as session:
                claimed = deliveries.claim(session, webhook, self.now())
            if claimed is None:
                break
            if not self._attempt(claimed):
                return Passed(delivered=delivered, failed=1)
            delivered += 1
        return Passed(delivered=delivered)

    def _attempt(self, claimed: Claim) -> bool:
        at, began = self.now(), time.perf_counter()
        sent = self._send(claimed, at)
        seconds = round(time.perf_counter() - began, 3)
        attempt = Attempt(at=at, status=sent.status, problem=sent.problem, seconds=seconds)
        self._note(claimed, attempt, sent)
        self.told("delivered" if sent.problem is None else "failed")
        return sent.problem is None

    def _send(self, claimed: Claim, at: datetime) -> Sent:
        signing = self.keyring.secrets_of(claimed.webhook, at)
        if not signing:
            return Sent(status=None, problem="the key of its secret is not in the settings: rotate the secret")
        try:
            target = read_target(claimed.webhook.url, self.policy)
        except RequestError as error:
            return Sent(status=None, problem=error.problems[0].detail)
        headers = sign(signing, claimed.id, int(at.timestamp()), claimed.body)
        return self.poster.post(target, headers, claimed.body)

    def _note(self, claimed: Claim, attempt: Attempt, sent: Sent) -> None:
        is_gone = attempt.status == GONE
        due_at = None if is_gone else self.next_attempt(claimed.attempts, attempt.at, sent.wait)
        with self.store.write() as session:
            if is_gone:
                because = "its receiver answered 410 Gone"
                signature = Signature(SIGNED, attempt.at)
                webhooks.switch_off(session, claimed.tenant, claimed.webhook.id, because, signature)
            is_noted = deliveries.finish(session, claimed, attempt, due_at)
            if is_gone:
                deliveries.give_up_all(session, claimed.webhook.id, attempt.at)
        if attempt.problem is not None and is_noted:
            logger.info("message %s, attempt %d: %s", claimed.id, claimed.attempts + 1, attempt.problem)

    def next_attempt(self, attempts: int, now: datetime, wait: int | None = None) -> datetime | None:
        """When to try again after one more attempt than `attempts`; None where patience is used up.

        `wait` is what the receiver asks for, in seconds; it lengthens a delay and never shortens it.
        """
        if attempts >= len(DELAYS):
            return None
        delay = DELAYS[attempts] * (1 - JITTER + 2 * JITTER * self.fraction())
        return now + timedelta(seconds=max(delay, wait or 0))
