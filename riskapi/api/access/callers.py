"""Who asks, and what he may. Enters: requests, some with an API key or a token. Leaves: the same with a `Caller`, or 401, 403.

A service whose store holds no key is open: whoever reaches it belongs to the tenant `default` and may do everything, which
is why `riskapi serve` then stays on the loopback address. From the first key on, every request but those of `is_open`
needs one, also after the last key has ended. A service that takes tokens of an identity provider is never open.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, cast

from litestar.types import HTTPScope, Receive, Scope, Send

from riskapi.api.access.keys_address import asked_below
from riskapi.api.access.rate import caller_address
from riskapi.api.http.asgi import HttpApp, header_of
from riskapi.api.http.problems import RefusedError, refusal_of
from riskapi.api.http.refusal import refuse
from riskapi.api.telemetry.observe import KEY_ID
from riskapi.errors import Problem, RiskapiError
from riskapi.store import keys
from riskapi.store.database import Store
from riskapi.store.errors import KeyRefusedError
from riskapi.store.keys import Scope as Allowed
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.tenants import ensure_tenant

#: How long a service without keys goes on before it looks again whether there are any, in seconds.
LOOKED_FOR: Final = 1.0
#: Threads that check keys; more would only wait for the store.
CHECKERS: Final = 2
_OPEN: Final = ("/health", "/ready", "/metrics", "/docs", "/schema/openapi.json")
_OPEN_BELOW: Final = ("/problems/", "/static/")
_CALLER: Final = "riskapi.caller"
_REFUSAL: Final = "riskapi.key_refusal"
_READING: Final = ("GET", "HEAD")
_SEEN: Final = Problem(
    code="key-in-address", detail="a key in an address is seen by others: only that of a viewer is taken there",
    hint="revoke this one, and make one of scope viewer",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: a tenant, what he may, and the key that he showed; no key where the service is open."""

    tenant: str
    scope: Allowed
    key_id: str | None = None
    name: str = "anybody"

    @property
    def signed(self) -> str:
        """How the store names him: the name of the key and its id, since names may be given twice."""
        return self.name if self.key_id is None else f"{self.name} ({self.key_id})"

    def require(self, scope: Allowed | None) -> None:
        """Raise `RefusedError` where the key does not allow so much."""
        if scope is not None and not self.scope.allows(scope):
            detail = f"this needs a key of scope {scope}, the one shown is of scope {self.scope}"
            hint = "ask an administrator for a key that allows it"
            raise RefusedError("scope-too-low", Problem(code="scope-too-low", detail=detail, hint=hint))


ANYBODY: Final = Caller(tenant=DEFAULT_TENANT, scope=Allowed.ADMIN)


def is_open(path: str) -> bool:
    """Whether the address tells nothing that needs a key: probes, figures, and the description of the service."""
    return path in _OPEN or path.startswith(_OPEN_BELOW)


def caller_of(scope: Scope) -> Caller:
    """Who asks; `ANYBODY` where nobody looked."""
    found: Caller = cast(Mapping[str, Any], scope).get(_CALLER, ANYBODY)
    return found


def key_or_address(scope: HTTPScope) -> str:
    """Who is counted as one by the limit of rate: the key that was accepted, else the address."""
    key_id = cast(Mapping[str, Any], scope).get(KEY_ID)
    return f"key {key_id}" if key_id else caller_address(scope)


def presented_key(scope: HTTPScope) -> str | None:
    """The key of a request: `Authorization: Bearer`, `X-API-Key`, or the password of a browser.

    Browsers send a password by themselves, also when another site makes them: so it counts for reading, and beyond that only
    where the browser says that a page of this very service asks, which no other site can make it say.
    """
    given = header_of(scope, "authorization").strip()
    kind, _, rest = given.partition(" ")
    if kind.lower() == "bearer":
        return rest.strip()
    if kind.lower() == "basic" and (scope["method"] in _READING or header_of(scope, "sec-fetch-site") == "same-origin"):
        return _password(rest.strip())
    return header_of(scope, "x-api-key").strip() or None


def _password(text: str) -> str:
    try:
        _, _, password = base64.b64decode(text, validate=True).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return password


class Speaker(Protocol):
    """Who a token speaks of."""

    @property
    def tenant(self) -> str:
        """His tenant."""

    @property
    def scope(self) -> Allowed:
        """What he may."""

    @property
    def id(self) -> str:
        """His id, which is no secret."""

    @property
    def name(self) -> str:
        """What people call him."""


class Tokens(Protocol):
    """Knows whose a bearer token is."""

    def read(self, token: str, now: datetime) -> Speaker:
        """Raises `RefusedError`."""


