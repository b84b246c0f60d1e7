"""Every recipe of docs/api.md runs against a server process, and what the page shows is what comes.

A shown text fits where it is part of what came: of JSON any fields and the last entries of a list may be left out, `…` stands
for any text, and a number for any number.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from riskapi.client import Client
from riskapi.settings import Settings
from riskapi.store import keys
from riskapi.store.audit import Signature
from riskapi.store.database import open_store
from riskapi.store.keys import NewKey, Scope
from tests.api.test_live import live
from tests.docs.m_language import MError, Table, World
from tests.docs.pages import ROOT, page

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("api-recipes")]

PAGE = "docs/api.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(page(PAGE))
SHOWN = ("json", "text")
MARK = "=== the end of a block ==="
DAY = "2026-11-22"
#: That of all other tests, noted before those of the pages get one of their own: building it takes long.
CACHE = str(Settings.from_environment().cache)


@dataclass(frozen=True)
class Serving:
    url: str
    key: str

    @property
    def environment(self) -> dict[str, str]:
        return {"SERVICE": self.url, "KEY": self.key}


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One server for all recipes, with a key that it wants."""
    folder = tmp_path_factory.mktemp("recipes")
    store = str(folder / "store.sqlite")
    now = datetime.now(UTC)
    with open_store(store) as opened, opened.write() as session:
        wanted = NewKey(tenant="default", name="Anna", scope=Scope.ANALYST)
        _, key = keys.create(session, wanted, Signature("a test", now))
    with live(folder, 1, RISKAPI_STORE=store, RISKAPI_RULES=str(ROOT / "rules"), RISKAPI_CACHE=CACHE) as service:
        yield Serving(service.url, key)


def blocks(*kinds: str) -> list[tuple[str, str]]:
    """The blocks of these kinds with the shown text after each, empty where nothing is shown."""
    following = [*BLOCKS[1:], ("", "")]
    return [
        (text, shown if after in SHOWN else "")
        for (kind, text), (after, shown) in zip(BLOCKS, following, strict=True)
        if kind in kinds
    ]


# --- what is shown fits what came


def fits(shown: Any, came: Any) -> bool:
    """Whether JSON that is shown is part of JSON that came."""
    if isinstance(shown, dict):
        return isinstance(came, dict) and all(name in came and fits(item, came[name]) for name, item in shown.items())
    if isinstance(shown, list):
        return isinstance(came, list) and len(shown) <= len(came) and all(map(fits, shown, came))
    if isinstance(shown, bool) or shown is None:
        return shown is came
    if isinstance(shown, int | float):
        return isinstance(came, int | float) and not isinstance(came, bool)
    return isinstance(came, str) and pattern(shown).fullmatch(came) is not None


def pattern(shown: str) -> re.Pattern[str]:
    """What fits a text that is shown. Dates, ids and whatever else has more than digits stays as it is."""
    text = re.escape(shown).replace("…", r".*")
    return re.compile(re.sub(r"(?<![\w.\\-])(?:\\-)?\d+(?:\\\.\d+)?(?![\w-]|\\-|\\\.\d)", r"-?\\d+(?:\\.\\d+)?", text))


def check(kind_of: str, shown: str, came: str) -> None:
    if not shown:
        return
    if shown.lstrip().startswith(("{", "[{")):
        told = json.loads(came)
        assert fits(json.loads(shown), told), f"{kind_of} shows\n{shown}\nand what came is\n{came[:3000]}"
        return
    lines = came.replace("\r", "").removeprefix("\ufeff").strip().splitlines()
    wanted = shown.strip().splitlines()
    fitting = len(lines) == len(wanted) and all(
        pattern(one).fullmatch(other) for one, other in zip(wanted, lines, strict=True)
    )
    assert fitting, f"{kind_of} shows\n{shown}\nand what came is\n{came[:3000]}"


def test_a_shown_text_that_does_not_fit_is_seen() -> None:
    check("a block", '{"a": 1, "b": ["x…"]}', '{"a": 7.5, "b": ["xyz", "z"], "c": null}')
    check("a block", "HTTP/1.1 201\n5 of 9 …", "HTTP/1.1 201\r\n-3.25 of 9 rules\n")
    for shown, came in (
        ('{"a": 1}', '{"b": 1}'),
        ('{"a": "x"}', '{"a": "y"}'),
        ('{"a": 1}', '{"a": true}'),
        ('{"a": null}', '{"a": 0}'),
        ('{"a": [1, 2]}', '{"a": [1]}'),
        ("2026-11-22 x", "2026-11-23 x"),
        ("HTTP/1.1 201", "HTTP/1.1"),
        ("one line", "one line\nanother"),
        ("…", ""),
    ):
        with pytest.raises(AssertionError):
            check("a block", shown, came)


def test_every_block_is_of_a_kind_that_is_run_or_shown() -> None:
    assert {kind for kind, _ in BLOCKS} == {"sh", "python", "powerquery", *SHOWN}
    assert len(blocks("sh")) > 10
    assert len(blocks("python")) > 4


# --- curl


