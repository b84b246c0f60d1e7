"""Who stands behind the parties: the register of owners in, one row for each holding above a party out.

Shares of owners of owners are multiplied along the shortest path, where every share on it is known; what control rests on
is the business of `riskapi.entities.ownership` and marked here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from riskapi.entities.ownership import AGREEMENT, EQUITY, GOLDEN, VIE, VOTING, Edge, View, control_in, view_above
from riskapi.entities.records import Register
from riskapi.facts.evidence import OWNER_TYPES
from riskapi.warehouse.countries import country_names

KINDS = {
    EQUITY: "capital", VOTING: "votes", AGREEMENT: "control by law or agreement", GOLDEN: "golden share",
    VIE: "control by contract (VIE)",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One holding above a party. `level` 1 holds the party itself; shares are fractions, None is not known.

    `path` names everybody from the owner down to the party; `share_along_path` is the capital multiplied along it.
    """

    party: str
    level: int
    owner: str
    owner_is: str
    owner_country: str | None
    held: str
    kind: str
    share: float | None
    path: tuple[str, ...]
    share_along_path: float | None
    is_control: bool
    since: date | None
    source_url: str | None
    as_of: date | None
    confidence: str
    note: str | None


def holdings(register: Register, companies: Iterable[tuple[str, str]], as_of: date) -> tuple[Holding, ...]:
    """The holdings above each company (name in the briefing, id), the nearest first; companies not on record have none."""
    return tuple(
        item
        for name, company_id in companies
        if company_id in register.companies
        for item in _above(register, name, view_above(register.holders, company_id, as_of))
    )


def _above(register: Register, party: str, view: View) -> Iterator[Holding]:
    control = {edge for link in control_in(view, register.bystanders).path for edge in link.edges}
    paths = _paths(view)
    shares = _shares(view, paths)
    for held in sorted(paths, key=lambda one: (len(paths[one]), one)):
        for stake in sorted(view.stakes.get(held, ()), key=lambda one: (-_largest(one.by_kind), one.owner_id)):
            for edge in stake.by_kind.values():
                capital = _fraction(edge) if edge.kind == EQUITY else None
                below = shares[held]
                yield Holding(
                    party=party,
                    level=len(paths[held]),
                    owner=register.name_of(stake.owner_id),
                    owner_is=_kind_of(register, stake.owner_id),
                    owner_country=_country_of(register, stake.owner_id),
                    held=register.name_of(held),
                    kind=KINDS.get(edge.kind, edge.kind),
                    share=_fraction(edge),
                    path=tuple(register.name_of(one) for one in (stake.owner_id, *paths[held])),
                    share_along_path=None if capital is None or below is None else capital * below,
                    is_control=edge in control,
                    since=edge.valid_from,
                    source_url=edge.source_url,
                    as_of=edge.as_of,
                    confidence=edge.confidence,
                    note=edge.note,
                )


def _paths(view: View) -> Mapping[str, tuple[str, ...]]:
    """Everybody above the company with the shortest way down to it, both ends included."""
    found: dict[str, tuple[str, ...]] = {view.company: (view.company,)}
    waiting = deque([view.company])
    while waiting:
        held = waiting.popleft()
        for stake in view.stakes.get(held, ()):
            if stake.owner_id not in found:
                found[stake.owner_id] = (stake.owner_id, *found[held])
                waiting.append(stake.owner_id)
    return found


def _shares(view: View, paths: Mapping[str, tuple[str, ...]]) -> Mapping[str, float | None]:
    """The capital of the company that each holds along its path; the company holds itself wholly."""
    capital = {
        (stake.owner_id, held): _fraction(stake.by_kind[EQUITY])
        for held, stakes in view.stakes.items()
        for stake in stakes
        if EQUITY in stake.by_kind
    }
    found: dict[str, float | None] = {view.company: 1.0}
    for owner, path in sorted(paths.items(), key=lambda item: len(item[1])):
        if owner != view.company:
            own, below = capital.get((owner, path[1])), found[path[1]]
            found[owner] = None if own is None or below is None else own * below
    return found


def _fraction(edge: Edge) -> float | None:
    return None if edge.share_pct is None else edge.share_pct / 100


def _largest(by_kind: Mapping[str, Edge]) -> float:
    return max((edge.share_pct or 0.0 for edge in by_kind.values()), default=0.0)


def _kind_of(register: Register, party: str) -> str:
    return OWNER_TYPES[register.owners[party].type] if party in register.owners else "a company"


def _country_of(register: Register, party: str) -> str | None:
    owner, company = register.owners.get(party), register.companies.get(party)
    code = owner.country if owner else company.seat_country if company else None
    return None if code is None else country_names().get(code, code)
