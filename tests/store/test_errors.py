from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from riskapi.store.errors import StoreBusyError, StoreError, failures_told


def raised_for(error: Exception) -> StoreError:
    with pytest.raises(StoreError) as raised, failures_told():
        raise error
    return raised.value


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("database is locked", "store-busy"),
        ("canceling statement due to lock timeout", "store-busy"),
        ("database or disk is full", "store-full"),
        ('could not extend file "base/1": No space left on device', "store-full"),
        ("database disk image is malformed", "store-damaged"),
        ("connection refused", "store-unreachable"),
    ],
)
def test_each_failure_has_its_own_code(message: str, code: str) -> None:
    assert raised_for(OperationalError("SELECT 1", {}, Exception(message))).problems[0].code == code
    assert raised_for(sqlite3.OperationalError(message)).problems[0].code == code


def test_a_damaged_file_is_a_failure_of_the_store() -> None:
    error = DatabaseError("SELECT 1", {}, Exception("file is not a database"))
    assert raised_for(error).problems[0].code == "store-damaged"


@pytest.mark.parametrize("error", [PoolTimeoutError("x"), InterfaceError("x", {}, Exception("gone"))])
def test_what_may_pass_is_told_apart(error: Exception) -> None:
    assert isinstance(raised_for(error), StoreBusyError)


@pytest.mark.parametrize("kind", [IntegrityError, ProgrammingError])
def test_mistakes_of_the_program_are_not_blamed_on_the_store(kind: type[DatabaseError]) -> None:
    with pytest.raises(kind), failures_told():
        raise kind("SELECT 1", {}, Exception("x"))


def test_values_of_a_statement_are_not_repeated() -> None:
    error = OperationalError("INSERT", {"body": "geheim"}, Exception("database is locked"))
    assert "geheim" not in str(raised_for(error))
