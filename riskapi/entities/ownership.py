"""Who stands behind a company on a date: the controller, a state's share, designated owners.

Enters: ownership rows as `Edge`s. Leaves: plain answers with the rows that they rest on. Pure: nothing is read here.

One idea serves all three questions: start from a set of owners, add every company that the set holds or controls, and
repeat until nothing is added (the least such set, so cross-holdings and circles need no special care).

- *Control*: more than half of the votes (of the capital where the votes are not known), held together by companies
  under one controller; or a contract. Exactly half counts where nobody else holds half, and is marked.
- *A state's share*: holdings of the state and its agencies, and in full those of companies in which they hold more than
  half. No law counts exactly so; what single laws count is in `interests`.
- *Designated owners*: shares of 50 percent or more in the aggregate, passed on only by companies that are themselves held
  to 50 percent or more: for each list, and for several lists where a law adds up their owners (OFAC guidance of
  2014-08-13; 15 CFR 744.11 and 744.21 as amended by 90 FR 47201).

A share that is not known is not zero: each answer tells whether any value of it could change the answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

EQUITY, VOTING, AGREEMENT, GOLDEN, VIE = "equity", "voting", "control_agreement", "golden_share", "vie_contract"

#: From the weakest to the strongest; a conclusion is as strong as its weakest row.
CONFIDENCES = ("low", "medium", "high")

HALF = 50.0
#: Sums of rounded percentages are compared with this much room.
EPSILON = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One row of ownership.csv.

    `share_pct` None is not known; `valid_from` None is since before records; `valid_to` is the last day, None is still.
    """

    owner_id: str
    owned_id: str
    kind: str
    share_pct: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    confidence: str = "low"
    source_url: str | None = None
    as_of: date | None = None
    note: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the row speaks of that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


Holders: TypeAlias = Mapping[str, Sequence[Edge]]  # what is held -> its ownership rows of all times


def index_edges(edges: Iterable[Edge]) -> Holders:
    """The rows by what is held."""
    found: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[edge.owned_id].append(edge)
    return found


def everyone_above(holders: Holders, company: str) -> set[str]:
    """All direct and indirect owners of any time, the company itself included."""
    seen, waiting = {company}, [company]
    while waiting:
        for edge in holders.get(waiting.pop(), ()):
            if edge.owner_id not in seen:
                seen.add(edge.owner_id)
                waiting.append(edge.owner_id)
    return seen


@dataclass(frozen=True, slots=True)
class Stake:
    """Everything that one owner holds in one company on one day, by kind."""

    owner_id: str
    by_kind: Mapping[str, Edge]

    def first_known(self, kinds: Sequence[str]) -> Edge | None:
        """The row of the first kind whose share is known; failing that, of the first kind there is."""
        rows = [self.by_kind[kind] for kind in kinds if kind in self.by_kind]
        return next((row for row in rows if row.share_pct is not None), rows[0] if rows else None)


@dataclass(frozen=True, slots=True)
class View:
    """The ownership graph above one company on one day."""

    company: str
    as_of: date
    stakes: Mapping[str, tuple[Stake, ...]]  # what is held -> its owners; only what lies above the company

    def owners(self) -> set[str]:
        """All direct and indirect owners of the company on that day."""
        return {stake.owner_id for stakes in self.stakes.values() for stake in stakes} - {self.company}


def view_above(holders: Holders, company: str, as_of: date) -> View:
    """The part of the graph that can matter to `company` on `as_of`."""
    stakes: dict[str, tuple[Stake, ...]] = {}
    waiting = [company]
    while waiting:
        held = waiting.pop()
        if held in stakes:
            continue
        stakes[held] = _stakes_in(holders.get(held, ()), as_of)
        waiting += [stake.owner_id for stake in stakes[held]]
    return View(company, as_of, stakes)


def _stakes_in(edges: Sequence[Edge], as_of: date) -> tuple[Stake, ...]:
    found: dict[str, dict[str, Edge]] = {}
    for edge in edges:
        if edge.holds_on(as_of):
            by_kind = found.setdefault(edge.owner_id, {})
            known = by_kind.get(edge.kind)
            if known is None or (known.valid_from or date.min) < (edge.valid_from or date.min):
                by_kind[edge.kind] = edge
    return tuple(Stake(owner, by_kind) for owner, by_kind in sorted(found.items()))


