"""What stands in the way of a session is told before, or in place of, a trace of Java."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.errors import RequestError, SettingsError
from riskapi.spark import extra
from riskapi.spark.extra import require_spark
from tests.spark.session import skip_without_spark, spark_session


def test_a_missing_library_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda _: None)
    with pytest.raises(SettingsError) as caught:
        require_spark()
    assert [problem.code for problem in caught.value.problems] == ["extra-missing"]
    assert "riskapi[spark]" in str(caught.value.problems[0].hint)


def test_a_missing_java_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda _: object())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SettingsError) as caught:
        require_spark()
    assert [problem.code for problem in caught.value.problems] == ["java-missing"]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch()
    require_spark()


@pytest.mark.spark
def test_settings_that_are_none_are_all_named() -> None:
    skip_without_spark()
    from riskapi.spark.session import spark_session as opened  # needs an optional library

    with pytest.raises(RequestError) as caught, opened("local[1]", ["memory=4g", "spark.executor.memory"]):
        pass
    assert [problem.code for problem in caught.value.problems] == ["bad-value", "bad-value"]


@pytest.mark.spark
@pytest.mark.xdist_group("spark")
def test_an_address_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(RequestError) as caught, spark_session(tmp_path, "sparkle:nobody"):
        pass
    assert [problem.code for problem in caught.value.problems] == ["no-cluster"]
    assert "sparkle:nobody" in caught.value.problems[0].detail
