"""The duties of all importers, indexed.

Enters: an open database, or measures. Leaves: a `DutyBook`, which finds the measures on some goods and knows which
countries make one customs territory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

from riskapi.tariffs.measures import EVERY, Action, Measure
from riskapi.warehouse.countries import EUROPEAN_UNION

#: First and last day in the customs territory of the European Union; None is open.
Membership = tuple[date | None, date | None]


@dataclass(frozen=True, kw_only=True)
class DutyBook:
    """Measures by importer; members of the European Union are charged and charge as one territory.

    `names` are the names of companies with a rate of their own.
    """

    by_importer: Mapping[str, Sequence[Measure]]
    union: Mapping[str, Sequence[Membership]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        measures: Iterable[Measure],
        union: Mapping[str, Sequence[Membership]] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> DutyBook:
        """A book of these measures; their order does not matter."""
        found: dict[str, list[Measure]] = defaultdict(list)
        for measure in sorted(measures, key=lambda measure: measure.key):
            found[measure.importer].append(measure)
        return cls(by_importer=found, union=union or {}, names=names or {})

    @classmethod
    def from_connection(cls, con: duckdb.DuckDBPyConnection) -> DutyBook:
        """Read everything once."""
        union: dict[str, list[Membership]] = defaultdict(list)
        for country, first, last in con.execute(_UNION).fetchall():
            union[country].append((first, last))
        return cls.of(map(_measure, con.execute(_MEASURES).fetchall()), union, dict(con.execute(_NAMES).fetchall()))

    def territory(self, country: str, on: date) -> str:
        """The customs territory of the country that day: `EU` for members of the European Union, else the country."""
        spans = self.union.get(country, ())
        inside = any((first is None or first <= on) and (last is None or on <= last) for first, last in spans)
        return EUROPEAN_UNION if inside else country

    def measures_on(self, product: str, origin: str, importer: str) -> list[Measure]:
        """Every row on such goods, of any day and maker; `origin` and `importer` are territories."""
        return [row for row in self.by_importer.get(importer, ()) if row.is_about(product, origin, importer)]

    def importers(self) -> list[str]:
        """Where duties are recorded."""
        return sorted(self.by_importer)

    def products(self) -> list[str]:
        """The product groups of the rows."""
        found = {row.product_group for rows in self.by_importer.values() for row in rows}
        return sorted(found - {EVERY})


_MEASURES = """
SELECT measure_id, importer, origin, product_group, action, rate_pct, hs_prefixes, company_id, base, base_pct,
       acts_on, not_with, requires, unless, "from", "to", citation, source_url, as_of, confidence, note
FROM tariffs"""
_UNION = """SELECT country, "from", "to" FROM country_groups WHERE "group" = 'eu'"""
_NAMES = "SELECT company_id, name FROM companies WHERE company_id IN (SELECT company_id FROM tariffs)"


def _measure(row: tuple) -> Measure:  # type: ignore[type-arg]  # as DuckDB gives it
    (
        measure_id, importer, origin, product, action, rate, headings, company, base, base_pct,
        acts_on, not_with, requires, unless, first, last, citation, url, as_of, confidence, note,
    ) = row  # fmt: skip
    return Measure(
        measure_id=measure_id,
        importer=importer,
        origin=origin,
        product_group=product,
        action=Action(action),
        rate_pct=rate,
        hs_prefixes=tuple(headings or ()),
        company_id=company,
        base=base,
        base_pct=base_pct,
        acts_on=tuple(acts_on or ()),
        not_with=tuple(not_with or ()),
        requires=tuple(requires or ()),
        unless=tuple(unless or ()),
        valid_from=first,
        valid_to=last,
        citation=citation,
        source_url=url,
        as_of=as_of,
        confidence=confidence,
        note=note,
    )