# --- control ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlLink:
    """One step up: `owned_id` is controlled by `owner_id` through `basis` (a kind of holding).

    `share_pct` is the sum over `edges`, which are several where companies under one controller hold together;
    `owner_id` is then the largest of them. None where control does not rest on a share.
    """

    owned_id: str
    owner_id: str
    basis: str
    share_pct: float | None
    exactly_half: bool
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChain:
    """The way up from a company to its ultimate controller.

    `controller_id` is None where nobody holds control, or where control runs in a circle (`is_circular`).
    `rivals` are others with as good a claim, by rows that contradict each other: who controls is then not settled, and
    `controller_id` is only the first of them.
    """

    company_id: str
    controller_id: str | None
    path: tuple[ControlLink, ...] = ()
    is_circular: bool = False
    rivals: tuple[str, ...] = ()

    @property
    def confidence(self) -> str | None:
        """The lowest confidence on the path; None without a path."""
        levels = [edge.confidence for link in self.path for edge in link.edges]
        return min(levels, key=CONFIDENCES.index) if levels else None


def controllers(
    holders: Holders, company: str, as_of: date, bystanders: AbstractSet[str] = frozenset()
) -> ControlChain:
    """The chain of control above `company` on `as_of`; `bystanders` hold without ever controlling."""
    return control_in(view_above(holders, company, as_of), bystanders)


def control_in(view: View, bystanders: AbstractSet[str] = frozenset()) -> ControlChain:
    """The chain of control above the company of `view`."""
    if not view.stakes[view.company]:
        return ControlChain(company_id=view.company, controller_id=None)
    realms = {owner: controlled_by(view, owner) for owner in sorted(view.owners() - bystanders)}
    above = [owner for owner, realm in realms.items() if view.company in realm]
    if not above:
        return ControlChain(company_id=view.company, controller_id=None)
    dependent = {held for realm in realms.values() for held in realm} | set(controlled_by(view, view.company))
    tops = [owner for owner in sorted(above) if owner not in dependent]
    if not tops:
        return ControlChain(company_id=view.company, controller_id=None, is_circular=True)
    paths = {owner: _path(view.company, realms[owner]) for owner in tops}
    fewest = min(map(_agreements, paths.values()))
    best, *rivals = (owner for owner in tops if _agreements(paths[owner]) == fewest)
    return ControlChain(company_id=view.company, controller_id=best, path=paths[best], rivals=tuple(rivals))


def controlled_by(view: View, root: str) -> dict[str, ControlLink]:
    """Everything in `view` that `root` controls, with how; `root` itself is not in it."""
    links: dict[str, ControlLink] = {}
    realm = {root}
    added = True
    while added:
        added = False
        for held, stakes in view.stakes.items():
            if held not in realm and (link := _control_link(held, stakes, realm)):
                links[held] = link
                realm.add(held)
                added = True
    return links


def _control_link(held: str, stakes: Sequence[Stake], realm: AbstractSet[str]) -> ControlLink | None:
    """How owners in `realm` control `held`, if they do. A larger realm never loses control."""
    if not any(stake.owner_id in realm for stake in stakes):
        return None
    contracts = [stake for stake in stakes if VIE in stake.by_kind]
    if contracts:  # the shares of such a company lie with nominees
        return _contract_link(held, contracts, VIE, realm)
    votes = _votes(stakes)
    ours = {owner: edge for owner, edge in votes.items() if owner in realm}
    rest = max((_share(edge) for owner, edge in votes.items() if owner not in realm), default=0.0)
    total = sum(_share(edge) for edge in ours.values())
    if total > HALF + EPSILON or (abs(total - HALF) <= EPSILON and rest < HALF - EPSILON):
        return _share_link(held, ours, total)
    agreements = [stake for stake in stakes if AGREEMENT in stake.by_kind]
    return _contract_link(held, agreements, AGREEMENT, realm) if rest <= HALF + EPSILON else None


