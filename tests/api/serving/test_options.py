from __future__ import annotations

import re
from pathlib import Path

import pytest

from riskapi.api.serving.options import Options, described, gathered, unknown_variables, variable_of
from riskapi.errors import SettingsError

SETTINGS_PAGE = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"


def problems_of(environment: dict[str, str]) -> dict[str | None, str]:
    with pytest.raises(SettingsError) as caught:
        Options.from_environment(environment)
    return {problem.field: f"{problem.detail} {problem.hint}" for problem in caught.value.problems}


def config(folder: Path, text: str) -> dict[str, str]:
    file = folder / "riskapi.toml"
    file.write_text(text, encoding="utf-8")
    return {"RISKAPI_CONFIG": str(file)}


def test_nothing_given_gives_the_defaults() -> None:
    assert Options.from_environment({}) == Options()


def test_every_option_can_be_given_by_its_variable() -> None:
    given = {"RISKAPI_HOST": "::1", "RISKAPI_PORT": "0", "RISKAPI_WORKERS": "2", "RISKAPI_METRICS": "no",
             "RISKAPI_LOG_FORMAT": "json", "RISKAPI_CORS_ORIGINS": "https://a.example, https://b.example"}  # fmt: skip
    options = Options.from_environment(given)
    assert (options.host, options.port, options.workers, options.metrics) == ("::1", 0, 2, False)
    assert (options.log_format, options.cors_origins) == ("json", ("https://a.example", "https://b.example"))


def test_every_problem_is_told_with_variable_value_and_what_is_allowed() -> None:
    told = problems_of({"RISKAPI_PORT": "70000", "RISKAPI_WORKERS": "many", "RISKAPI_LOG_FORMAT": "xml",
                        "RISKAPI_METRICS": "perhaps", "RISKAPI_RATE": "-1"})  # fmt: skip
    assert set(told) == {
        "RISKAPI_PORT", "RISKAPI_WORKERS", "RISKAPI_LOG_FORMAT", "RISKAPI_METRICS", "RISKAPI_RATE"
    }  # fmt: skip
    assert "70000" in str(told["RISKAPI_PORT"])
    assert "65,535" in str(told["RISKAPI_PORT"])
    assert "text, json" in str(told["RISKAPI_LOG_FORMAT"])


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    environment = config(tmp_path, 'port = 9000\nworkers = 3\nmetrics = false\ncors_origins = ["https://a.example"]\n')
    options = Options.from_environment({**environment, "RISKAPI_WORKERS": "2"})
    assert (options.port, options.workers, options.metrics) == (9000, 2, False)
    assert options.cors_origins == ("https://a.example",)


def test_the_file_may_hold_the_settings_of_the_program(tmp_path: Path) -> None:
    values, problems = gathered(config(tmp_path, 'store = "x.sqlite"\nrules = ["a", "b"]\n'))
    assert not problems
    assert values["RISKAPI_STORE"] == "x.sqlite"
    assert values["RISKAPI_RULES"] in {"a:b", "a;b"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot = 8000", "did you mean `port`"),
        ("port = [", "cannot be read"),
        ("[port]\nx = 1", "a table"),
        ("port = 99999", "65,535"),
        ("colour = 1", "known: "),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(says)):
        Options.from_environment(config(tmp_path, text))


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        Options.from_environment({"RISKAPI_CONFIG": "nowhere.toml"})


def test_the_port_of_a_platform_is_taken_unless_ours_is_set() -> None:
    assert Options.from_environment({"PORT": "8080"}).port == 8080
    assert Options.from_environment({"PORT": "8080", "RISKAPI_PORT": "9090"}).port == 9090


def test_a_variable_that_nothing_reads_is_told_with_the_nearest() -> None:
    (problem,) = unknown_variables({"RISKAPI_PROT": "1", "RISKAPI_PORT": "1", "RISKAPI_STORE": "x", "PROT": "1"})
    assert problem.field == "RISKAPI_PROT"
    assert str(problem.hint).startswith("did you mean `RISKAPI_PORT`")


@pytest.mark.parametrize("name", [item.name for item in described()])
def test_every_option_is_on_the_page_of_settings(name: str) -> None:
    assert f"| `{variable_of(name)}` |" in SETTINGS_PAGE.read_text(encoding="utf-8")
