"""The other values that a deal fact could have: those at which some rule changes its answer.

Enters: a pairing and the rules in play with their critical values. Leaves: for each deal fact that a rule reads, what it
is now (told, derived, assumed or not known), the rules that read it, and the values worth trying: both sides of every
threshold of a rule or of a screening regime, every code that a rule mentions, and for countries those whose law is in the
book. No list of our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from riskapi.facts.assembly import WITHOUT_EQUITY, Assembler, Pairing
from riskapi.facts.screening import DEAL_INPUTS, FILING, NAMES_BUSINESS, REACHES
from riskapi.facts.vocabulary import Fact, FactType, Origin, Value, Vocabulary, World
from riskapi.rules import Kind, Rule

#: Values tried of one fact at most.
MAX_VALUES = 60
#: A holder of more is in control.
HALF = 0.5
#: Just below a threshold of a share.
SHARE_STEP = 0.001
#: Codes of a list up to which each is tried alone, and added to what is told.
FEW_CODES = 12

_SCREENING = ("deal.activity_country", *sorted(DEAL_INPUTS))
#: Facts that callers tell in place of those computed from them.
SOURCES: Mapping[str, tuple[str, ...]] = {
    "jurisdiction.activity_here": ("deal.activity_country",),
    "jurisdiction.market_here": ("deal.market_countries",),
    "jurisdiction.import_duty_pct": ("deal.production_countries",),
    "jurisdiction.climate": ("deal.activity_country",),
    FILING: ("deal.activity_country",),
    NAMES_BUSINESS: _SCREENING,
    REACHES: _SCREENING,
    "deal.activity_groups": ("deal.activity_country",),
}
#: Countries that choose the law that applies: tried for every jurisdiction in the book.
_PLACES = frozenset({"deal.activity_country", "deal.market_countries", "deal.production_countries"})

#: Facts that follow from others where they are not told.
_FOLLOW: Mapping[str, tuple[str, ...]] = {
    "deal.type": (
        "deal.foreign_stake",
        "deal.host_stake",
        "deal.foreign_control",
        "deal.foreign_control_excluded",
        "deal.production_countries",
    ),
    "deal.foreign_stake": ("deal.host_stake", "deal.foreign_control", "deal.foreign_control_excluded"),
    "deal.foreign_control": ("deal.foreign_control_excluded",),
    "deal.activity_country": ("deal.production_countries",),
}

Critical = Mapping[str, Mapping[str, frozenset[Value]]]  # rule id -> fact -> values


class Standing(StrEnum):
    """How the value of a fact came about."""

    TOLD = "told"
    DERIVED = "derived"  # follows from other facts
    ASSUMED = "assumed"  # taken as the usual case, because nobody told otherwise
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A deal fact as it is, the values worth trying instead, and the ids of the rules that read it.

    `rules` are also those that read what follows from it, `mitigating` those among them that speak for the deal.
    """

    fact: Fact
    now: Value
    standing: Standing
    rules: frozenset[str]
    mitigating: frozenset[str]
    values: tuple[Value, ...]


def variables(
    pairing: Pairing, rules: Sequence[Rule], critical: Critical, assembler: Assembler, jurisdictions: Iterable[str]
) -> tuple[Variable, ...]:
    """Every deal fact that the rules read, in the order of the vocabulary."""
    vocabulary = assembler.vocabulary
    readers: dict[str, set[str]] = {}
    values: dict[str, set[Value]] = {"deal.foreign_stake": screening_shares(pairing, assembler)}
    for rule, name, source in _reads(pairing, rules, vocabulary):
        readers.setdefault(source, set()).add(rule.id)
        values.setdefault(source, set()).update(critical[rule.id].get(name, frozenset()))
    for name, following in _FOLLOW.items():
        readers.get(name, set()).update(*(readers.get(other, ()) for other in following))
    kind = {rule.id: rule.kind for rule in rules}
    view = _lead_view(pairing)
    countries = sorted(code for code in jurisdictions if code in vocabulary.domains["country"])
    found = []
    for fact in vocabulary.tellable:
        if fact.name in readers and fact.origin is Origin.DEAL:
            now, standing = _now(fact, pairing, view)
            places = countries if fact.name in _PLACES else []
            reading = frozenset(readers[fact.name])
            found.append(
                Variable(
                    fact=fact,
                    now=now,
                    standing=standing,
                    rules=reading,
                    mitigating=frozenset(one for one in reading if kind[one] is Kind.MITIGATING),
                    values=_values(fact, now, values[fact.name], places, view, vocabulary),
                )
            )
    return tuple(found)


def screening_shares(pairing: Pairing, assembler: Assembler) -> set[Value]:
    """The shares from which a screening regime of the activity country reaches a deal that day, and just below each."""
    country = pairing.told.get("deal.activity_country")
    if assembler.screening is None or not isinstance(country, str):
        return set()
    regimes = [row for row in assembler.screening.regimes.get(country, ()) if row.holds_on(pairing.as_of)]
    shares = {share / 100 for row in regimes for share in (row.threshold, row.state_threshold) if share}
    return {round(value, 6) for share in shares for value in (share, share - SHARE_STEP)}