def _votes(stakes: Sequence[Stake]) -> dict[str, Edge]:
    """The row that tells each owner's say: votes, or capital where the votes are not known.

    Where one owner is known to have most votes, the capital of the others says nothing about votes.
    """
    known = {stake.owner_id: stake.first_known((VOTING, EQUITY)) for stake in stakes}
    rows = {owner: edge for owner, edge in known.items() if edge is not None and edge.share_pct}
    if any(edge.kind == VOTING and _share(edge) > HALF for edge in rows.values()):
        return {owner: edge for owner, edge in rows.items() if edge.kind == VOTING}
    return rows


def _share(edge: Edge) -> float:
    return edge.share_pct or 0.0


def _share_link(held: str, ours: Mapping[str, Edge], total: float) -> ControlLink:
    edges = sorted(ours.values(), key=lambda edge: (-_share(edge), edge.owner_id))
    if _share(edges[0]) > HALF:
        edges, total = edges[:1], _share(edges[0])
    return ControlLink(owned_id=held, owner_id=edges[0].owner_id, basis=edges[0].kind, share_pct=total,
                       exactly_half=abs(total - HALF) <= EPSILON, edges=tuple(edges))  # fmt: skip


def _contract_link(held: str, stakes: Sequence[Stake], kind: str, realm: AbstractSet[str]) -> ControlLink | None:
    edge = next((stake.by_kind[kind] for stake in stakes if stake.owner_id in realm), None)
    if edge is None:
        return None
    return ControlLink(
        owned_id=held, owner_id=edge.owner_id, basis=kind, share_pct=None, exactly_half=False, edges=(edge,)
    )


def _path(company: str, links: Mapping[str, ControlLink]) -> tuple[ControlLink, ...]:
    path = []
    held = company
    while held in links:
        path.append(links[held])
        held = links[held].owner_id
    return tuple(path)


def _agreements(path: Sequence[ControlLink]) -> int:
    """Among several controllers, one who rests on shares goes before one who rests on agreements."""
    return sum(link.basis == AGREEMENT for link in path)


# --- shares ----------------------------------------------------------------------------------------------------------

OWNED_KINDS = (EQUITY, VOTING)
#: Agencies and state funds are tied to their state by law, which the tables write as a control agreement with a share.
STATE_KINDS = (EQUITY, VOTING, AGREEMENT, GOLDEN)


@dataclass(frozen=True, slots=True)
class AttributedShare:
    """What a set of owners holds of a company, in percent: for certain (`share_pct`), and at most (`most_pct`)."""

    share_pct: float
    most_pct: float
    edges: tuple[Edge, ...]  # the direct holdings counted, and those that could count
    via: tuple[Edge, ...] = ()  # the holdings that make the intermediate companies count