class Doorkeeper:
    """Knows whether keys are needed, and whose a key is; for use from several threads. `now` tells the time."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        seconds: Callable[[], float] = time.monotonic,
        tokens: Tokens | None = None,
    ) -> None:
        self._store, self._now, self._seconds, self._tokens = store, now, seconds, tokens
        self._lock = threading.Lock()
        self._needs_keys = tokens is not None
        self._tenants: set[str] = set()
        self._looked_at: float | None = None

    @property
    def is_surely_open(self) -> bool:
        """Whether there were no keys a moment ago."""
        looked_at = self._looked_at
        return not self._needs_keys and looked_at is not None and self._seconds() - looked_at < LOOKED_FOR

    def needs_keys(self, *, looks_again: bool = False) -> bool:
        """Whether a key was ever made. Raises `StoreError`: who cannot look must not let anybody in."""
        if self._needs_keys or (self.is_surely_open and not looks_again):
            return self._needs_keys
        with self._lock:
            with self._store.read() as session:
                self._needs_keys = keys.any_made(session)
            self._looked_at = self._seconds()
        return self._needs_keys

    def let_in(self, presented: str | None) -> Caller:
        """The caller; raises `RefusedError`, `KeyRefusedError`, `StoreError`."""
        if not self.needs_keys(looks_again=presented is not None):
            return ANYBODY
        if not presented:
            hint = "send `Authorization: Bearer rk_...` or `X-API-Key: rk_...`; whoever runs the service makes keys"
            problem = Problem(code="key-missing", detail="this service wants an API key", hint=hint)
            raise RefusedError("key-missing", problem)
        if self._tokens is not None and not presented.startswith(keys.PREFIX):
            return self._of_token(self._tokens, presented)
        key = keys.authenticate(self._store, presented, self._now())
        return Caller(tenant=key.tenant, scope=key.scope, key_id=key.id, name=key.name)

    def _of_token(self, tokens: Tokens, presented: str) -> Caller:
        found = tokens.read(presented, self._now())
        if found.tenant not in self._tenants:
            with self._store.write() as session:
                ensure_tenant(session, found.tenant)
            self._tenants.add(found.tenant)
        return Caller(tenant=found.tenant, scope=found.scope, key_id=found.id, name=found.name)


class Identified:
    """Finds out who asks before anything is counted; a refusal waits for `Admitted`, so that it is counted too."""

    def __init__(self, app: HttpApp, doorkeeper: Doorkeeper) -> None:
        self._app, self._doorkeeper = app, doorkeeper
        self._pool = ThreadPoolExecutor(CHECKERS, thread_name_prefix="keys")

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        presented = presented_key(scope)
        if not is_open(scope["path"]) and (presented is not None or not self._doorkeeper.is_surely_open):
            await self._look(scope, presented)
        await self._app(scope, receive, send)

    async def _look(self, scope: HTTPScope, presented: str | None) -> None:
        noted = cast(dict[str, Any], scope)
        loop = asyncio.get_running_loop()
        try:
            caller = await loop.run_in_executor(self._pool, self._doorkeeper.let_in, presented)
            if asked_below(scope) is not None and caller.key_id and caller.scope is not Allowed.VIEWER:
                raise RefusedError(KeyRefusedError.code, _SEEN)
        except RiskapiError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            noted[_REFUSAL] = refusal
        else:
            noted[_CALLER], noted[KEY_ID] = caller, caller.key_id


class Admitted:
    """Refuses whom `Identified` did not accept; `refused` is told the reason."""

    def __init__(self, app: HttpApp, refused: Callable[[str], None] = lambda _: None) -> None:
        self._app, self._refused = app, refused

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        refusal: RefusedError | None = cast(dict[str, Any], scope).get(_REFUSAL)
        if refusal is None:
            return await self._app(scope, receive, send)
        self._refused("key")
        return await refuse(_challenged(refusal, scope), scope, send)


def _challenged(refusal: RefusedError, scope: HTTPScope) -> RefusedError:
    """The refusal with the ways to show a key; people in a browser are asked for it."""
    if refusal.type.status != 401:  # noqa: PLR2004  # the status that asks for a key
        return refusal
    reads_pages = scope["method"] in _READING and "text/html" in header_of(scope, "accept")
    ways = 'Basic realm="riskapi", charset="UTF-8"' if reads_pages else 'Bearer realm="riskapi"'
    if refusal.type.code == "token-refused":
        ways = 'Bearer realm="riskapi", error="invalid_token"'
    return RefusedError(refusal.type.code, refusal.problems, headers={**refusal.headers, "www-authenticate": ways})
