"""How a country screens investors, and how it looks at those of one origin, on a day.

Enters: the rows of screening_regimes.csv and scrutiny_climate.csv, and the facts of one viewpoint. Leaves: the
`jurisdiction.screening_…` and `jurisdiction.climate` facts with the rows behind each.

Whether a regime reaches a deal is worked out in Kleene logic: what is not known stays open unless the rest settles it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import duckdb

from riskapi.facts.evidence import Confidence, Evidence
from riskapi.facts.vocabulary import Value
from riskapi.warehouse.countries import ANY, EUROPEAN_UNION, jurisdiction_name

REACHES: Final = "jurisdiction.screening_reaches"
NAMES_BUSINESS: Final = "jurisdiction.screening_names_business"
FILING: Final = "jurisdiction.screening_filing"
CLIMATE: Final = "jurisdiction.climate"

#: Those that depend on the deal; the climate is one of two countries.
FROM_DEAL: Final = (REACHES, NAMES_BUSINESS, FILING)

#: Deal facts that the answer depends on.
DEAL_INPUTS: Final = frozenset(
    {
        "deal.type",
        "deal.sector",
        "deal.foreign_stake",
        "deal.critical_technology",
        "deal.critical_infrastructure",
        "deal.sensitive_personal_data",
        "deal.defence_supplier",
    }
)

#: All facts that the answer depends on, but for the stake.
_READ: Final = ("foreign.control_country", "foreign.state_ownership", *sorted(DEAL_INPUTS - {"deal.foreign_stake"}))

#: Filing duties from the lightest to the heaviest.
FILINGS: Final = ("none", "voluntary", "mandatory_some", "mandatory_all")

#: How each form of a deal is called in the column `sees`; forms that are missing here are purchases of control.
_FORMS: Final[Mapping[str, str | None]] = {
    "minority_stake": "minority_stakes",
    "asset_purchase": "asset_deals",
    "real_estate": "asset_deals",
    "greenfield": "greenfield",
    "licence": "licences",
    "supply": "licences",
    "distribution": "licences",
    "contract_manufacturing": "licences",
    "research": "licences",
    "other": None,
}

#: Forms of a deal that give control whatever the share, so that no threshold leaves them out.
_CONTROL: Final = frozenset({"acquisition", "majority_stake", "merger"})
#: Forms of a deal for which a share of a company is acquired.
_EQUITY: Final = _CONTROL | {"minority_stake", "joint_venture"}

#: Subjects of a regime that a deal tells by a fact of its own and not by its sector.
_BY_FACT: Final[Mapping[str, str]] = {
    "critical_technology": "deal.critical_technology",
    "dual_use": "deal.critical_technology",
    "critical_infrastructure": "deal.critical_infrastructure",
    "public_authority": "deal.critical_infrastructure",
    "sensitive_personal_data": "deal.sensitive_personal_data",
    "defence": "deal.defence_supplier",
}

#: Subjects that are wider than the sector of their name.
_WIDER: Final[Mapping[str, frozenset[str]]] = {
    "transport": frozenset({"ports_shipping", "logistics", "aviation_aerospace"}),
    "real_estate": frozenset({"real_estate_hotels"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """A row of screening_regimes.csv; shares in percent."""

    country: str
    name: str
    start: date
    to: date | None
    filing: str
    scope: str | None
    subjects: frozenset[str]
    threshold: float | None
    state_threshold: float | None
    sees: frozenset[str]
    only: frozenset[str]
    exempt: frozenset[str]
    evidence: Evidence

    def holds_on(self, day: date) -> bool:
        """Whether the powers exist that day."""
        return self.start <= day and (self.to is None or day <= self.to)

    @property
    def screens(self) -> bool:
        """Whether there is a power at all; rows for times without any say so."""
        return self.filing != FILINGS[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """A row of scrutiny_climate.csv; `level` runs from 1 (invited) to 5 (shut out)."""

    host: str
    origin: str
    start: date
    to: date | None
    level: int
    evidence: Evidence

    def holds_on(self, day: date) -> bool:
        """Whether the level holds that day."""
        return self.start <= day and (self.to is None or day <= self.to)


Found = tuple[Mapping[str, Value], Mapping[str, tuple[Evidence, ...]]]


@dataclass(frozen=True)
class ScreeningBook:
    """Regimes by country and climates by host and origin."""

    regimes: Mapping[str, tuple[Regime, ...]]
    climates: Mapping[tuple[str, str], tuple[Climate, ...]]

    @classmethod
    def of(cls, regimes: Iterable[Regime], climates: Iterable[Climate]) -> ScreeningBook:
        """A book of these rows; their order does not matter."""
        by_country: dict[str, list[Regime]] = defaultdict(list)
        for regime in sorted(regimes, key=lambda row: (row.country, row.name, row.start)):
            by_country[regime.country].append(regime)
        by_pair: dict[tuple[str, str], list[Climate]] = defaultdict(list)
        for climate in climates:
            by_pair[climate.host, climate.origin].append(climate)
        return cls(
            {key: tuple(rows) for key, rows in by_country.items()}, {key: tuple(rows) for key, rows in by_pair.items()}
        )

    @classmethod
    def from_connection(cls, con: duckdb.DuckDBPyConnection) -> ScreeningBook:
        """Read everything once."""
        return cls.of(
            (_regime(row) for row in con.execute(_REGIMES).fetchall()),
            (_climate(row) for row in con.execute(_CLIMATES).fetchall()),
        )

    def asked(self, country: str, facts: Mapping[str, Value]) -> tuple[object, ...]:
        """All that `facts` reads of the facts: where this is equal on one day, so are the screening facts.

        Of the stake only counts which thresholds of the country it reaches.
        """
        stake = facts.get("deal.foreign_stake")
        cuts = self._cuts.get(country, ())
        reached = bisect_right(cuts, stake * 100) if isinstance(stake, int | float) else None
        return (country, reached, *[facts.get(name) for name in _READ])

    @cached_property
    def _cuts(self) -> Mapping[str, Sequence[float]]:
        """By country the thresholds of all its regimes, from the lowest."""
        found = {code: [(row.threshold, row.state_threshold) for row in rows] for code, rows in self.regimes.items()}
        return {code: sorted(cut for pair in rows for cut in pair if cut is not None) for code, rows in found.items()}

    def facts(
        self, country: str, facts: Mapping[str, Value], as_of: date, is_in_eu: Callable[[str], bool | None]
    ) -> Found:
        """The screening facts of one viewpoint, with their rows; a country without rows is not known."""
        origin = facts.get("foreign.control_country")
        origin = origin if isinstance(origin, str) else None
        climate = self.climate(country, origin, as_of)
        values: dict[str, Value] = {
            REACHES: None,
            NAMES_BUSINESS: None,
            FILING: None,
            CLIMATE: None if climate is None else climate.level,
        }
        evidence: dict[str, tuple[Evidence, ...]] = {CLIMATE: () if climate is None else (climate.evidence,)}
        rows = [row for row in self.regimes.get(country, ()) if row.holds_on(as_of)]
        if rows:
            active = [row for row in rows if row.screens]
            reaching = [(row, reaches(row, facts, origin, is_in_eu)) for row in active]
            values[REACHES] = _any(found for _, found in reaching)
            values[NAMES_BUSINESS] = _any(names_business(row, facts) for row in active if row.subjects)
            values[FILING] = max((row.filing for row in rows), key=FILINGS.index)
            shown = [row for row, found in reaching if found is not False] or rows
            evidence |= dict.fromkeys((REACHES, NAMES_BUSINESS, FILING), tuple(row.evidence for row in shown))
        return values, evidence

    def climate(self, host: str, origin: str | None, as_of: date) -> Climate | None:
        """The row that holds for investors of the origin: its own, or else that for every origin; None where there is none."""
        if origin is None:
            return None
        for key in ((host, origin), (host, ANY)):
            for row in self.climates.get(key, ()):
                if row.holds_on(as_of):
                    return row
        return None


def reaches(
    regime: Regime, facts: Mapping[str, Value], origin: str | None, is_in_eu: Callable[[str], bool | None]
) -> bool | None:
    """Whether the regime has a power over the deal, by origin, form, share and business."""
    return _all(
        (
            _reaches_origin(regime, origin, is_in_eu),
            _reaches_form(regime, facts.get("deal.type")),
            _reaches_share(regime, facts),
            _reaches_business(regime, facts),
        )
    )


def names_business(regime: Regime, facts: Mapping[str, Value]) -> bool | None:
    """Whether the law names the business of the deal among its subjects."""
    return _any(_meets(subject, facts) for subject in regime.subjects)


def _reaches_origin(regime: Regime, origin: str | None, is_in_eu: Callable[[str], bool | None]) -> bool | None:
    if not (regime.only or regime.exempt):
        return True
    if origin is None:
        return None
    if regime.only:
        return origin in regime.only
    return not (origin in regime.exempt or (EUROPEAN_UNION in regime.exempt and bool(is_in_eu(origin))))


def _reaches_form(regime: Regime, form: Value) -> bool | None:
    if not isinstance(form, str):
        return None
    if form not in _FORMS:
        return True
    seen_as = _FORMS[form]
    return None if seen_as is None else seen_as in regime.sees


def _reaches_share(regime: Regime, facts: Mapping[str, Value]) -> bool | None:
    form, stake, state = facts.get("deal.type"), facts.get("deal.foreign_stake"), facts.get("foreign.state_ownership")
    if regime.threshold is None or form in _CONTROL or (isinstance(form, str) and form not in _EQUITY):
        return True
    if form is None or not isinstance(stake, int | float):
        return None
    above, lower = stake * 100 >= regime.threshold, regime.state_threshold
    if above or lower is None or stake * 100 < lower:
        return above
    return None if state is None else state in ("majority", "full")


def _reaches_business(regime: Regime, facts: Mapping[str, Value]) -> bool | None:
    if regime.scope == "cross_sector":
        return True
    if regime.scope == "defence_only":
        return _meets("defence", facts)
    return names_business(regime, facts)


def _meets(subject: str, facts: Mapping[str, Value]) -> bool | None:
    sector = facts.get("deal.sector")
    by_sector = None if sector is None else sector == subject or sector in _WIDER.get(subject, ())
    if subject not in _BY_FACT:
        return by_sector
    told = facts.get(_BY_FACT[subject])
    return _any((by_sector, told if isinstance(told, bool) else None))


def _any(parts: Iterable[bool | None]) -> bool | None:
    """Kleene `or`; of nothing, false."""
    listed = list(parts)
    return True if True in listed else None if None in listed else False


def _all(parts: Iterable[bool | None]) -> bool | None:
    """Kleene `and`."""
    listed = list(parts)
    return False if False in listed else None if None in listed else True


_REGIMES = """
    SELECT country, regime, "from", "to", filing, scope, subjects, stake_threshold_pct, state_threshold_pct, sees,
           only_origins, exempt_origins, citation, source_url, as_of, confidence, note
    FROM screening_regimes
