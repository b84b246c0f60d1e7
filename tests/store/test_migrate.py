from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from riskapi.store import migrate
from riskapi.store.database import Store, open_store
from riskapi.store.errors import StoreError
from riskapi.store.tables import Base
from tests.store.material import add


def test_the_migrations_make_the_tables_that_the_program_maps(store: Store) -> None:
    with store.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_head_is_the_last_migration_and_there_is_one_line_of_them() -> None:
    scripts = ScriptDirectory.from_config(migrate.alembic_configuration())
    assert scripts.get_heads() == [migrate.HEAD]
    assert migrate.known_versions()[0] == migrate.HEAD


def test_a_store_of_a_newer_program_is_refused_and_left_alone(address: str) -> None:
    with open_store(address) as store:
        add(store)
        with store.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError) as raised:
        open_store(address)
    (problem,) = raised.value.problems
    assert (problem.code, "9999" in problem.detail, "newer program" in (problem.hint or "")) == (
        "store-newer",
        True,
        True,
    )


def test_without_upgrade_a_store_without_tables_is_refused(blank_address: str) -> None:
    with pytest.raises(StoreError) as raised:
        open_store(blank_address, upgrade=False)
    assert raised.value.problems[0].code == "store-older"
    assert "riskapi store migrate" in (raised.value.problems[0].hint or "")


def test_a_migration_that_fails_leaves_no_tables_behind(blank_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("alembic.operations.Operations.create_index", fail)
        with pytest.raises((RuntimeError, AttributeError)):
            open_store(blank_address)
    with pytest.raises(StoreError) as raised:
        open_store(blank_address, upgrade=False)
    assert "`none`" in raised.value.problems[0].detail
    open_store(blank_address).close()


def test_a_path_with_signs_that_mean_something_elsewhere_is_a_path(tmp_path: Path) -> None:
    file = tmp_path / "100% ä?x#y" / "store.sqlite"
    open_store(str(file)).close()
    assert file.is_file()
