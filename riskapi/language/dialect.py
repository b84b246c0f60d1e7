"""What sets one database's SQL apart from another's, as data: `sql` renders the same trees by any of these.

A text with places in braces says how an operation is written; each place stands in it once, since what fills it may be
large. The meanings are those of `nodes`: null elements of lists are passed over, what is no finite number is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from riskapi.facts.vocabulary import FactType


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a database writes what databases write differently.

    `quote` stands around the name of a column and is doubled in it; `escapes` are for the characters of a text constant.
    `known` makes NaN null in a fact, `finite` every number that is not finite in a result.
    """

    types: Mapping[FactType, str]
    quote: str
    escapes: Mapping[int, str]
    list: str
    contains: str
    has_any: str
    has_all: str
    length: str
    known: str
    finite: str
    quotient: str
    days: str

    def column(self, name: str) -> str:
        """The quoted column of a fact."""
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def text(self, value: str) -> str:
        """A constant text."""
        return "'" + value.translate(self.escapes) + "'"


DUCKDB: Final = Dialect(
    types={
        FactType.BOOL: "BOOLEAN",
        FactType.INT: "BIGINT",
        FactType.FLOAT: "DOUBLE",
        FactType.STR: "VARCHAR",
        FactType.DATE: "DATE",
        FactType.LIST: "VARCHAR[]",
    },
    quote='"',
    escapes=str.maketrans({"'": "''"}),
    list="CAST([{}] AS VARCHAR[])",
    contains="list_contains({list}, {item})",
    has_any="list_has_any({left}, {right})",
    has_all="list_has_all({left}, {right})",
    length="len({})",
    known="nullif({}, 'nan'::DOUBLE)",
    finite="nullif(nullif(nullif({}, 'nan'::DOUBLE), 'inf'::DOUBLE), '-inf'::DOUBLE)",
    quotient="({left} / nullif({right}, 0))",
    days="({left} - {right})",
)

#: Spark 4, in its ANSI mode (the default) and out of it.
SPARK: Final = Dialect(
    types={
        FactType.BOOL: "BOOLEAN",
        FactType.INT: "BIGINT",
        FactType.FLOAT: "DOUBLE",
        FactType.STR: "STRING",
        FactType.DATE: "DATE",
        FactType.LIST: "ARRAY<STRING>",
    },
    quote="`",
    # Spark would replace `${name}` by a setting of that name, before it reads the query and also within a text.
    escapes=str.maketrans({"\\": "\\\\", "'": "\\'", "$": "\\u0024"}),
    list="CAST(array({}) AS ARRAY<STRING>)",
    # `array_contains` would be null for what is not in a list with a null element.
    contains="(array_position({list}, {item}) > 0)",
    has_any="arrays_overlap(array_compact({left}), array_compact({right}))",
    has_all="(array_size(array_except(array_compact({right}), {left})) = 0)",
    # `size` would be -1 for null out of ANSI mode.
    length="array_size({})",
    known="nanvl({}, CAST(NULL AS DOUBLE))",
    # Spark's planner writes the operand of `nullif` out twice: three in one another, in sums three deep, make 512 copies.
    finite="get(array_except(array({}), array('nan'::DOUBLE, 'inf'::DOUBLE, '-inf'::DOUBLE)), 0)",
    quotient="try_divide({left}, {right})",
    days="datediff({left}, {right})",
)
