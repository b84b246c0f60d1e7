"""The data dictionary, as Markdown. Enters: the checked tables. Leaves: the text of `datasets/README.md`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from riskapi.warehouse.load import Dataset
from riskapi.warehouse.schema import Table, data_dictionary
from riskapi.warehouse.tables import TABLES

_HEAD = """\
# The datasets

Generated from `riskapi/warehouse/tables.py` and the tables by `make docs`. Do not edit it here: the text stands in
`riskapi/warehouse/reference.py`, the meaning of a column in `riskapi/warehouse/tables.py`.

Each table is one CSV file: UTF-8, LF line ends, a header, columns in the order below. An empty cell means *not known*.
Dates are written `2026-11-22`. Several values in one cell are joined with `|`. Rows are sorted by the key
of their table, so that a change shows as little as possible; the check says where a new row belongs. Check a change with
`make check-data`; its effect on a score shows at once in `riskapi score`, which builds the database anew when a table changed.
`NOTES.md` says what was left out or changed, and what to be careful with.

## How to add a company

1. Add a row to `companies.csv`. Choose a `company_id` that will never change: lower case, words joined with `-`.
   Give `seat_country`, and `incorporation_country` where it differs or is known. Leave empty what you do not know.
2. Add its names to `names.csv`: the legal name, names in other scripts, former names with dates. A brand or a product
   has the kind `brand`: it helps to find the company and is never taken for its name.
3. Give `source_url`, `as_of` (the day on which you read the source) and `confidence`. A row without a source is `low`.
4. Run `make check-data`, then `riskapi resolve NAME` for each name that people will type.

## How to add an ownership edge

1. The holder must be in `companies.csv` or `owners.csv` (states, agencies, people, funds). A holder that is a company
   stands in `companies.csv` only.
2. Add a row to `ownership.csv`: `owner_id`, `owned_id`, `share_pct` (0 to 100, empty where not known), `kind`, and the
   first and last day where known. Record direct holdings only: chains are followed by the program.
3. A change of a share is two rows: end the old one with `to`, start the new one on the next day. Do not overwrite.
4. Control follows from the rows: more than half of the votes (of the capital where the votes are not known), or a
   control agreement. Run `make check-data`; it refuses direct equity holdings of one company that exceed 100 percent.

## How to add a designation

1. The list must be a code of `designation_list` in `codes.csv`. A new list is one row there.
2. Add a row to `designations.csv`: `company_id`, `list`, `listed_on`, and the citation of the act that lists it.
3. A removal fills `delisted_on` with the first day on which the company is *no longer* listed. Never delete the row:
   an answer as of an earlier date needs it.
4. A company without a row is taken as not listed, not as unknown. So a name left out is a wrong answer; say in the note
   of the change which part of the list you went through. Run `make check-data`.

## Sources, licence and attribution

The tables are this project's own compilation and fall under its licence (Apache License 2.0). The facts belong to
nobody. Each row names where it was read in `source_url`; those pages keep the terms of their publishers, and whoever
quotes a row should name its source as well. Identifiers (`lei`, `isin`, `wikidata_qid`, `ticker`) point into registers
of others, whose terms hold for what is fetched there. Nothing here is an official list: look at the act that is cited.

`confidence` says how far a row can be relied on. A row marked `low` rests on general knowledge or on a weak source, and
a row without a source is always `low`. An answer that rests on a low row says so among its warnings.
"""


def data_reference(dataset: Dataset, tables: Sequence[Table] = TABLES) -> str:
    """The whole page: how to add rows, sources, what the tables hold, and every column."""
    # A bar inside a cell of a Markdown table starts a new cell.
    columns = data_dictionary(tables).replace("` | `", "` \\| `").rstrip()
    return "\n".join([_HEAD, _contents(dataset, tables), columns + "\n"])


def _contents(dataset: Dataset, tables: Sequence[Table]) -> str:
    lines = [
        "## What the tables hold",
        "",
        "| table | rows | high | medium | low | without a source | read last |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_counts(dataset, table) for table in tables]
    return "\n".join([*lines, ""])


def _counts(dataset: Dataset, table: Table) -> str:
    rows = dataset.rows[table.name]
    if not table.has_provenance():
        return f"| `{table.file}` | {len(rows)} | | | | | |"
    by_confidence = Counter(row["confidence"] for row in rows)
    counts = " | ".join(str(by_confidence[level]) for level in ("high", "medium", "low"))
    unsourced = sum(row["source_url"] is None for row in rows)
    newest = max((str(row["as_of"]) for row in rows), default="")
    return f"| `{table.file}` | {len(rows)} | {counts} | {unsourced} | {newest} |"