def applied(told: Mapping[str, Value], changes: Mapping[str, Value]) -> dict[str, Value]:
    """The told facts after the changes, without told facts that no longer can hold.

    A deal without equity keeps no told stake or control that came with it; a joint venture's other stake is the rest; a
    site in another country is in another state or province.
    """
    after = {**told, **changes}
    if changes.get("deal.type") in WITHOUT_EQUITY:
        gone = {"deal.foreign_stake", "deal.host_stake"}
        gone |= {"deal.foreign_control"} if told.get("deal.foreign_control") is True else set()
    elif "deal.foreign_stake" in changes and after.get("deal.type") == "joint_venture":
        gone = {"deal.host_stake"}
    else:
        gone = set()
    if "deal.activity_country" in changes and changes["deal.activity_country"] != told.get("deal.activity_country"):
        gone.add("deal.activity_subdivision")
    return {name: value for name, value in after.items() if name not in gone or name in changes}


def is_possible(told: Mapping[str, Value]) -> bool:
    """Whether the told facts can hold together: nobody is without control who holds more than half."""
    stake = told.get("deal.foreign_stake")
    return not (told.get("deal.foreign_control") is False and isinstance(stake, float) and stake > HALF)


def no_longer_told(told: Mapping[str, Value], changes: Mapping[str, Value]) -> tuple[str, ...]:
    """The told facts that the changes take away."""
    after = applied(told, changes)
    return tuple(sorted(name for name, value in told.items() if value is not None and name not in after))


def _reads(pairing: Pairing, rules: Iterable[Rule], vocabulary: Vocabulary) -> Iterator[tuple[Rule, str, str]]:
    """Rule, fact as the rule names it, fact as the caller tells it: from the other side each is its mirror."""
    seen_from: dict[str, set[int]] = {}
    for viewpoint in pairing.viewpoints:
        seen_from.setdefault(viewpoint.jurisdiction, set()).add(viewpoint.foreign)
    for rule in rules:
        for foreign in sorted(seen_from.get(rule.jurisdiction, ())):
            as_lead = pairing.lead is None or pairing.lead == foreign
            for name in rule.fact_order:
                fact = vocabulary[name]
                itself = name if as_lead or not fact.one_sided else fact.mirror
                for source in SOURCES.get(name, () if itself is None else (itself,)):
                    if vocabulary[source].told:
                        yield rule, name, source


def _lead_view(pairing: Pairing) -> Mapping[str, Value]:
    for viewpoint in pairing.viewpoints:
        if pairing.lead is None or viewpoint.foreign == pairing.lead:
            return viewpoint.facts
    return pairing.told


def _now(fact: Fact, pairing: Pairing, view: Mapping[str, Value]) -> tuple[Value, Standing]:
    told, value = pairing.told.get(fact.name), view.get(fact.name)
    if told is not None:
        return told, Standing.TOLD
    if value is None:
        return None, Standing.UNKNOWN
    assumed = fact.world is World.CLOSED and value == fact.default
    return value, Standing.ASSUMED if assumed else Standing.DERIVED


def _values(  # noqa: PLR0913  # the parts of one fact, each once
    fact: Fact,
    now: Value,
    critical: set[Value],
    places: list[str],
    view: Mapping[str, Value],
    vocabulary: Vocabulary,
) -> tuple[Value, ...]:
    match fact.type:
        case FactType.BOOL:
            found: set[Value] = {True, False}
        case FactType.LIST:
            found = _lists(now, critical, places, view)
        case FactType.STR:
            codes = {value for value in critical if isinstance(value, str)}
            found = {*(places or codes | _outsider(fact, codes, vocabulary))}
        case FactType.DATE:
            found = {value for value in critical if isinstance(value, date)}
        case _:
            found = {value for value in critical if isinstance(value, int | float) and not isinstance(value, bool)}
    return tuple(sorted(found - {now}, key=lambda value: _closeness(now, value)))[:MAX_VALUES]


def _closeness(now: Value, value: Value) -> tuple[float, int, str]:
    """The nearest to what holds now first; where that is not known, the largest: the least that is given up."""
    if isinstance(value, int | float):
        return (abs(value - now) if isinstance(now, int | float) else -float(value), 0, "")
    if isinstance(value, tuple):
        kept = set(value) ^ set(now) if isinstance(now, tuple) else set(value)
        return (float(len(kept)), -len(value), ",".join(value))
    return (0.0, 0, str(value))


def _outsider(fact: Fact, values: set[str], vocabulary: Vocabulary) -> set[str]:
    """A code that no rule mentions."""
    outside = (code for code in vocabulary.codes(fact) or () if code not in values and code != "other")
    first = next(outside, None)
    return set() if first is None or fact.domain == "country" else {first}


def _lists(now: Value, critical: set[Value], places: list[str], view: Mapping[str, Value]) -> set[Value]:
    """Nothing, all that rules mention, each alone where these are few; and what is told with one more or one fewer."""
    mentioned = {code for value in critical if isinstance(value, tuple) for code in value}
    codes = sorted(mentioned | set(places))
    found: set[Value] = {(), tuple(sorted(mentioned))}
    if len(codes) <= FEW_CODES or places:
        found |= {(code,) for code in codes}
    here = view.get("deal.activity_country")
    if isinstance(here, str) and (places or _are_countries(mentioned)):
        found.add((here,))
    if isinstance(now, tuple):
        found |= {tuple(other for other in now if other != code) for code in now}
        found.add(tuple(code for code in now if code not in mentioned))
        found |= {(*now, code) for code in codes if code not in now} if len(codes) <= 2 * FEW_CODES else set()
    return found - {()} if places else found  # what is made or sold, is made or sold somewhere


def _are_countries(codes: set[str]) -> bool:
    return bool(codes) and all(len(code) == len("US") and code.isupper() for code in codes)
