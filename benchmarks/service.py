"""How many questions a real server answers, and what it does with ten times as many as it can bear.

    python benchmarks/service.py [--seconds N] [--clients N] [--workers N] [--pace N] [--encoding CODINGS] [--json FILE]

Starts `riskapi serve` in processes of its own on the loopback address and asks it over as many connections as there are
clients, each of which asks again as soon as it has its answer; in the paced run all together ask so many times a second, and
an answer counts from the moment at which its question was due. The load generator runs on the same machine and takes its
share of the processors. Four runs: questions that all differ, the same questions again, these paced, and ten times as many
clients.
Answers are full ones, with the explanation of every rule. Processor time is what does not change when a neighbour is busy.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks import figures
from benchmarks.figures import Cell, Table

START_SECONDS = 120
REFUSALS = (429, 503)


@dataclass
class Tally:
    """What one run saw; seconds of the answered requests."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    without_retry_after: int = 0
    broken: Counter[str] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ranked = sorted(self.seconds)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))] * 1000 if ranked else float("nan")


def questions(seed: int) -> Iterator[bytes]:
    """Bodies without end that all differ: pairs of companies, kinds of deal, stakes, days."""
    chance = random.Random(seed)
    foreign = ["xiaomi", "byd", "catl", "dji", "baidu", "boe", "cxmt", "didi", "airbus", "bosch", "denso", "basf"]
    host = ["ford", "intel", "boeing", "apple", "amd", "dell", "chevron", "dow", "cargill", "alphabet"]
    kinds = ["joint_venture", "acquisition", "licence", "supply"]
    sectors = ["automotive", "ev_battery", "semiconductors"]
    while True:
        deal = {
            "type": chance.choice(kinds),
            "sector": chance.choice(sectors),
            "activity_country": "US",
            "market_countries": ["US", *chance.sample(["CA", "MX", "DE", "GB", "JP"], chance.randint(0, 3))],
            "foreign_stake": round(chance.uniform(0.01, 0.99), 4),
        }
        parties = [chance.choice(foreign), chance.choice(host)]
        yield json.dumps({"parties": parties, "deal": deal, "as_of": "2026-11-22"}).encode()


async def ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes, encoding: str
) -> tuple[int, bytes]:
    """One question over an open connection; a client of few lines, so that it takes little from the server."""
    head = f"POST /v1/scores HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    writer.write(f"{head}Accept-Encoding: {encoding}\r\n\r\n".encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    status = int(answer[9:12])
    length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
    await reader.readexactly(int(length.group(1)) if length else 0)  # read and not unpacked
    return status, answer.lower()


@dataclass(frozen=True)
class Load:
    """What is asked: by how many clients, for how long, and, where `pace` is given, how many questions a second."""

    bodies: Iterator[bytes]
    clients: int
    seconds: float
    encoding: str
    pace: float | None = None


async def client(port: int, load: Load, until: float, tally: Tally, due: Iterator[float] | None) -> None:
    """Ask one question after the other until the time is over; where there are moments at which they are due, then."""
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while (begun := next(due) if due else time.perf_counter()) < until:
        await asyncio.sleep(max(0.0, begun - time.perf_counter()))
        try:
            connection = connection or await asyncio.open_connection("127.0.0.1", port)
            status, head = await ask(*connection, next(load.bodies), load.encoding)
        except (OSError, asyncio.IncompleteReadError) as error:
            tally.broken[type(error).__name__] += 1
            connection = None
            continue
        tally.statuses[status] += 1
        if status in REFUSALS:
            tally.without_retry_after += b"retry-after:" not in head
            await asyncio.sleep(0.2)  # a client that does not wait would only measure itself
        else:
            tally.seconds.append(time.perf_counter() - begun)
        if b"connection: close" in head:
            connection[1].close()
            connection = None
    if connection:
        connection[1].close()


async def run(port: int, load: Load) -> Tally:
    """Put the load on a server."""
    tally = Tally()
    start = time.perf_counter()
    due = [
        itertools.count(start + at / load.pace, load.clients / load.pace) if load.pace else None
        for at in range(load.clients)
    ]
    await asyncio.gather(*(client(port, load, start + load.seconds, tally, moments) for moments in due))
    return tally


