"""What is delivered beside the program: the bill of materials, the runtime's part of the lock, containers, alerts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from riskapi.api.access.keys_bootstrap import make_first_key
from riskapi.api.serving.options import Options, described, variable_of
from riskapi.api.telemetry.metrics import Metrics
from riskapi.store.database import open_store
from riskapi.store.deliveries import DeliveryState
from riskapi.store.keys import any_in_use
from riskapi.store.shown import State
from tests.cli.program import run

ROOT = Path(__file__).parents[2]
UNITS = ("deploy/riskapi.service", "deploy/riskapi-jobs.service")


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


def test_the_container_holds_every_extra_that_a_setting_of_the_service_asks_for() -> None:
    asked = set(re.findall(r"--extra (\w+)", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
    assert asked == {"postgresql", "oidc", "telemetry"}


def test_every_variable_in_the_files_of_deployment_is_one_that_the_program_reads() -> None:
    known = {variable_of(item.name) for item in described()} | {
        f"RISKAPI_{name}" for name in ("RULES", "DATASETS", "CACHE", "STORE", "CONFIG")
    }
    for name in ("Dockerfile", "compose.yaml", *UNITS, "deploy/alerts.yaml", "docs/operations.md"):
        used = set(re.findall(r"RISKAPI_[A-Z_]+[A-Z]", (ROOT / name).read_text(encoding="utf-8")))
        assert used - known - {"RISKAPI_DEBUG"} == set(), name


def test_the_compose_file_opens_no_port_to_other_machines() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert all(port.startswith("127.0.0.1:") for service in services.values() for port in service.get("ports", []))
    assert all(services[name]["cap_drop"] == ["ALL"] and services[name]["read_only"] for name in ("riskapi", "jobs"))


def test_the_process_for_jobs_works_with_the_store_and_the_files_of_the_service() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    service, jobs = services["riskapi"], services["jobs"]
    for name in ("RISKAPI_STORE", "RISKAPI_CONFIG", "PGPASSFILE"):
        assert jobs["environment"][name] == service["environment"][name]
    assert jobs["volumes"] == service["volumes"]
    assert service["environment"]["RISKAPI_JOB_THREADS"] == "0"
    assert jobs["healthcheck"] == {"disable": True}
    assert run(*jobs["command"][1:3], "--help").exit_code == 0


def test_secrets_come_from_files_that_are_no_part_of_the_project() -> None:
    told = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    files = [secret["file"] for secret in told["secrets"].values()]
    assert [file for file in files if f"/{file}" not in ignored] == []
    used = {name for service in told["services"].values() for name in service.get("secrets", [])}
    assert used == set(told["secrets"])
    for name in ("compose.yaml", *UNITS):
        text = re.sub(r"^\s*#.*$", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert not re.search(r"RISKAPI_WEBHOOK_KEY|password@|rk_", text), name


def test_the_head_of_the_compose_file_makes_secrets_that_the_program_takes(tmp_path: Path) -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    commands = re.findall(r"^#     ((?:openssl|printf|chmod) .*)$", text, re.MULTILINE)
    assert len(commands) == 5
    (tmp_path / "deploy").mkdir()
    subprocess.run(["bash", "-euc", "\n".join(commands)], check=True, cwd=tmp_path)
    options = Options.from_environment({"RISKAPI_CONFIG": str(tmp_path / "deploy/settings.toml")})
    assert options.webhook_key
    with open_store(str(tmp_path / "store.sqlite")) as store:
        make_first_key(store, str(tmp_path / "deploy/first_key"), datetime.now(UTC))
        with store.read() as session:
            assert any_in_use(session, datetime.now(UTC))


def test_both_units_are_the_same_account_behind_the_same_walls() -> None:
    def lines(name: str) -> set[str]:
        told = (ROOT / name).read_text(encoding="utf-8").partition("[Service]")[2].splitlines()
        return {line for line in told if line and not re.match("#|Exec|Environment=RISKAPI_BOOT|LoadCred", line)}

    service, jobs = map(lines, UNITS)
    assert service == jobs
    assert {"User=riskapi", "EnvironmentFile=-/etc/riskapi/secrets.env", "ProtectSystem=strict"} <= jobs


def test_every_alert_says_how_urgent_it_is_and_what_happened() -> None:
    (group,) = yaml.safe_load((ROOT / "deploy/alerts.yaml").read_text(encoding="utf-8"))["groups"]
    names = [rule["alert"] for rule in group["rules"]]
    assert len(set(names)) == len(names) > 8
    assert all(rule["labels"]["severity"] in ("page", "ticket") for rule in group["rules"])
    assert all(rule["annotations"]["summary"] for rule in group["rules"])
    assert all('job="riskapi"' in part for rule in group["rules"] for part in re.findall(r"\{[^}]*\}", rule["expr"]))


def test_alerts_ask_for_states_and_results_that_there_are() -> None:
    text = (ROOT / "deploy/alerts.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r'state="(\w+)"', text)) <= {*State, *DeliveryState}
    assert set(re.findall(r'result="(\w+)"', text)) <= {"delivered", "failed"}


def test_alerts_and_page_speak_of_figures_that_there_are() -> None:
    page = Metrics().page().decode()
    told = set(re.findall(r"^# TYPE (riskapi_\w+) ", page, re.MULTILINE))
    for name in ("deploy/alerts.yaml", "docs/operations.md"):
        used = set(re.findall(r"\briskapi_[a-z_]+", (ROOT / name).read_text(encoding="utf-8")))
        assert {re.sub(r"_bucket$", "", item) for item in used} <= told, name
