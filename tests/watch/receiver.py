"""A receiver of messages on this machine, plain or with TLS, that answers as a test wants; and certificates for it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answering = Callable[[socket.socket], None]
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Receiver:
    """`got` are requests as they came, `names` what TLS was asked for; `answer` may be changed at any time."""

    port: int
    answer: Answering
    got: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def host(self) -> str:
        """The host as an operator allows it."""
        return f"http://127.0.0.1:{self.port}"


def saying(status: str, *headers: str, body: bytes = b"") -> Answering:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return lambda connection: connection.sendall("\r\n".join(lines).encode() + body)


def taking(connection: socket.socket) -> None:
    connection.sendall(OK)


@contextmanager
def receiving(answer: Answering = taking, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver in threads of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    receiver = Receiver(listener.getsockname()[1], answer)
    if context is not None:
        context.sni_callback = lambda _socket, name, _context: receiver.names.append(name)
    thread = threading.Thread(target=_accept, args=[listener, receiver, context], daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(60)


def _accept(listener: socket.socket, receiver: Receiver, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=[connection, receiver, context], daemon=True).start()


def _serve(plain: socket.socket, receiver: Receiver, context: ssl.SSLContext | None) -> None:
    with plain, suppress(OSError, ValueError):
        plain.settimeout(30)
        with context.wrap_socket(plain, server_side=True) if context else plain as connection:
            request = _read(connection)
            if request:
                receiver.got.append(request)
                receiver.answer(connection)


def _read(connection: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request and (chunk := connection.recv(65536)):
        request += chunk
    head, _, body = request.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    while lengths and len(body) < int(lengths[0]) and (chunk := connection.recv(65536)):
        body += chunk
        request += chunk
    return request


def certificate(folder: Path, name: str) -> Path:
    """A certificate for a name that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    form = serialization.Encoding.PEM
    private = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(form) + private)
    return file


def server_context(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
