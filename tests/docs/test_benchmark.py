"""The benchmark that answers for the time budget runs and prints what it must."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, page
from tests.small import small_rules


@pytest.mark.slow
def test_the_benchmark_prints_opening_time_and_quantiles_of_varied_pairings(tmp_path: Path) -> None:
    program = [sys.executable, str(ROOT / "benchmarks/single.py"), "--pairings", "5"]
    rules = {**os.environ, **small_rules(tmp_path)}
    output = subprocess.run(program, check=True, capture_output=True, text=True, cwd=ROOT, env=rules).stdout
    assert re.search(r"Workspace.open +wall +\d+\.\d\d s", output)
    assert "5 pairings" in output
    assert len(re.findall(r"Workspace.score, \w+ +(?:wall|cpu) +p50 +\d+\.\d\d ms +p99 +\d+\.\d\d ms", output)) == 4


def test_make_bench_runs_it() -> None:
    (recipe,) = re.findall(r"^bench:.*\n((?:\t.*\n)+)", page("Makefile"), re.MULTILINE)
    assert "benchmarks/bench_*.py" in recipe
    assert "single.py" in (ROOT / "benchmarks/bench_single.py").read_text(encoding="utf-8")
