"""What is delivered beside the program: the bill of materials, the runtime's part of the lock, containers, alerts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from riskapi.api.metrics import Metrics
from riskapi.api.options import described, variable_of

ROOT = Path(__file__).parents[2]


def output_of(*command: str) -> str:
    return subprocess.run([sys.executable, *command], check=True, capture_output=True, text=True, cwd=ROOT).stdout


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("sbom") / "sbom.json"
    output_of("deploy/sbom.py", "--output", str(file))
    first = file.read_text(encoding="utf-8")
    output_of("deploy/sbom.py", "--output", str(file))
    assert file.read_text(encoding="utf-8") == first
    told: dict[str, Any] = json.loads(first)
    return told


def test_the_bill_names_every_package_of_the_lock_with_version_and_hashes(bill: dict[str, Any]) -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    assert {part["name"] for part in bill["components"]} == {re.sub(r"[-_.]+", "-", name) for name in pinned}
    for part in bill["components"]:
        assert part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}"
        assert part["properties"]
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")


def test_the_bill_tells_what_the_service_needs_from_what_developers_use(bill: dict[str, Any]) -> None:
    scopes = {part["name"]: part["scope"] for part in bill["components"]}
    for name in ("litestar", "uvicorn", "duckdb", "h11", "psycopg", "pyjwt"):
        assert scopes[name] == "required"
    for name in ("pytest", "ruff", "mypy", "schemathesis"):
        assert scopes[name] == "excluded"


def test_the_runtime_part_of_the_lock_keeps_its_hashes_and_leaves_developers_tools_out() -> None:
    text = output_of("deploy/runtime.py", "--extra", "postgresql")
    names = re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE)
    assert {"uvicorn", "litestar", "psycopg"} <= set(names)
    assert not {"pytest", "ruff", "playwright", "pyjwt"} & set(names)
    assert text.count("--hash=sha256:") >= len(names)


def test_the_container_runs_as_nobody_in_particular_and_checks_its_health() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER riskapi$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "--require-hashes" in text


def test_every_variable_in_the_files_of_deployment_is_one_that_the_program_reads() -> None:
    known = {variable_of(item.name) for item in described()} | {
        f"RISKAPI_{name}" for name in ("RULES", "DATASETS", "CACHE", "STORE", "CONFIG")
    }
    for name in ("Dockerfile", "compose.yaml", "deploy/riskapi.service", "docs/operations.md"):
        used = set(re.findall(r"RISKAPI_[A-Z_]+[A-Z]", (ROOT / name).read_text(encoding="utf-8")))
        assert used - known - {"RISKAPI_DEBUG"} == set(), name


def test_the_compose_file_opens_no_port_to_other_machines() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert all(port.startswith("127.0.0.1:") for service in services.values() for port in service.get("ports", []))
    assert services["riskapi"]["cap_drop"] == ["ALL"]


def test_alerts_and_page_speak_of_figures_that_there_are() -> None:
    page = Metrics().page().decode()
    told = set(re.findall(r"^# TYPE (riskapi_\w+) ", page, re.MULTILINE))
    for name in ("deploy/alerts.yaml", "docs/operations.md"):
        used = set(re.findall(r"\briskapi_[a-z_]+", (ROOT / name).read_text(encoding="utf-8")))
        assert {re.sub(r"_bucket$", "", item) for item in used} <= told, name
