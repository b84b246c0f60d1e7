"""Parties of a pairing: a company of the datasets, one that the caller describes, or the first with the caller's corrections.

Enters: a profile with its evidence, or told facts. Leaves: a `Party` whose facts all carry where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from riskapi.facts.assembly import Party
from riskapi.facts.evidence import Confidence, Evidence
from riskapi.facts.groups import GroupIndex
from riskapi.facts.profiles import CompanyProfile
from riskapi.facts.vocabulary import COMPANY_FACTS, Value, World

_GOVERNMENT = "cfius_government_interest"
_NEXUS = ("seat_country", "incorporation_country", "control_country")
_SILENT: dict[str, Value] = {fact.name: fact.default if fact.world is World.CLOSED else None for fact in COMPANY_FACTS}


def dataset_party(
    profile: CompanyProfile,
    evidence: Mapping[str, tuple[Evidence, ...]],
    told: Mapping[str, Value],
    groups: GroupIndex,
    as_of: date,
) -> Party:
    """The company as the datasets have it, with told facts in place of theirs."""
    values = {**_SILENT, **profile.values}
    rows = dict(evidence)
    if told:
        values, rows = _corrected(values, rows, told, groups, as_of)
    return Party(name=str(profile.values["name"]), company_id=profile.company_id, values=values, evidence=rows)


def inline_party(name: str, told: Mapping[str, Value], groups: GroupIndex, as_of: date) -> Party:
    """A company that the caller describes; where control is not told it is taken to be where the seat is."""
    given = dict(told)
    rows: dict[str, tuple[Evidence, ...]] = {}
    values, rows = _corrected({**_SILENT, "name": name}, rows, given, groups, as_of)
    if values["control_country"] is None and values["seat_country"] is not None:
        assumed = {"control_country": values["seat_country"]}
        values, rows = _corrected(values, rows, assumed, groups, as_of)
        rows["control_country"] = (
            _evidence("control_country", "no majority owner was told: taken to be the country of the seat", "assumed"),
        )
    return Party(name=name, company_id=None, values=values, evidence=rows)


def _corrected(
    values: Mapping[str, Value],
    rows: Mapping[str, tuple[Evidence, ...]],
    told: Mapping[str, Value],
    groups: GroupIndex,
    as_of: date,
) -> tuple[dict[str, Value], dict[str, tuple[Evidence, ...]]]:
    """Told facts put in, and what follows from countries computed anew unless it was told as well."""
    result = {**values, **told}
    evidence = dict(rows)
    for leaf in told:
        evidence[leaf] = (_evidence(leaf, "told by the caller", "told"),)
    if any(leaf in told for leaf in _NEXUS):
        for leaf, value in _from_countries(result, groups, as_of).items():
            if leaf not in told:
                result[leaf] = value
                evidence[leaf] = (_evidence(leaf, "follows from the countries told by the caller", "told"),)
    if "state_share" in told and _GOVERNMENT not in told:
        result[_GOVERNMENT] = told["state_share"]
        statement = "taken to be the state share told by the caller, as if held directly"
        evidence[_GOVERNMENT] = (_evidence(_GOVERNMENT, statement, "told"),)
    return result, evidence


def _from_countries(values: Mapping[str, Value], groups: GroupIndex, as_of: date) -> dict[str, Value]:
    control = values["control_country"]
    countries = sorted({value for leaf in _NEXUS if isinstance(value := values[leaf], str)})
    nexus = tuple(sorted({group for country in countries for group in groups.groups_of(country, as_of)}))
    return {
        "control_groups": groups.groups_of(control, as_of) if isinstance(control, str) else None,
        "nexus_countries": tuple(countries) if countries else None,
        "nexus_groups": nexus if countries else None,
    }


def _evidence(leaf: str, statement: str, confidence: Confidence) -> Evidence:
    return Evidence(
        statement=f"{leaf}: {statement}",
        table="request",
        key=leaf,
        source_url=None,
        as_of=None,
        confidence=confidence,
        citation=None,
        note=None,
    )
