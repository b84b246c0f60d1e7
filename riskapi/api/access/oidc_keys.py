"""The public keys of the identity provider. Enters: where they are. Leaves: the key that a token names, or a refusal.

Only what the provider publishes at the configured place counts: nothing that a token says of its keys (`jwk`, `jku`, `x5u`) is
looked at. Keys are kept for a while and fetched again when a token names one that is not known, at most once a minute.
While the provider does not answer, known keys go on for an hour; then tokens get 503: nobody is let in unchecked, and nobody
is told that his token is wrong when it may be right.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from riskapi.api.access.oidc_settings import OidcSettings, is_address, is_safe_address
from riskapi.api.http.problems import RefusedError
from riskapi.errors import Problem

#: After so many seconds keys are fetched again, where that is possible.
FRESH: Final = 600.0
#: After so many seconds keys are no longer used.
OLDEST: Final = 3_600.0
#: Seconds between two fetches.
APART: Final = 60.0
#: Seconds that a fetch may take.
PATIENCE: Final = 5.0
MOST_BYTES: Final = 1_000_000
MOST_KEYS: Final = 100
SMALLEST_RSA: Final = 2_048
_DISCOVERY: Final = "/.well-known/openid-configuration"

#: Algorithm -> kind of key, and its curve where that matters. No symmetric one and no `none`: they have no public key.
ALGORITHMS: Final[Mapping[str, tuple[str, str | None]]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), ("RSA", None)),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", None),
}

logger = logging.getLogger("riskapi.oidc")


class FetchError(Exception):
    """The keys cannot be had just now; the text is for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderKey:
    """One public key with what it may be used for."""

    kind: str
    curve: str | None
    algorithm: str | None
    key: Any

    def fits(self, algorithm: str) -> bool:
        """Whether tokens of that algorithm may be signed with it."""
        kind, curve = ALGORITHMS[algorithm]
        if self.kind != kind or (curve is not None and self.curve != curve):
            return False
        return self.algorithm in (None, algorithm)


@dataclass(frozen=True, slots=True)
class _Kept:
    keys: Mapping[str | None, tuple[ProviderKey, ...]]
    fetched_at: float


class KeySet:
    """The keys of one provider; for use from several threads. `fetch` gives a JWKS or raises `FetchError`."""

    def __init__(self, fetch: Callable[[], object], seconds: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._seconds = fetch, seconds
        self._lock = threading.Lock()
        self._kept: _Kept | None = None
        self._tried_at: float | None = None
        self._has_failed = False

    def find(self, ident: str | None, algorithm: str) -> Any:  # noqa: ANN401  # a public key of `cryptography`
        """The key; raises `RefusedError`: 401 where there is none, 503 where that cannot be said."""
        now, is_sure = self._seconds(), True
        kept = self._kept
        if kept is None or now - kept.fetched_at >= FRESH or ident not in kept.keys:
            is_sure = self._renew(now)
            kept = self._kept
        if kept is None or now - kept.fetched_at >= OLDEST:
            raise _unavailable()
        found = [item for item in kept.keys.get(ident, ()) if item.fits(algorithm)]
        if len(found) == 1:
            return found[0].key
        if ident not in kept.keys and not is_sure:
            raise _unavailable()
        hint = "get a new token; tokens name the key that signed them (`kid`)"
        raise RefusedError(
            "token-refused", Problem(code="token-key", detail="no key of the provider fits the token", hint=hint)
        )

    def _renew(self, now: float) -> bool:
        """Fetch unless that was tried a moment ago; whether what is kept is all that the provider has."""
        if self._was_tried(now) and not self._lock.locked():
            return not self._has_failed
        # Whoever has keys does not wait for another's fetch: a provider that hangs must not hold up everybody.
        if not self._lock.acquire(timeout=PATIENCE if self._kept is None else 0):
            return False
        try:
            if not self._was_tried(now):
                self._tried_at = now
                self._take(now)
        finally:
            self._lock.release()
        return not self._has_failed

    def _was_tried(self, now: float) -> bool:
        return self._tried_at is not None and now - self._tried_at < APART

    def _take(self, now: float) -> None:
        try:
            self._kept, self._has_failed = _Kept(read_keys(self._fetch()), now), False
        except FetchError as error:
            self._has_failed = True
            logger.error("the keys of the identity provider cannot be read: %s", error)  # noqa: TRY400  # where it stopped tells nothing


def _unavailable() -> RefusedError:
    hint = "send the same request again in a moment; API keys are not affected"
    problem = Problem(code="identity-unavailable", detail="the keys of the identity provider cannot be read", hint=hint)
    return RefusedError("identity-unavailable", problem, headers={"retry-after": "10"})


# Reading


def read_keys(document: object) -> dict[str | None, tuple[ProviderKey, ...]]:
    """The usable keys of a JWKS by their ids; a single one also under None. Raises `FetchError` where there are none."""
    items = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise FetchError("the answer is no JWKS")
    found: dict[str | None, tuple[ProviderKey, ...]] = {}
    for item in items[:MOST_KEYS]:
        key = _key(item)
        if key is not None:
            ident = item.get("kid")
            found[ident] = (*found.get(ident, ()), key)
    if not found:
        raise FetchError("there is no usable key in the JWKS")
    if len(found) == 1:
        found[None] = next(iter(found.values()))  # a token need not name the only key that there is
    return found


def _key(item: object) -> ProviderKey | None:
    """A public key for signatures; None for every other."""
    if not isinstance(item, dict) or item.get("use", "sig") != "sig" or "d" in item or "k" in item:
        return None
    if item.get("kty") not in {kind for kind, _ in ALGORITHMS.values()} or not isinstance(item.get("kid"), str | None):
        return None
    if "alg" in item and item["alg"] not in ALGORITHMS:
        return None
    try:
        key = jwt.PyJWK(item).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAPublicKey) and key.key_size < SMALLEST_RSA:
        return None
    return ProviderKey(kind=item["kty"], curve=item.get("crv"), algorithm=item.get("alg"), key=key)


# Fetching


def fetcher(settings: OidcSettings) -> Callable[[], object]:
    """Reads the JWKS from where the settings say."""
    if settings.jwks and not is_address(settings.jwks):
        return lambda: _from_file(Path(settings.jwks))
    if settings.jwks:
        return lambda: _from_address(settings.jwks)
    return lambda: _from_address(_discovered(settings.issuer))


def _discovered(issuer: str) -> str:
    document = _from_address(issuer.rstrip("/") + _DISCOVERY)
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        raise FetchError("the discovery document is not that of the issuer")
    address = document.get("jwks_uri")
    if not isinstance(address, str) or not is_safe_address(address):
        raise FetchError("the discovery document names no https address of keys")
    return address


def _from_file(path: Path) -> object:
    try:
        return _parsed(path.read_bytes())
    except OSError as error:
        raise FetchError(f"{path.name}: {error.strerror}") from error


def _from_address(address: str) -> object:
    """The JSON at an address: no redirect is followed, and neither size nor time has no end."""
    until = time.monotonic() + PATIENCE
    content = b""
    try:
        with httpx.stream("GET", address, timeout=PATIENCE / 2, headers={"accept": "application/json"}) as response:
            if response.status_code != httpx.codes.OK:
                raise FetchError(f"{address} answers {response.status_code}")
            for part in response.iter_bytes():
                content += part
                if len(content) > MOST_BYTES or time.monotonic() > until:
                    raise FetchError(f"{address} sends too much or too slowly")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(f"{address}: {type(error).__name__}") from error
    return _parsed(content)


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FetchError("the answer is no JSON") from error
