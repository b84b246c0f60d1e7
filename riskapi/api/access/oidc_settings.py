"""Which identity provider the service believes, and what its tokens allow. Enters: options. Leaves: checked settings.

Everything that is wrong is told at once. Nothing is fetched here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from riskapi.errors import Problem, RequestError, SettingsError, did_you_mean
from riskapi.store.keys import Scope
from riskapi.store.texts import check_texts

if TYPE_CHECKING:
    from riskapi.api.access.oidc import TokenReader

#: Values of the claim of scopes, and what each allows.
SCOPES: Final = tuple(f"riskapi:{scope}={scope}" for scope in Scope)
_FIELDS: Final = ("oidc_audience", "oidc_jwks", "oidc_tenant_claim", "oidc_tenants")


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """`jwks` is an address or a file; empty is what the provider's discovery document names.

    `scopes` gives the scope of each value of `scope_claim`. Without `tenant_claim` everybody belongs to the tenant
    `default`; with it, `tenants` gives the tenant of each value, and where that is empty the value names the tenant.
    """

    issuer: str
    audience: str
    jwks: str
    scope_claim: str
    scopes: Mapping[str, Scope]
    tenant_claim: str
    tenants: Mapping[str, str]


def oidc_settings(options: Mapping[str, Any]) -> tuple[OidcSettings | None, list[Problem]]:
    """The settings, None where no issuer is named, and every problem."""
    issuer = str(options.get("oidc_issuer") or "")
    if not issuer:
        stray = [name for name in _FIELDS if options.get(name)]
        return None, [_problem(name, "is set without an issuer", "set RISKAPI_OIDC_ISSUER as well") for name in stray]
    problems = _address_problems("oidc_issuer", issuer)
    audience, jwks = str(options.get("oidc_audience") or ""), str(options.get("oidc_jwks") or "")
    if not audience:
        hint = "name the audience that tokens for this service carry: without it tokens for others would be taken"
        problems.append(_problem("oidc_audience", "is needed with an issuer", hint))
    if is_address(jwks):
        problems += _address_problems("oidc_jwks", jwks)
    elif jwks and not Path(jwks).is_file():
        problems.append(
            _problem("oidc_jwks", "is neither an address nor a file", "https://... or the path of a JWKS file")
        )
    scopes, wrong_scopes = _pairs("oidc_scopes", tuple(options.get("oidc_scopes") or SCOPES))
    tenants, wrong_tenants = _pairs("oidc_tenants", tuple(options.get("oidc_tenants") or ()))
    problems += [*wrong_scopes, *wrong_tenants, *_scope_problems(scopes), *_tenant_problems(tenants)]
    tenant_claim = str(options.get("oidc_tenant_claim") or "")
    if tenants and not tenant_claim:
        problems.append(_problem("oidc_tenants", "is set without a claim", "set RISKAPI_OIDC_TENANT_CLAIM as well"))
    if problems:
        return None, problems
    return OidcSettings(
        issuer=issuer, audience=audience, jwks=jwks, scope_claim=str(options.get("oidc_scope_claim") or "scope"),
        scopes={value: Scope(scope) for value, scope in scopes.items()}, tenant_claim=tenant_claim, tenants=tenants,
    ), []  # fmt: skip


def token_reader(options: Mapping[str, Any]) -> TokenReader | None:
    """What checks tokens, None where none are taken. Raises `SettingsError`, also where the extra `oidc` is not installed."""
    settings, problems = oidc_settings(options)
    if problems:
        raise SettingsError(problems)
    if settings is None:
        return None
    try:
        from riskapi.api.access.oidc import TokenReader  # noqa: PLC0415  # an extra: most services take no tokens
    except ImportError as error:
        hint = "pip install 'riskapi[oidc]', or unset RISKAPI_OIDC_ISSUER"
        detail = f"bearer tokens need the extra `oidc` ({error.name} is not installed)"
        problem = Problem(code="extra-missing", field="RISKAPI_OIDC_ISSUER", detail=detail, hint=hint)
        raise SettingsError(problem) from error
    return TokenReader(settings)


def is_address(text: str) -> bool:
    """Whether keys are fetched from there, and not read from a file."""
    return "://" in text


def is_safe_address(text: str) -> bool:
    """https, or http to this machine: whoever can change the answer on its way can sign tokens."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address_problems(name: str, text: str) -> list[Problem]:
    if is_safe_address(text):
        return []
    return [_problem(name, "is not an https address", "https://id.example.org, without user, password or fragment")]


def _pairs(name: str, items: tuple[str, ...]) -> tuple[dict[str, str], list[Problem]]:
    pairs: dict[str, str] = {}
    problems = []
    for item in items:
        value, sign, meaning = (part.strip() for part in item.rpartition("="))
        if not (value and sign and meaning):
            problems.append(
                _problem(name, f"`{item[:60]}` is no pair", "write VALUE=MEANING, with commas between pairs")
            )
        elif value in pairs:
            problems.append(_problem(name, f"`{value[:60]}` stands twice", "keep one"))
        pairs[value] = meaning
    return pairs, problems


def _scope_problems(scopes: Mapping[str, str]) -> list[Problem]:
    known = [scope.value for scope in Scope]
    return [
        _problem("oidc_scopes", f"`{scope[:60]}` is no scope", did_you_mean(scope, known) or f"use {', '.join(known)}")
        for scope in scopes.values()
        if scope and scope not in known
    ]


def _tenant_problems(tenants: Mapping[str, str]) -> list[Problem]:
    return [
        _problem("oidc_tenants", f"`{tenant[:60]}` cannot be a tenant", "use a-z, 0-9, `.`, `_` and `-`")
        for tenant in tenants.values()
        if tenant and not is_tenant(tenant)
    ]


def is_tenant(text: str) -> bool:
    """Whether a tenant may have that name."""
    try:
        check_texts(tenant=text)
    except RequestError:
        return False
    return True


def _problem(name: str, detail: str, hint: str) -> Problem:
    field = f"RISKAPI_{name.upper()}"
    return Problem(code="setting-invalid", field=field, detail=f"`{field}` {detail}", hint=hint)
