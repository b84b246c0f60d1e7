"""One message sent to one address, and nothing else. Enters: a target, headers, a body. Leaves: the status of the answer.

The name is resolved here and the connection goes to the very address that was checked, with the name kept for TLS and Host: a
name that changes its address between check and call gains nothing. Redirects are not followed, proxies of the environment are
not used, of the answer only its head is read, and everything together ends at a deadline.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from riskapi import __version__
from riskapi.watch.addresses import Address, parse
from riskapi.watch.targets import Target

#: Seconds for everything: the name, the connection, the message, the answer.
PATIENCE: Final = 10.0
#: The most of an answer that is looked at, in bytes.
MOST_READ: Final = 16_384
#: The longest wait that a receiver may ask for, in seconds.
LONGEST_WAIT: Final = 86_400
#: Addresses of one name; more are nobody's web service.
_MOST_ADDRESSES: Final = 16
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")
_INTERIM = re.compile(rb"HTTP/1\.1 1[0-9]{2}[ \r\n]")
_WAIT = re.compile(rb"\r?\nretry-after:[ \t]*([0-9]{1,6})[ \t]*\r?\n", re.IGNORECASE)
_END = re.compile(rb"\r?\n\r?\n")

Resolver = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of it: `status` None where there was no answer, `problem` None where it was taken (2xx)."""

    status: int | None
    problem: str | None
    wait: int | None = None


class _FailedError(Exception):
    """The message did not get through; the text is for those who own the webhook and names no inner address."""


@dataclass(frozen=True, slots=True)
class Poster:
    """How the world is reached: everything that a test replaces. `context` None is the usual trust in certificates."""

    resolve: Resolver | None = None
    context: ssl.SSLContext | None = None
    patience: float = PATIENCE

    def post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Sent:
        """Send one message; never raises for what the network or the other side does."""
        deadline = time.monotonic() + self.patience
        try:
            addresses = self._addresses(target, deadline)
            status, wait = self._exchange(target, addresses, _request(target, headers, body), deadline)
        except _FailedError as error:
            return Sent(status=None, problem=str(error))
        except TimeoutError:
            return Sent(status=None, problem=f"no answer within {self.patience:g} seconds")
        except ssl.SSLCertVerificationError:
            return Sent(status=None, problem="the certificate is not valid for the host")
        except (OSError, ValueError) as error:
            return Sent(status=None, problem=f"the connection failed ({type(error).__name__})")
        return Sent(status=status, problem=_problem_of(status), wait=wait)

    def _addresses(self, target: Target, deadline: float) -> list[Address]:
        """The addresses to try, all of them checked; raises `_FailedError` for a forbidden one."""
        if target.address is not None:
            found: list[Address] = [target.address]
        else:
            texts = _in_time(lambda: (self.resolve or _resolve)(target.host, target.port), deadline)
            parsed = [parse(text) for text in texts[:_MOST_ADDRESSES]]
            found = [address for address in parsed if address is not None]
            if not found or len(found) != len(parsed):
                raise _FailedError("the name of the host has no address")
        reason = target.refusal(found)
        if reason is not None:
            raise _FailedError(f"the host is at an address that is {reason}: nothing was sent")
        return found

    def _exchange(
        self, target: Target, addresses: Sequence[Address], request: bytes, deadline: float
    ) -> tuple[int, int | None]:
        with self._connected(target, addresses, deadline) as connection:
            connection.settimeout(_left(deadline))
            connection.sendall(request)
            return _head(connection, deadline)

    def _connected(self, target: Target, addresses: Sequence[Address], deadline: float) -> socket.socket:
        failure: OSError | None = None
        for address in addresses:
            try:
                plain = socket.create_connection((str(address), target.port), _left(deadline))
            except TimeoutError:
                raise
            except OSError as error:
                failure = error
                continue
            if target.scheme == "http":
                return plain
            try:
                plain.settimeout(_left(deadline))
                context = self.context or _usual_trust()
                return context.wrap_socket(plain, server_hostname=target.host.strip("[]"))
            except BaseException:
                plain.close()
                raise
        raise failure or _FailedError("the name of the host has no address")


@lru_cache(maxsize=1)
def _usual_trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def _in_time(work: Callable[[], Sequence[str]], deadline: float) -> Sequence[str]:
    """The result of a call that has no timeout of its own; where it takes too long, its thread is left to end alone."""
    future: Future[Sequence[str]] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001  # it is raised where it is waited for
            future.set_exception(error)

    threading.Thread(target=run, name="webhook-name", daemon=True).start()
    try:
        return future.result(_left(deadline))
    except FutureTimeoutError:
        raise TimeoutError from None
    except (OSError, UnicodeError):
        raise _FailedError("the name of the host cannot be resolved") from None


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    told = {
        "Host": target.authority,
        "User-Agent": f"riskapi/{__version__}",
        "Accept": "*/*",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    if any(sign in line for line in lines for sign in "\r\n"):
        raise ValueError("a header breaks its line")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _head(connection: socket.socket, deadline: float) -> tuple[int, int | None]:
    """Status and Retry-After; the rest of the answer is not wanted."""
    read, total = b"", 0
    while total < MOST_READ:
        end = _END.search(read)
        if end and _INTERIM.match(read):
            read = read[end.end() :]  # the answer proper is still to come
            continue
        if end:
            break
        connection.settimeout(_left(deadline))
        chunk = connection.recv(4096)
        if not chunk:
            break
        read, total = read + chunk, total + len(chunk)
    status = _STATUS.match(read)
    if status is None:
        raise _FailedError("the answer is not HTTP")
    wait = _WAIT.search(read)
    return int(status[1]), min(int(wait[1]), LONGEST_WAIT) if wait else None


def _problem_of(status: int) -> str | None:
    if 200 <= status < 300:  # noqa: PLR2004  # success in HTTP
        return None
    if 300 <= status < 400:  # noqa: PLR2004  # redirects in HTTP
        return f"status {status}: redirects are not followed"
    return f"status {status}"


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
