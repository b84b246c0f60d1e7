"""What both clients need to reach a service: its address, the key, headers, timeouts. Leaves: arguments for httpx.

The key is added when a request leaves, and stands in no object that prints itself.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Generator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

import httpx

from riskapi import __version__
from riskapi.client.call import Broken, Received, Send
from riskapi.client.policy import Policy
from riskapi.errors import Problem, SettingsError

AGENT: Final = f"riskapi-client/{__version__} python/{platform.python_version()} httpx/{httpx.__version__}"
#: Nothing of a request has left when these are raised.
_NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol,
                        httpx.ProxyError)  # fmt: skip


class KeyHeader(httpx.Auth):
    """Shows the key with each request."""

    def __init__(self, key: str) -> None:
        self._shown = f"Bearer {key}"

    def __repr__(self) -> str:
        return "KeyHeader(...)"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the key."""
        request.headers["authorization"] = self._shown
        yield request


def address(url: str, *, has_key: bool, allow_http: bool) -> str:
    """The address of a service, checked; raises `SettingsError`. A key goes over http to this machine only."""
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL:
        read = httpx.URL("")
    hint = "write it as https://risk.example.org"
    if read.scheme not in {"http", "https"} or not read.host or read.userinfo or read.query or read.fragment:
        raise SettingsError(Problem(code="service-address", detail="this is not the address of a service", hint=hint))
    if has_key and read.scheme == "http" and not (allow_http or _is_here(read.host)):
        detail = "a key would go over http, where everybody on the way can read it"
        hint = "use https, or allow_http=True inside a network that you trust"
        raise SettingsError(Problem(code="service-address", detail=detail, hint=hint))
    return str(read).rstrip("/")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def checked_key(key: str | None) -> str | None:
    """The key without the space around it; raises `SettingsError` where it cannot be a key."""
    text = (key or "").strip()
    if text and not (text.isascii() and text.isprintable() and " " not in text):
        hint = "copy it whole: rk_<id>_<secret>"
        raise SettingsError(Problem(code="key-unusable", detail="the key holds characters that no key has", hint=hint))
    return text or None


def client_options(url: str, key: str | None, policy: Policy) -> dict[str, Any]:
    """What httpx is opened with. Redirects are not followed: they would take the key elsewhere."""
    return {
        "base_url": url,
        "auth": KeyHeader(key) if key else None,
        "headers": {"user-agent": AGENT},
        "timeout": httpx.Timeout(policy.read, connect=policy.connect),
        "follow_redirects": False,
    }


def request_options(send: Send, policy: Policy) -> dict[str, Any]:
    """A request as httpx takes it; no silence is borne longer than the time that is left."""
    read = min(policy.read, send.seconds)
    return {
        "method": send.method,
        # It begins with a slash: without one, httpx would take a path such as `https://elsewhere` for another address.
        "url": send.path,
        "params": list(send.query) or None,
        "content": send.body,
        "headers": dict(send.headers),
        "timeout": httpx.Timeout(read, connect=min(policy.connect, send.seconds)),
    }


def broken_by(error: httpx.RequestError) -> Broken:
    """What an exception of httpx means."""
    name = type(error).__name__
    return Broken(reason=f"{str(error) or 'no answer in time'} ({name})", was_sent=not isinstance(error, _NOTHING_SENT))


class Body:
    """The parts of a body as they come, within a time and a size."""

    def __init__(self, send: Send, seconds: Callable[[], float]) -> None:
        self._parts: list[bytes] = []
        self._size, self._most = 0, send.most_bytes
        self._until, self._seconds = seconds() + send.seconds, seconds

    def add(self, part: bytes) -> Broken | None:
        """Take a part; why no more is taken, where that is so."""
        self._parts.append(part)
        self._size += len(part)
        if self._size > self._most:
            return Broken(reason=f"the answer has more than {self._most:,} bytes", was_sent=True, is_final=True)
        if self._seconds() > self._until:
            return Broken(reason="the answer did not come whole in time", was_sent=True, is_final=True)
        return None

    def received(self, response: httpx.Response) -> Received:
        """The whole answer."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Received(status=response.status_code, headers=headers, body=b"".join(self._parts))


@dataclass(frozen=True)
class Access:
    """How a client reaches its service; it prints itself without the key."""

    url: str
    has_key: bool

    def __str__(self) -> str:
        return f"{self.url!r}, {'with a key' if self.has_key else 'without a key'}"


def access_to(url: str, key: str | None, *, allow_http: bool) -> tuple[Access, str | None]:
    """The checked address, and apart from it the checked key. Raises `SettingsError`."""
    usable = checked_key(key)
    return Access(address(url, has_key=usable is not None, allow_http=allow_http), usable is not None), usable
