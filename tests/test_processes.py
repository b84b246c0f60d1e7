"""An answer is the same bytes whichever process gives it: what is kept can be verified, and copies can be compared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_facts_rows_and_answers_do_not_depend_on_the_order_of_sets() -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.digest_of_facts"],
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True,
        )
        for seed in ("1", "4")
    ]  # fmt: skip
    first, second = (process.communicate(timeout=300)[0].splitlines() for process in processes)
    assert [process.returncode for process in processes] == [0, 0]
    assert len(first) > 1_000
    assert [line for line in first if line not in set(second)] == []
    assert first == second
