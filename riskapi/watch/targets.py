"""Where messages may be sent. Enters: the text of an address, and what an operator allows. Leaves: a `Target`, or why not.

The text is read by one strict expression and by nothing else: what a lenient parser would mend, and another one mend
differently, is refused. Names are resolved later, right before each connection (`riskapi.watch.post`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from riskapi.errors import Problem, RequestError, SettingsError
from riskapi.watch.addresses import Address, is_loopback, parse, refusal

MOST_CHARACTERS: Final = 2_000
#: Ports that webhooks are usually received at; an operator may allow others for a host.
PORTS: Final = frozenset({443, 8443})
OPTION: Final = "RISKAPI_WEBHOOK_HOSTS"
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_MOST_PORT: Final = 65_535

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = rf"(?:{_LABEL}\.)*{_LABEL}|\[[0-9a-f:.]+\]"
_PORT: Final = r"(?::(?P<port>[1-9][0-9]{0,4}))?"
_PATH: Final = r"(?P<path>/[a-z0-9._~!$&'()*+,;=:@%/?-]*)?"
#: ASCII, since letters of other scripts fold to Latin ones: the sign for kelvin to k.
_FLAGS: Final = re.IGNORECASE | re.ASCII
_URL = re.compile(rf"(?P<scheme>https?)://(?P<host>{_HOST}){_PORT}{_PATH}", _FLAGS)
_ALLOWED = re.compile(rf"(?P<scheme>http://)?(?P<host>{_HOST}){_PORT}", _FLAGS)
#: A last label of digits, or one that begins with 0x, is a number to some resolvers: 127.1, 0x7f000001, 2130706433.
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)", _FLAGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address of a webhook in its parts; `path` includes the query. `is_internal_allowed`: an operator has named the host."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None
    is_internal_allowed: bool

    @property
    def authority(self) -> str:
        """What the Host header says."""
        return self.host if self.port == _DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"

    def refusal(self, found: Iterable[Address]) -> str | None:
        """Why none of these addresses may be called; None where all may. One bad one spoils all: names can be made to vary."""
        for address in found:
            reason = refusal(address, allows_internal=self.is_internal_allowed)
            if reason is None and self.scheme == "http" and not is_loopback(address):
                reason = "not this machine, and plain http is for this machine alone"
            if reason is not None:
                return reason
        return None


@dataclass(frozen=True, slots=True)
class _Host:
    host: str
    port: int | None
    may_be_plain: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator allows beside https to public addresses at the usual ports."""

    hosts: tuple[_Host, ...] = ()

    def allowed(self, scheme: str, host: str, port: int) -> bool:
        """Whether the operator has named this host, at this port, for this scheme."""
        return any(
            item.host == host
            and (port == item.port if item.port is not None else port in PORTS)
            and (scheme == "https" or item.may_be_plain)
            for item in self.hosts
        )


def read_policy(entries: Iterable[str]) -> Policy:
    """The hosts of the option: `host`, `host:port`, or `http://host:port` for this machine. Raises `SettingsError`."""
    hosts, problems = [], []
    for entry in entries:
        match = _ALLOWED.fullmatch(entry)
        if match is None:
            detail = f"`{entry[:60]}` is no host"
            hint = "write `host`, `host:port`, or `http://127.0.0.1:port` for this machine"
            problems.append(Problem(code="setting-invalid", field=OPTION, detail=detail, hint=hint))
            continue
        port = int(match["port"]) if match["port"] else None
        hosts.append(_Host(match["host"].lower(), port, may_be_plain=match["scheme"] is not None))
    if problems:
        raise SettingsError(problems)
    return Policy(tuple(hosts))


def read_target(text: str, policy: Policy, pointer: str = "/url") -> Target:
    """The target of an address; raises `RequestError`. A name that leads to a forbidden address is found when it is called."""
    match = _URL.fullmatch(text) if len(text) <= MOST_CHARACTERS else None
    if match is None:
        raise _refused(
            "this is no plain https address",
            "write `https://host/path` in visible ASCII: no user, no fragment, no backslash, international names in punycode",
            pointer,
            code="url-malformed",
        )
    scheme, host = match["scheme"].lower(), match["host"].lower()
    port = int(match["port"]) if match["port"] else _DEFAULT_PORTS[scheme]
    address = parse(host.strip("[]")) if host.startswith("[") or _NUMERIC.fullmatch(host) else None
    target = Target(
        scheme=scheme, host=host, port=port, path=match["path"] or "/", address=address,
        is_internal_allowed=policy.allowed(scheme, host, port),
    )  # fmt: skip
    problem = _fault(target, host)
    if problem is not None:
        hint = f"whoever runs the service may allow a host in {OPTION}, but never a link-local address"
        raise _refused(problem, hint, pointer, code="url-forbidden")
    return target


def _fault(target: Target, host: str) -> str | None:
    if target.address is None and (host.startswith("[") or _NUMERIC.fullmatch(host)):
        return "a host in numbers must be a full IP address in its usual form"
    if target.port > _MOST_PORT or not (target.is_internal_allowed or target.port in PORTS or target.scheme == "http"):
        return f"port {target.port} is not one that webhooks may use ({', '.join(map(str, sorted(PORTS)))})"
    if target.scheme == "http" and not target.is_internal_allowed:
        return "messages are sent over https only"
    reason = target.refusal([target.address]) if target.address is not None else None
    return f"the address is {reason}" if reason else None


def _refused(detail: str, hint: str, pointer: str, *, code: str) -> RequestError:
    return RequestError(Problem(code=code, pointer=pointer, detail=detail, hint=hint))