def test_what_is_typed_into_a_shell_gives_what_is_shown(serving: Serving, tmp_path: Path) -> None:
    """All blocks in one shell, since later ones use files and variables of earlier ones."""
    typed = blocks("sh")
    script = "".join(f"{text}\necho\necho '{MARK}'\n" for text, _ in typed)
    script = re.sub(r"^export SERVICE=.*$", f"export SERVICE={serving.url}", script, flags=re.MULTILINE)
    script = re.sub(r"^export KEY=.*$", f"export KEY={serving.key}", script, flags=re.MULTILINE)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    came = done.stdout.split(f"{MARK}\n")
    assert len(came) == len(typed) + 1
    for (text, shown), output in zip(typed, came, strict=False):
        check(text, shown, output)


# --- Python

PROGRAMS = blocks("python")


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_prints_what_is_shown(serving: Serving, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    text, shown = PROGRAMS[number]
    for name, value in serving.environment.items():
        monkeypatch.setenv(name, value)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(text, PAGE, "exec"), {"__name__": "__main__"})  # noqa: S102  # our own page
    assert shown, "the page shows what a program prints"
    check(text, shown, output.getvalue())


def test_every_method_of_the_client_is_named() -> None:
    listed = page(PAGE).partition("Besides those:")[2].partition("###")[0]
    named = set(re.findall(r"`(\w+)`", listed)) | {"score", "ask", "whatif", "resolve"}
    methods = {name for name, one in vars(Client).items() if callable(one) and not name.startswith("_")}
    assert named == methods - {"close", "converse"}


# --- Power Query


def query(text: str) -> str:
    """The one query of the page that holds a text."""
    (found,) = [code for code, _ in blocks("powerquery") if text in code]
    return found


@pytest.fixture
def excel(serving: Serving) -> World:
    """A workbook with the two parameters as the page defines them, and two pairings."""
    parameters = {
        "RiskService": (query('"http://127.0.0.1:8000" meta'), "http://127.0.0.1:8000", serving.url),
        "RiskKey": (query('"rk_5d1f0c1e9a0b7c3d_..." meta'), "rk_5d1f0c1e9a0b7c3d_...", serving.key),
    }
    told = {name: World().run(code.replace(old, new)) for name, (code, old, new) in parameters.items()}
    columns = ["label", "foreign", "host", "type", "sector", "country"]
    rows = [
        ["A", "Xiaomi", "Ford", "joint_venture", "automotive", "US"],
        ["B", "Xiaomi", "Frod", "joint_venture", "automotive", "US"],
        ["C", "CATL", "Ford", "licence", "ev_battery", "US"],
    ]
    return World(queries=told, tables={"Pairings": Table(columns, rows * 18)})


def client(serving: Serving) -> Client:
    return Client(serving.url, key=serving.key)


def test_the_query_over_a_sheet_adds_a_row_to_each_pairing(excel: World, serving: Serving) -> None:
    found = excel.run(query('[Name = "Pairings"]'))
    source = excel.tables["Pairings"]
    assert found.columns == [*source.columns, "score", "low", "high", "band", "problem"]
    assert [row[: len(source.columns)] for row in found.rows] == source.rows
    assert len(excel.requests) == 2
    with client(serving) as asked:
        answer = asked.score("CATL", "Ford", type="licence", sector="ev_battery", activity_country="US", as_of=DAY)
    assert found.rows[-1][6:] == [answer.score, answer.low, answer.high, answer.band.name, None]
    assert found.rows[1][6:10] == [None] * 4
    assert "Frod" in found.rows[1][10]


def test_the_query_over_a_sheet_says_what_the_service_refuses(excel: World) -> None:
    excel.queries = {**excel.queries, "RiskKey": "rk_0000000000000000_nobody"}
    with pytest.raises(MError, match="key-refused"):
        excel.run(query('[Name = "Pairings"]'))


def test_the_query_over_a_list_ends_with_every_entry(excel: World, serving: Serving) -> None:
    found = excel.run(query('"v1/rules"').replace('"200"', '"50"'))
    with client(serving) as asked:
        wanted = [rule.id for rule in asked.rules(jurisdiction="US", state="in_force", as_of=DAY)]
    assert [row[0] for row in found.rows] == wanted
    assert len(excel.requests) == -(-len(wanted) // 50) > 2


def test_the_query_for_a_job_gets_all_its_rows(excel: World, serving: Serving) -> None:
    with client(serving) as asked:
        job = asked.matrix(["Xiaomi", "BYD", "Geely"], ["Ford"], {"venture": {"type": "joint_venture"}}, dates=[DAY])
        table = job.result()
    excel.queries = {**excel.queries, "JobId": job.id}
    found = excel.run(query("JobId").replace('"1000"', '"2"'))
    same = [name for name in found.columns if name not in ("date", "gates")]
    assert [dict(zip(found.columns, row, strict=True)) for row in found.rows] == [
        {"date": DAY, **{name: row[name] for name in same}, "gates": "; ".join(row["gates"])}
        for row in table.iter_rows(named=True)
    ]
    assert len(excel.requests) == 2
