"""How often one caller may ask: a bucket of tokens for each. Enters: requests. Leaves: the same, or 429 with `Retry-After`.

A bucket holds `burst` tokens and fills at `rate` a minute. Each worker process counts for itself. `RateLimit` and
`RateLimit-Policy` follow the draft of the IETF on rate limit header fields.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TypeAlias

from litestar.datastructures import MutableScopeHeaders
from litestar.types import HTTPScope, Message, Receive, Send

from riskapi.api.http.asgi import HttpApp
from riskapi.api.http.problems import RefusedError
from riskapi.api.http.refusal import refuse
from riskapi.errors import Problem

#: Who is counted as one. With API keys it is the id of the key, without them the address.
Caller: TypeAlias = Callable[[HTTPScope], str]

#: Callers that are remembered; beyond that those who asked longest ago are forgotten, so that memory stays bounded.
MOST_CALLERS: Final = 20_000
#: Probes of whoever runs the service are never refused.
UNCOUNTED: Final = ("/health", "/ready", "/metrics")
_IPV6_SITE: Final = 64


def caller_address(scope: HTTPScope) -> str:
    """The address that the connection comes from; of IPv6 the network, since one site has all its addresses."""
    client = scope.get("client")
    if not client:
        return "?"
    try:
        address = ipaddress.ip_address(client[0])
    except ValueError:
        return str(client[0])
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_SITE), strict=False))
    return str(address)


class Buckets:
    """The tokens of all callers. `clock` gives seconds that only grow."""

    def __init__(self, rate: int, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self._clock = rate, burst, clock
        self._per_second = rate / 60
        self._tokens: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> tuple[bool, int, int]:
        """Whether there was a token; how many are left; in how many seconds the bucket is full, or has one again."""
        now = self._clock()
        tokens, then = self._tokens.pop(caller, (float(self.burst), now))
        tokens = min(self.burst, tokens + (now - then) * self._per_second)
        taken = tokens >= 1
        tokens -= taken
        self._tokens[caller] = (tokens, now)
        if len(self._tokens) > MOST_CALLERS:
            self._tokens.popitem(last=False)
        missing = self.burst - tokens if taken else 1 - tokens
        return taken, int(tokens), math.ceil(missing / self._per_second)

    def __len__(self) -> int:
        return len(self._tokens)


class RateLimit:
    """Counts requests and refuses those that come too fast; `refused` is told the reason of each refusal."""

    def __init__(
        self,
        app: HttpApp,
        buckets: Buckets,
        *,
        caller: Caller = caller_address,
        refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._app, self._buckets, self._caller, self._refused = app, buckets, caller, refused
        window = math.ceil(buckets.burst * 60 / buckets.rate)
        self._policy = f'"default";q={buckets.burst};w={window}'

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["path"] in UNCOUNTED:
            return await self._app(scope, receive, send)
        taken, left, seconds = self._buckets.take(self._caller(scope))
        told = {"ratelimit-policy": self._policy, "ratelimit": f'"default";r={left};t={seconds}'}
        if not taken:
            self._refused("rate")
            return await refuse(_too_many(self._buckets.rate, seconds, told), scope, send)

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableScopeHeaders.from_message(message).update(told)
            await send(message)

        return await self._app(scope, receive, send_told)


def _too_many(rate: int, seconds: int, headers: dict[str, str]) -> RefusedError:
    detail = f"more than {rate:,} requests a minute"
    problem = Problem(code="too-many-requests", detail=detail, hint=f"ask again in {seconds} s; put questions together")
    return RefusedError("too-many-requests", problem, headers={**headers, "retry-after": str(seconds)})
