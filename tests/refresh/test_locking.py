from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from riskapi.refresh.errors import RefreshError
from riskapi.refresh.locking import only_one

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HOLDER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from riskapi.refresh.locking import only_one
with only_one(Path(sys.argv[1]), datetime(2026, 11, 22, tzinfo=UTC)):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def another_process(lock: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def can_be_taken(lock: Path) -> bool:
    try:
        with only_one(lock, NOW):
            return True
    except RefreshError:
        return False


def test_the_lock_is_free_afterwards_even_after_a_failure(tmp_path: Path) -> None:
    lock = tmp_path / "deep" / "lock"
    with pytest.raises(ValueError, match="inside"), only_one(lock, NOW):
        raise ValueError("inside")
    assert can_be_taken(lock)


def test_a_second_refresh_of_one_process_is_turned_away_with_who_holds_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with only_one(lock, NOW), pytest.raises(RefreshError, match=f"process {os.getpid()} on .* since 2026-11-22"):  # noqa: SIM117
        with only_one(lock, NOW):
            pytest.fail("two refreshes at once")


def test_the_lock_of_a_living_process_is_respected_and_that_of_a_killed_one_is_not(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with another_process(lock) as process:
        with pytest.raises(RefreshError, match=f"process {process.pid}"), only_one(lock, NOW):
            pytest.fail("two refreshes at once")
        process.kill()
        process.wait()
        assert "pid" in lock.read_text(), "the killed process left its name behind"
        assert can_be_taken(lock)


@pytest.mark.parametrize("text", ["", "garbage", "[]", '{"pid": 1, "host": "elsewhere", "since": "2026-11-22"}'])
def test_what_is_written_in_the_file_does_not_hold_it(tmp_path: Path, text: str) -> None:
    lock = tmp_path / "lock"
    lock.write_text(text)
    assert can_be_taken(lock)
    assert lock.read_text() == ""


def test_of_many_that_start_at_once_one_at_a_time_gets_in(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    inside, most, entered = 0, 0, 0
    guard, start = threading.Lock(), threading.Barrier(8)

    def run() -> None:
        nonlocal inside, most, entered
        start.wait()
        for _ in range(50):
            try:
                with only_one(lock, NOW):
                    with guard:
                        inside += 1
                        entered += 1
                        most = max(most, inside)
                    with guard:
                        inside -= 1
            except RefreshError:
                continue

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert entered >= 1
    assert can_be_taken(lock)