@dataclass
class Server:
    """The server under test."""

    process: subprocess.Popen[bytes]
    port: int

    def pids(self) -> list[int]:
        """Its process and those that it started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [self.process.pid, *map(int, children.split())]

    def megabytes(self) -> float:
        """Memory of all its processes."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) for pid in self.pids())
        return pages * os.sysconf("SC_PAGESIZE") / 1e6

    def processor_seconds(self) -> float:
        """Processor time that all its processes have used: what a busy neighbour on the machine does not change."""
        ticks = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(workers: int) -> Iterator[Server]:
    """A server that serves, without a limit of rate: one machine plays all callers."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        command = [sys.executable, "-m", "riskapi", "serve", "--port", "0", "--workers", str(workers)]
        environment = {**os.environ, "RISKAPI_RATE": "0", "RISKAPI_LOG_FORMAT": "json"}
        with log.open("wb") as target:
            process = subprocess.Popen(command, stdout=target, stderr=target, env=environment)  # noqa: S603  # our own
        try:
            yield Server(process, wait_for(process, log, workers))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def wait_for(process: subprocess.Popen[bytes], log: Path, workers: int) -> int:
    """The port, once every worker is ready."""
    for _ in range(START_SECONDS * 10):
        text = log.read_text(encoding="utf-8")
        port = re.search(r"running on http://127\.0\.0\.1:(\d+)", text)
        if port and text.count("Application startup complete") >= workers:
            return int(port.group(1))
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(log.read_text(encoding="utf-8"))


COLUMNS = ("run", "answers a second", "p50, ms", "p99, ms", "server's processor, ms an answer",
           "clients' processor, ms an answer", "refused", "broken", "memory before, MB", "memory after, MB")  # fmt: skip


@dataclass(frozen=True)
class Run:
    """What one run saw; `used` are the processor seconds of the server and of the clients, `memory` before and after."""

    name: str
    tally: Tally
    seconds: float
    used: tuple[float, float]
    memory: tuple[float, float]

    def row(self) -> list[Cell]:
        tally, answers = self.tally, max(1, len(self.tally.seconds))
        refused = sum(count for status, count in tally.statuses.items() if status in REFUSALS)
        broken = tally.broken.total() + tally.statuses.total() - tally.statuses[200] - refused
        return [self.name, len(tally.seconds) / self.seconds, tally.percentile(0.5), tally.percentile(0.99),
                *(1000 * spent / answers for spent in self.used), refused, broken, *self.memory]  # fmt: skip

    def problems(self) -> list[str]:
        """What must not happen: an accepted request that failed, a refusal that does not say when to come again."""
        failed = {str(status): count for status, count in self.tally.statuses.items() if status not in {200, *REFUSALS}}
        impolite = (
            {"refusals without Retry-After": self.tally.without_retry_after} if self.tally.without_retry_after else {}
        )
        return [f"{self.name}: {count} × {what}" for what, count in (failed | self.tally.broken | impolite).items()]


def measure(server: Server, name: str, load: Load) -> Run:
    """One run with its figures."""
    memory, used, own = server.megabytes(), server.processor_seconds(), time.process_time()
    tally = asyncio.run(run(server.port, load))
    spent = server.processor_seconds() - used, time.process_time() - own
    return Run(f"{load.clients} clients, {name}", tally, load.seconds, spent, (memory, server.megabytes()))


def main() -> int:
    """Run, print, and fail where an accepted request failed or a refusal said no more than no."""
    parser = figures.options(__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--encoding", default="gzip, deflate, br", help="Accept-Encoding of the clients; as riskapi.client"
    )
    parser.add_argument("--pace", type=float, default=300, help="questions a second of the paced run")
    parser.add_argument("--warm-up", type=float, default=10, help="seconds of questions that are not measured")
    asked = parser.parse_args()
    load = Load(questions(0), asked.clients, asked.seconds, asked.encoding)
    again = itertools.cycle(list(itertools.islice(questions(1), 20)))
    with serving(asked.workers) as server:
        asyncio.run(run(server.port, replace(load, seconds=asked.warm_up)))
        runs = [
            measure(server, "questions that differ", replace(load, bodies=questions(2))),
            measure(server, "20 questions again and again", replace(load, bodies=again)),
            measure(server, f"the same 20, {asked.pace:g} a second", replace(load, bodies=again, pace=asked.pace)),
            measure(server, "questions that differ", replace(load, bodies=questions(3), clients=asked.clients * 10)),
        ]
    notes = (
        f"{asked.workers} server processes, {asked.seconds:g} s a run; the clients run on the same machine.",
        "Answers are full ones, with the explanation of every rule.",
    )
    figures.report([Table("The service under load", COLUMNS, [one.row() for one in runs], notes)], asked.json)
    problems = [problem for one in runs for problem in one.problems()]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