@dataclass(frozen=True, slots=True, kw_only=True)
class StateShare:
    """The largest holding of one state. `country` None: no state is known to hold anything.

    `is_complete` is false where a share that is not known could change the figure or the state.
    """

    country: str | None
    share_pct: float
    most_pct: float
    is_complete: bool
    edges: tuple[Edge, ...] = field(default=())
    via: tuple[Edge, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignatedOwners:
    """Lists whose companies together hold 50 percent or more.

    `undecided` are lists where shares that are not known could make it so.
    """

    lists: Mapping[str, AttributedShare]
    undecided: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether no share that is not known could add a list."""
        return not self.undecided


def state_share(holders: Holders, state_owners: Mapping[str, str], company: str, as_of: date) -> StateShare:
    """The largest share of `company` that one state holds; `state_owners` maps states and agencies to their country."""
    return state_share_in(view_above(holders, company, as_of), state_owners)


def state_share_in(view: View, state_owners: Mapping[str, str]) -> StateShare:
    """The largest share of the company of `view` that one state holds."""
    seeds: dict[str, set[str]] = defaultdict(set)
    for owner in view.owners():
        if owner in state_owners:
            seeds[state_owners[owner]].add(owner)
    shares = {country: attributed(view, owners, STATE_KINDS, _is_majority) for country, owners in seeds.items()}
    held = {country: share for country, share in shares.items() if share.edges}
    if not held:
        return StateShare(country=None, share_pct=0.0, most_pct=0.0, is_complete=True)
    country = min(held, key=lambda code: (-held[code].share_pct, -held[code].most_pct, code))
    best = held[country]
    others = max((share.most_pct for code, share in held.items() if code != country), default=0.0)
    certain = best.most_pct - best.share_pct <= EPSILON and others <= best.share_pct + EPSILON
    return StateShare(country=country, share_pct=best.share_pct, most_pct=best.most_pct, is_complete=certain,
                      edges=best.edges, via=best.via)  # fmt: skip


def owners_with_designations_at_least_50(
    holders: Holders, designated: Mapping[str, Collection[str]], company: str, as_of: date
) -> DesignatedOwners:
    """The lists (list -> companies on it that day) whose companies together hold half of `company` or more."""
    return designated_owners_in(view_above(holders, company, as_of), designated)


def designated_owners_in(view: View, designated: Mapping[str, Collection[str]]) -> DesignatedOwners:
    """The lists whose companies together hold half of the company of `view` or more."""
    found, undecided = {}, []
    owners = view.owners()
    for name in sorted(designated):
        seeds = owners.intersection(designated[name])
        if seeds:
            share = attributed(view, seeds, OWNED_KINDS, is_half)
            if is_half(share.share_pct):
                found[name] = share
            elif is_half(share.most_pct):
                undecided.append(name)
    return DesignatedOwners(lists=found, undecided=tuple(undecided))


def attributed(
    view: View, seeds: AbstractSet[str], kinds: Sequence[str], passes_on: Callable[[float], bool]
) -> AttributedShare:
    """What `seeds` hold of the company of `view`, directly and through companies of which they hold enough."""
    sure = _counted(view, seeds, kinds, passes_on, fill=False)
    possible = _counted(view, seeds, kinds, passes_on, fill=True)
    stakes = view.stakes[view.company]
    via = [edge for held in sorted(sure - seeds) for edge in _rows_of(view.stakes.get(held, ()), sure, kinds)]
    return AttributedShare(
        share_pct=_sum(stakes, sure, kinds, fill=False),
        most_pct=_sum(stakes, possible, kinds, fill=True),
        edges=tuple(_rows_of(stakes, possible, kinds)),
        via=tuple(via),
    )


def unrecorded(view: View) -> float:
    """How many percent of the company of `view` the rows with a known share leave over."""
    rows = [row for stake in view.stakes[view.company] if (row := stake.first_known(STATE_KINDS))]
    return max(0.0, 100.0 - sum(_share(row) for row in rows))


def _counted(
    view: View, seeds: AbstractSet[str], kinds: Sequence[str], passes_on: Callable[[float], bool], *, fill: bool
) -> set[str]:
    """The seeds and every company through which their holdings pass."""
    counted = set(seeds) - {view.company}
    added = True
    while added:
        added = False
        for held, stakes in view.stakes.items():
            if held not in counted and held != view.company and passes_on(_sum(stakes, counted, kinds, fill=fill)):
                counted.add(held)
                added = True
    return counted


def _sum(stakes: Sequence[Stake], owners: AbstractSet[str], kinds: Sequence[str], *, fill: bool) -> float:
    """The shares of `owners`; with `fill`, one that is not known counts as all that the known ones leave."""
    rows = [row for stake in stakes if (row := stake.first_known(kinds))]
    total = sum(_share(row) for row in rows if row.owner_id in owners)
    if fill and any(row.share_pct is None and row.owner_id in owners for row in rows):
        left = 100.0 - sum(_share(row) for row in rows)
        total += max(0.0, left)
    return min(100.0, total)


def _rows_of(stakes: Sequence[Stake], owners: AbstractSet[str], kinds: Sequence[str]) -> list[Edge]:
    rows = [stake.first_known(kinds) for stake in stakes if stake.owner_id in owners]
    return [row for row in rows if row is not None and row.share_pct != 0]


def _is_majority(share: float) -> bool:
    return share > HALF + EPSILON


def is_half(share: float) -> bool:
    """Whether a percentage is one half or more, with room for rounding in sums."""
    return share >= HALF - EPSILON
