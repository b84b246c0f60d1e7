from __future__ import annotations

import duckdb
import pytest

from riskapi.warehouse.schema import Kind, Table, data_dictionary, ddl
from riskapi.warehouse.tables import TABLES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_definition_creates_the_table_that_is_described(table: Table) -> None:
    con = duckdb.connect()
    con.execute(ddl(table))
    columns = [(row[0], row[1]) for row in con.execute(f'DESCRIBE "{table.name}"').fetchall()]
    assert columns == [(column.name, column.kind.value) for column in table.columns]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_spans_and_references_name_columns_that_exist(table: Table) -> None:
    named = set(table.key)
    if table.span:
        named |= {table.span.start, table.span.end, *table.span.subject}
        dates = {column.name for column in table.columns if column.kind is Kind.DATE}
        assert {table.span.start, table.span.end} <= dates
    assert named <= set(table.header)
    known = {f"{other.name}.{name}" for other in TABLES for name in other.header}
    assert {target for column in table.columns for target in column.references} <= known


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_references_point_to_tables_that_are_loaded_before(table: Table) -> None:
    order = [other.name for other in TABLES]
    targets = {target.split(".")[0] for column in table.columns for target in column.references}
    assert all(order.index(target) < order.index(table.name) for target in targets)


def test_the_dictionary_explains_every_column_of_every_table() -> None:
    text = data_dictionary(TABLES)
    for table in TABLES:
        assert f"## {table.file}" in text
        for column in table.columns:
            assert f"| `{column.name}` |" in text
            assert column.meaning in text
