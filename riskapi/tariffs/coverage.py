"""For which goods the table is meant to hold every measure, so that "no row" means "no duty".

Enters: nothing. Leaves: `COVERAGE` and `coverage_gap`, which tells why a total cannot be given.

Outside of it the rows that are known are shown, and the total stays open: a missing row may be a missing preference, a
duty that nobody recorded, or a tariff line that differs within the product group.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

START = date(2024, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The measures on `product` of `origins` into `importer` are all recorded from `since` to `until` (both included).

    `why` says what the claim rests on or where it ends.
    """

    importer: str
    product: str
    origins: tuple[str, ...]
    since: date = START
    until: date | None = None
    why: str

    def is_about(self, product: str, importer: str) -> bool:
        """Whether it speaks of the product and importer."""
        return (self.product, self.importer) == (product, importer)

    def holds_on(self, day: date) -> bool:
        """Whether the claim is made for the day."""
        return self.since <= day and (self.until is None or day <= self.until)


def _us(product: str, *origins: str, why: str) -> Coverage:
    return Coverage(importer="US", product=product, origins=origins, why=why)


_CARS = (
    "ordinary duty, KORUS, Section 301, IEEPA, Sections 232 and 122 and the deals with JP, EU, KR, GB were looked for"
)
_NOTHING_AFTER = "what followed was not found"

COVERAGE: tuple[Coverage, ...] = (
    _us("ev_car", "CN", "EU", "JP", "KR", "GB", "BR", "IN", "TR", "MX", why=_CARS),
    _us("ev_car", "CA", why=_CARS + "; Section 338 duties on Canada leave Section 232 goods out"),
    _us("hybrid_car", "CN", "EU", "JP", "KR", "GB", "BR", "IN", "TR", why=_CARS),
    _us("ice_car", "CN", "EU", "JP", "KR", "GB", "BR", "IN", "TR", why=_CARS),
    _us("ev_battery", "CN", "EU", "JP", "KR", why="the same measures; parts from GB, CA, MX have rules of their own"),
    _us("non_ev_battery", "CN", "EU", "JP", "KR", why="ordinary duty and the general surcharges since 2025"),
    Coverage(
        importer="EU",
        product="ev_car",
        origins=("CN", "US", "BR", "IN", "JP", "KR", "GB", "CA", "MX", "TR"),
        why="common tariff, agreements, countervailing duties of 2024 and the arrangement with the US of 2026",
    ),
    Coverage(importer="EU", product="hybrid_car", origins=("CN",), why="outside the countervailing duties"),
    Coverage(importer="EU", product="ice_car", origins=("CN",), why="outside the countervailing duties"),
    Coverage(
        importer="EU", product="ev_battery", origins=("CN",), why="common tariff; no trade defence measure is known"
    ),
    Coverage(
        importer="CA",
        product="ev_car",
        origins=("CN", "EU", "GB", "JP", "KR", "MX", "IN"),
        why="ordinary duty, agreements, the surtax of 2024 and the quota of 2026",
    ),
    Coverage(
        importer="CA",
        product="ev_car",
        origins=("US",),
        until=date(2026, 9, 7),
        why="further Canadian measures were announced for 2026-09-08; " + _NOTHING_AFTER,
    ),
    Coverage(
        importer="CA",
        product="hybrid_car",
        origins=("CN",),
        until=date(2026, 2, 28),
        why="whether the quota of 2026 took hybrids in, and the surtax off them, was not found",
    ),
    Coverage(
        importer="MX",
        product="ev_car",
        origins=("CN", "IN", "KR", "US", "CA", "EU", "GB", "JP"),
        why="general duty, the exemption to 2024-09-30, the reform of 2026 and the agreements",
    ),
    Coverage(
        importer="MX", product="ice_car", origins=("CN", "IN", "KR"), why="general duty; origins without agreement"
    ),
    Coverage(
        importer="BR",
        product="ev_car",
        origins=("CN", "US", "EU", "GB", "JP", "KR", "IN", "CA"),
        why="schedule of November 2023 and the agreement with the EU; the agreement with Mexico was not checked",
    ),
    Coverage(
        importer="BR", product="hybrid_car", origins=("CN", "US", "EU", "JP", "KR"), why="schedule of November 2023"
    ),
    Coverage(
        importer="GB",
        product="ev_car",
        origins=("CN", "US", "EU", "JP", "KR", "CA", "MX", "TR"),
        why="general tariff and agreements; no trade remedy on electric cars is known",
    ),
    Coverage(
        importer="GB",
        product="ev_car",
        origins=("IN",),
        until=date(2026, 7, 14),
        why="the agreement with India was to apply from 2026-07-15; " + _NOTHING_AFTER,
    ),
    Coverage(
        importer="TR",
        product="ev_car",
        origins=("CN", "JP", "IN", "BR", "CA", "MX", "EU", "GB", "KR"),
        why="customs union tariff and the additional duties of 2023, 2024 and 2025",
    ),
    Coverage(
        importer="TR",
        product="ev_car",
        origins=("US",),
        since=date(2025, 9, 21),
        why="the additional obligation of 2018 on goods of the US, ended on that day, is not recorded",
    ),
    Coverage(
        importer="IN",
        product="ev_car",
        origins=("CN", "US", "EU", "JP", "KR", "CA", "MX"),
        why="built-up cars by value; agreements with JP and KR are taken to leave cars out, the one with the EU is to come",
    ),
    Coverage(
        importer="IN",
        product="ev_car",
        origins=("GB",),
        until=date(2026, 7, 14),
        why="the agreement with the UK was to apply from 2026-07-15; " + _NOTHING_AFTER,
    ),
    Coverage(
        importer="CN",
        product="ev_car",
        origins=("US",),
        until=date(2026, 11, 9),
        why="China suspended 24 of 34 points for one year from 2025-11-10; " + _NOTHING_AFTER,
    ),
)


def coverage_gap(product: str, origin: str, importer: str, on: date) -> str | None:
    """Why the recorded measures may not be all of them, as a sentence; None where they are meant to be all."""
    about = [entry for entry in COVERAGE if entry.is_about(product, importer)]
    if not about:
        return f"the table does not claim to hold every duty of {importer} on {product}"
    here = [entry for entry in about if origin in entry.origins]
    if not here:
        known = ", ".join(sorted({name for entry in about for name in entry.origins}))
        return f"the duties of {importer} on {product} of {origin} are not recorded; recorded are goods of {known}"
    if any(entry.holds_on(on) for entry in here):
        return None
    return "; ".join(_outside(entry) for entry in here)


def _outside(entry: Coverage) -> str:
    end = f" to {entry.until}" if entry.until else ""
    return f"the duties are recorded from {entry.since}{end} only: {entry.why}"
