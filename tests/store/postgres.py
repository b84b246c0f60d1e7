"""A PostgreSQL server for tests: its own data, a free port of the loopback address, gone when the tests are over.

Enters: the binaries of the machine. Leaves: addresses of empty databases. PostgreSQL refuses to run as root, so that a root
starts it as another user.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

USERS = ("postgres", "nobody")
NEWEST_WITHOUT_ICU = 14
WAIT_SECONDS = 30


def binaries() -> Path | None:
    """The folder of the newest server of this machine; None where there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class PostgresServer:
    """A server that can be stopped, killed and started again; `stop` at the end takes its data away with `remove`."""

    def __init__(self, folder: Path) -> None:
        self._bin = folder
        self._root = Path(tempfile.mkdtemp(prefix="riskapi-postgres-"))
        self._data = self._root / "data"
        self._password = secrets.token_hex(8)
        self._port = free_port()
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            user, group = _harmless_user()
            self._as = {"user": user, "group": group, "extra_groups": []}
            os.chown(self._root, user, group)
        self._make()

    def _make(self) -> None:
        word = self._root / "password"
        word.write_text(self._password, encoding="utf-8")
        if self._as:
            os.chown(word, self._as["user"], self._as["group"])
        options = ["--username=riskapi", f"--pwfile={word}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]
        if self.major > NEWEST_WITHOUT_ICU:
            # The order of a language, so that a query that leans on the order of bytes is found out.
            options += ["--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8"]
        self._run("initdb", f"--pgdata={self._data}", *options)
        settings = {
            "listen_addresses": "127.0.0.1", "port": self._port, "unix_socket_directories": self._root, "fsync": "off",
            "max_connections": 100, "shared_buffers": "32MB", "timezone": "Asia/Kolkata",
        }  # fmt: skip
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    @property
    def major(self) -> int:
        """The version of the server."""
        told = subprocess.run([self._bin / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        match = re.search(r"(\d+)", told)
        assert match, told
        return int(match[1])

    def start(self) -> None:
        """Start, and wait until it answers."""
        log = self._root / "log"
        self._run("pg_ctl", "start", "-w", f"--timeout={WAIT_SECONDS}", f"--pgdata={self._data}", f"--log={log}")

    def stop(self, how: str = "fast") -> None:
        """Stop; `immediate` is as if the machine had lost its power."""
        self._run("pg_ctl", "stop", "-w", f"--timeout={WAIT_SECONDS}", f"--pgdata={self._data}", f"--mode={how}")

    def remove(self) -> None:
        """Take the data away."""
        shutil.rmtree(self._root, ignore_errors=True)

    def database(self, name: str, template: str = "template1") -> str:
        """Make a database and tell its address."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            make = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            connection.execute(make)
        return self.address(name)

    def drop(self, name: str) -> None:
        """Take a database away, whoever is connected."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def address(self, name: str) -> str:
        """The address of a database of this server."""
        return f"postgresql://riskapi:{self._password}@127.0.0.1:{self._port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        # Not to a pipe: the server keeps it open, and the reader would wait for ever.
        with (self._root / "output").open("wb") as output:
            outcome = subprocess.run(
                [self._bin / program, *arguments], cwd=self._root, env=environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, check=False, **self._as,
            )  # fmt: skip
        assert outcome.returncode == 0, (self._root / "output").read_text(encoding="utf-8", errors="replace")[-2000:]


def _harmless_user() -> tuple[int, int]:
    """The numbers of a user who owns nothing, and of his group."""
    import pwd  # not on every system, and only root asks

    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = next(known[name] for name in USERS if name in known)
    return user.pw_uid, user.pw_gid


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