"""

_CLIMATES = """
    SELECT host, origin, "from", "to", level, reason, source_url, as_of, confidence FROM scrutiny_climate
"""

_LEVELS = {1: "invited", 2: "ordinary", 3: "watched", 4: "restricted by policy", 5: "shut out or treated as adversary"}


def _regime(row: tuple[object, ...]) -> Regime:
    (country, name, start, to, filing, scope, subjects, threshold, lower, sees, only, exempt, *source) = row
    citation, url, read_on, confidence, note = source
    what = f"{name}: " if filing != FILINGS[0] else ""
    return Regime(
        country=_text(country),
        name=_text(name),
        start=_day(start),
        to=to if isinstance(to, date) else None,
        filing=_text(filing),
        scope=scope if isinstance(scope, str) else None,
        subjects=_codes(subjects),
        threshold=threshold if isinstance(threshold, float) else None,
        state_threshold=lower if isinstance(lower, float) else None,
        sees=_codes(sees),
        only=_codes(only),
        exempt=_codes(exempt),
        evidence=_evidence(
            f"Screening in {_country(country)} from {start}{_until(to)}: {what}{citation}",
            "screening_regimes",
            f"{country}/{name}/{start}",
            (url, read_on, confidence),
            note,
        ),
    )


def _climate(row: tuple[object, ...]) -> Climate:
    host, origin, start, to, level, reason, *source = row
    whom = "any origin" if origin == ANY else _country(origin)
    number = level if isinstance(level, int) else 0
    return Climate(
        host=_text(host),
        origin=_text(origin),
        start=_day(start),
        to=to if isinstance(to, date) else None,
        level=number,
        evidence=_evidence(
            f"Investors of {whom} in {_country(host)} from {start}{_until(to)}: level {level} of 5 ({_LEVELS[number]}). {reason}",
            "scrutiny_climate",
            f"{host}/{origin}/{start}",
            (source[0], source[1], source[2]),
            None,
        ),
    )


def _evidence(statement: str, table: str, key: str, source: tuple[object, object, object], note: object) -> Evidence:
    url, read_on, confidence = source
    certainty: Confidence = "high" if confidence == "high" else "medium" if confidence == "medium" else "low"
    return Evidence(
        statement=statement,
        table=table,
        key=key,
        source_url=url if isinstance(url, str) else None,
        as_of=read_on if isinstance(read_on, date) else None,
        confidence=certainty,
        note=note if isinstance(note, str) else None,
    )


def _until(day: object) -> str:
    return "" if day is None else f" to {day}"


def _country(code: object) -> str:
    return "the European Union" if code == EUROPEAN_UNION else jurisdiction_name(str(code))


def _text(value: object) -> str:
    return str(value)


def _codes(value: object) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, list | tuple) else frozenset()


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"a day was expected, not {value!r}")
    return value
