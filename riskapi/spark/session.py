"""A session on a Spark cluster: a master's address and settings in, the session out, closed when its work is done."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from riskapi.errors import Problem, RequestError

LOCAL: Final = "local[*]"
_HOST: Final = re.compile(r"^spark://(?P<host>\[[^]]+\]|[^:,/]+)")
_JAVA: Final = "spark.driver.extraJavaOptions"
#: Dates are days of no time zone, arithmetic is that of the SQL standard, and results are small beside a worker.
_OURS: Final[Mapping[str, str]] = {
    "spark.app.name": "riskapi matrix",
    "spark.log.level": "ERROR",
    "spark.sql.ansi.enabled": "true",
    # Java leaves longer methods uncompiled, and such a stage takes several times as long as one that Spark splits.
    "spark.sql.codegen.hugeMethodLimit": "8000",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.sql.variable.substitute": "false",
    "spark.ui.showConsoleProgress": "false",
}


@contextmanager
def spark_session(master: str, settings: Sequence[str] = ()) -> Iterator[SparkSession]:
    """A session on `master` (`spark://host:7077`, `local[2]`, `yarn`, …) with `settings` (`key=value`) over ours.

    Raises `RequestError` for a setting that is none, and where Spark does not start.
    """
    told = _read(settings)
    builder = SparkSession.builder.master(master)
    for name, value in {**_OURS, **_loopback(master), **told, _JAVA: _java(told.get(_JAVA, ""))}.items():
        builder = builder.config(name, value)
    try:
        with _started(builder, master) as session:
            yield session
    finally:
        _end_java()


def _started(builder: SparkSession.Builder, master: str) -> SparkSession:
    try:
        return builder.getOrCreate()
    except (Py4JError, PySparkException) as error:
        detail = f"Spark does not start on `{master}`: {_reason(error)}"
        hint = "write the address as the page of the master shows it, for example spark://host:7077"
        raise RequestError(Problem(code="no-cluster", field="--master", detail=detail, hint=hint)) from error


def _read(settings: Sequence[str]) -> Mapping[str, str]:
    pairs = [setting.partition("=") for setting in settings]
    problems = [
        Problem(
            code="bad-value",
            field="--spark-conf",
            detail=f"`{name}{equals}{value}` is no setting of Spark",
            hint="write spark.name=value, for example spark.executor.memory=4g",
        )
        for name, equals, value in pairs
        if not (equals and name.startswith("spark."))
    ]
    if problems:
        raise RequestError(problems)
    return {name: value for name, _, value in pairs}


def _java(told: str) -> str:
    return f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties').as_uri()} {told}".strip()


def _loopback(master: str) -> Mapping[str, str]:
    """A driver that only this machine can reach, where the whole cluster is on this machine."""
    found = _HOST.match(master)
    host = found["host"].strip("[]") if found else ""
    try:
        is_here = master.startswith("local") or host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = False
    return {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"} if is_here else {}


def _end_java() -> None:
    """PySpark would keep its Java process, with the settings of the first session, until this one ends."""
    gateway = SparkContext._gateway  # noqa: SLF001  # there is no public way
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(timeout=60)


def _reason(error: Exception) -> str:
    """What Java says of it, in one line; PySpark puts a line before it that says where."""
    lines = [line.strip(" :") for line in str(error).splitlines() if line.strip()]
    return lines[min(1, len(lines) - 1)][:300] if lines else type(error).__name__
