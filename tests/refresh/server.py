"""A server on the loopback address that says what a test tells it to say, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import socket
import struct
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer. `cut_after` sends so many bytes of the body and then cuts the connection."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    without_length: bool = False


def json_answer(body: bytes, **headers: str) -> Answer:
    """A sound answer with an ETag."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
    return Answer(body=body, headers={"Content-Type": "application/json", "ETag": etag, **headers})


def xml_answer(body: bytes) -> Answer:
    """A sound answer with a date."""
    return Answer(body=body, headers={"Content-Type": "text/xml", "Last-Modified": "Fri, 20 Nov 2026 10:00:00 GMT"})


def gzipped(body: bytes, *, cut: int = 0) -> Answer:
    """The body packed; `cut` leaves out its last bytes, with a length that fits what is sent."""
    packed = gzip.compress(body, mtime=0)
    packed = packed[: len(packed) - cut]
    return Answer(body=packed, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A connection that a test has cut is no news."""


@dataclass
class Asked:
    """One request that the server saw."""

    path: str
    headers: Mapping[str, str]


class Server:
    """`say` fills the queue of answers of a path; the last one is given again and again."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.asked: list[Asked] = []
        self._http = _QuietServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def say(self, path: str, *answers: Answer) -> None:
        """What to answer to `path`, whatever its query, one after the other."""
        self.answers[path] = list(answers)

    def paths(self) -> list[str]:
        """What was asked for, in order, without queries."""
        return [urlsplit(asked.path).path for asked in self.asked]

    def next_answer(self, path: str) -> Answer:
        """The answer to give now."""
        queue = self.answers.get(urlsplit(path).path)
        if not queue:
            return Answer(status=404, body=b"no such page")
        return queue.pop(0) if len(queue) > 1 else queue[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # the library's name
                server.asked.append(Asked(self.path, dict(self.headers.items())))
                answer = server.next_answer(self.path)
                if _is_known(answer, self.headers):
                    answer = Answer(status=304, headers={k: v for k, v in answer.headers.items() if k == "ETag"})
                _send(self, answer)

            def log_message(self, *_: Any) -> None:
                """Keeps the test's output clean."""

        return Handler

    @contextlib.contextmanager
    def running(self) -> Iterator[Server]:
        """The server answers inside."""
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join(60)


def _is_known(answer: Answer, headers: Any) -> bool:
    if answer.status != 200:
        return False
    etag, since = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    return bool(
        (etag and headers.get("If-None-Match") == etag) or (since and headers.get("If-Modified-Since") == since)
    )


def _send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    if answer.without_length:
        handler.send_header("Connection", "close")
        handler.close_connection = True
    elif "Content-Length" not in answer.headers and answer.status != 304:
        handler.send_header("Content-Length", str(len(answer.body)))
    handler.end_headers()
    body = answer.body if answer.cut_after is None else answer.body[: answer.cut_after]
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        if answer.status != 304:
            handler.wfile.write(body)
            handler.wfile.flush()
    if answer.cut_after is not None:
        _cut(handler.connection)
        handler.close_connection = True


def _cut(connection: socket.socket) -> None:
    """End the connection the hard way, as a failing network does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


Say = Callable[..., None]
