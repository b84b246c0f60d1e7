"""Bearer tokens of an organisation's identity provider. Enters: a token and the moment. Leaves: who shows it, or a refusal.

A token counts where one of the provider's public keys signed it with an asymmetric algorithm, for this audience, by this
issuer, and its times hold. What it allows is what the configured claims map to: a token that maps to nothing allows nothing.
A token cannot be taken back before it ends; give tokens short lives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import jwt

from riskapi.api.access.oidc_keys import ALGORITHMS, KeySet, fetcher
from riskapi.api.access.oidc_settings import OidcSettings, is_tenant
from riskapi.api.http.problems import RefusedError
from riskapi.api.http.text import can_be_shown
from riskapi.errors import Problem
from riskapi.store.canonical import sha256_of
from riskapi.store.keys import Scope
from riskapi.store.tables import DEFAULT_TENANT

#: Seconds by which the clocks of provider and service may differ.
LEEWAY: Final = 30
#: Signs of a token.
LONGEST: Final = 16_384
_TYPES: Final = ("jwt", "at+jwt")
_MOST_NAME: Final = 100
_MOST_SUBJECT: Final = 255
#: No moment in seconds is as large; numbers of hundreds of digits cannot be compared with floats.
_END_OF_TIME: Final = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a token speaks of; `id` is made from issuer and subject, and tells neither."""

    tenant: str
    scope: Scope
    id: str
    name: str


class TokenReader:
    """Checks tokens; for use from several threads."""

    def __init__(self, settings: OidcSettings, keys: KeySet | None = None) -> None:
        self._settings = settings
        self._keys = keys or KeySet(fetcher(settings))

    def read(self, token: str, now: datetime) -> Identity:
        """Who shows the token. Raises `RefusedError`: 401 for a token that does not count, 403, 503."""
        claims = self._checked(token)
        _check_times(claims, now.timestamp())
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= _MOST_SUBJECT:
            raise _refused("the token does not say of whom it speaks (`sub`)", code="token-claims")
        return Identity(
            tenant=_tenant(claims, self._settings),
            scope=_scope(claims, self._settings),
            id=f"oidc-{sha256_of(f'{self._settings.issuer} {subject}')[:16]}",
            name=_name(claims, subject),
        )

    def _checked(self, token: str) -> Mapping[str, Any]:
        """The claims of a token whose signature, issuer and audience are right."""
        algorithm, ident = _header(token)
        key = self._keys.find(ident, algorithm)
        try:
            claims: dict[str, Any] = jwt.decode(
                token, key, algorithms=[algorithm], audience=self._settings.audience, issuer=self._settings.issuer,
                # The times are checked here, by the clock of the service.
                options={"require": ["iss", "aud", "exp", "iat", "sub"], "verify_exp": False, "verify_nbf": False,
                         "verify_iat": False},
            )  # fmt: skip
        except jwt.InvalidSignatureError as error:
            raise _refused("the signature of the token is wrong", code="token-signature") from error
        except jwt.InvalidAudienceError as error:
            raise _refused("the token is for another audience", code="token-audience") from error
        except jwt.InvalidIssuerError as error:
            raise _refused("the token is of another issuer", code="token-issuer") from error
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise _refused("the token lacks a claim, or has one of a wrong form", code="token-claims") from error
        return claims


def _header(token: str) -> tuple[str, str | None]:
    """Algorithm and id of the key; nothing else that the header says is believed, and some of it is refused."""
    if len(token) > LONGEST or not token.isascii():
        raise _refused("this is no token", code="token-malformed")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise _refused("this is neither an API key nor a token", code="token-malformed") from error
    algorithm, ident, kind = header.get("alg"), header.get("kid"), header.get("typ")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise _refused("the algorithm of the token is not accepted", code="token-algorithm")
    if "crit" in header or not isinstance(ident, str | None):
        raise _refused("the header of the token cannot be understood", code="token-malformed")
    if kind is not None and str(kind).lower().removeprefix("application/") not in _TYPES:
        raise _refused("this token is of a kind that is not for asking", code="token-type")
    return algorithm, ident


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    expires, begins, issued = (_moment(claims.get(name, 0)) for name in ("exp", "nbf", "iat"))
    if now >= expires + LEEWAY:
        raise _refused("the token has expired", code="token-expired")
    if max(begins, issued) > now + LEEWAY:
        raise _refused("the token does not hold yet", code="token-early")


def _moment(value: object) -> float:
    """Seconds since 1970; raises `RefusedError` for what is no moment (NaN is not below any number)."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _END_OF_TIME:
        return float(value)
    raise _refused("a time in the token is not a number", code="token-claims")


# What the claims mean


def _claim(claims: Mapping[str, Any], name: str) -> object:
    """A claim by its name, or by the way to it: `realm_access.roles`."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _values(claim: object) -> list[str]:
    """The values of a claim: a text with spaces between, or a list of texts."""
    if isinstance(claim, str):
        return claim.split()
    return [item for item in claim if isinstance(item, str)] if isinstance(claim, list) else []


def _scope(claims: Mapping[str, Any], settings: OidcSettings) -> Scope:
    values = _values(_claim(claims, settings.scope_claim))
    found = [settings.scopes[value] for value in values if value in settings.scopes]
    if not found:
        detail = f"the token's claim `{settings.scope_claim}` allows nothing here"
        raise RefusedError("scope-too-low", Problem(code="token-scope", detail=detail, hint=_ASK))
    return max(found, key=list(Scope).index)


def _tenant(claims: Mapping[str, Any], settings: OidcSettings) -> str:
    if not settings.tenant_claim:
        return DEFAULT_TENANT
    values = _claim(claims, settings.tenant_claim)
    named = [values] if isinstance(values, str) else _values(values)
    if settings.tenants:
        named = [settings.tenants[value] for value in named if value in settings.tenants]
    found = sorted({tenant for tenant in named if is_tenant(tenant)})
    if len(found) != 1:
        detail = f"the token's claim `{settings.tenant_claim}` names {'several tenants' if found else 'no tenant'}"
        raise RefusedError("scope-too-low", Problem(code="token-tenant", detail=detail, hint=_ASK))
    return found[0]


def _name(claims: Mapping[str, Any], subject: str) -> str:
    """What people call him, for the audit log; the id beside it tells apart those of one name."""
    told = (claims.get(name) for name in ("preferred_username", "email", "name"))
    fitting = [text for text in told if isinstance(text, str) and text.strip() and can_be_shown(text)]
    return (fitting[0].strip() if fitting else f"subject {sha256_of(subject)[:8]}")[:_MOST_NAME]


_ASK: Final = "ask those who give out the tokens of your organisation"


def _refused(detail: str, *, code: str) -> RefusedError:
    return RefusedError(
        "token-refused", Problem(code=code, detail=detail, hint="get a new token from your identity provider")
    )
