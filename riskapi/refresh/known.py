"""The companies of the datasets as an official list may mean them: by exact name, by country, by identifier. Never by likeness.

Enters: rows of `companies` and `names`. Leaves: `KnownCompanies`, which is asked for a name.

Two names are the same when their words and their legal forms are the same, whichever way the forms are written (`Company
Limited`, `Co., Ltd.`), or when one of the two has no form and no other form is known for that company.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from riskapi.entities.names import is_unspaced, keys_of, normalise
from riskapi.warehouse.rows import Row

#: Kinds of names.csv that are a company's own; by the others it may be found, and it may share them.
OWN_KINDS = frozenset({"name", "legal", "short", "native", "transliteration"})
SHARED_KINDS = frozenset({"former", "alias"})
#: A core so short is an abbreviation that many share.
SHORTEST_CORE = 4

_LONG_FORMS = (
    ("public joint stock company", "pjsc"),
    ("open joint stock company", "ojsc"),
    ("closed joint stock company", "cjsc"),
    ("joint stock company", "jsc"),
    ("limited liability company", "llc"),
)
_SHORT_FORMS = {
    "company": "co",
    "corporation": "corp",
    "incorporated": "inc",
    "limited": "ltd",
    "ooo": "llc",
    "oao": "ojsc",
    "pao": "pjsc",
    "zao": "cjsc",
    "ao": "jsc",
    "the": "",
}
_LONG = [(re.compile(rf"\b{long}\b"), short) for long, short in _LONG_FORMS]


@dataclass(frozen=True, slots=True)
class Identity:
    """A name as something to compare: its words without legal forms, and the forms in one spelling."""

    core: str
    forms: tuple[str, ...]
    words: int

    @property
    def is_telling(self) -> bool:
        """Whether the name is more than one word or a short code, so that a namesake is unlikely."""
        return self.words > 1 or is_unspaced(self.core)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCompany:
    """What is compared of a company beside its names."""

    company_id: str
    name: str
    countries: frozenset[str]
    lei: str | None = None


@lru_cache(maxsize=1 << 17)
def identity_of(name: str) -> Identity:
    """The identity of a name; its core is empty where the name holds no letter or digit."""
    keys = keys_of(name)
    if is_unspaced(keys.full):
        rest = keys.full.replace(keys.core, "", 1)
        return Identity(keys.core, (rest,) if rest else (), 1)
    before, _, after = f" {normalise(name)} ".partition(f" {' '.join(keys.words)} ")
    forms = sorted(form for part in (before, after) for form in _one_spelling(part))
    return Identity(keys.core, tuple(forms), len(keys.words))


def _one_spelling(forms: str) -> list[str]:
    for long, short in _LONG:
        forms = long.sub(short, forms)
    return [short for word in forms.split() if (short := _SHORT_FORMS.get(word, word))]


class KnownCompanies:
    """Companies by exact name."""

    def __init__(self, companies: Iterable[KnownCompany], names: Iterable[tuple[str, str, str]]) -> None:
        """`names` are (company_id, name, kind); the names in `companies` are added."""
        self.companies: Mapping[str, KnownCompany] = {company.company_id: company for company in companies}
        self.by_lei = {company.lei: company.company_id for company in self.companies.values() if company.lei}
        self._own: dict[str, set[tuple[str, tuple[str, ...]]]] = defaultdict(set)
        self._shared: dict[str, set[tuple[str, tuple[str, ...]]]] = defaultdict(set)
        self._any: dict[str, set[str]] = defaultdict(set)
        own = ((company.company_id, company.name, "name") for company in self.companies.values())
        for company_id, name, kind in (*own, *names):
            index = self._own if kind in OWN_KINDS else self._shared if kind in SHARED_KINDS else None
            identity = identity_of(name)
            self._any[identity.core].add(company_id)
            if index is not None and identity.core:
                index[identity.core].add((company_id, identity.forms))

    def named(self, name: str, *, strictly: bool = False) -> set[str]:
        """Companies with this name. `strictly`: with these very forms, and no name that says little."""
        identity = identity_of(name)
        if strictly and not identity.is_telling:
            return set()
        known = self._own.get(identity.core, set())
        same = {company for company, forms in known | self._shared.get(identity.core, set()) if forms == identity.forms}
        if same or strictly or len(identity.core) < SHORTEST_CORE:
            return same
        return {company for company, _ in known if self._may_be(company, identity)}

    def _may_be(self, company_id: str, identity: Identity) -> bool:
        """Whether the forms do not contradict: the query has none, or the company is known by none."""
        forms = {found for company, found in self._own[identity.core] if company == company_id and found}
        return not forms or not identity.forms

    def sharing_core(self, name: str) -> set[str]:
        """Companies one of whose names, brands and codes too, differs from this one in nothing but the legal form."""
        core = identity_of(name).core
        return set(self._any.get(core, ())) if core else set()


def known_companies(companies: Iterable[Row], names: Iterable[Row]) -> KnownCompanies:
    """The companies out of the rows of the two tables."""
    rows = tuple(companies)
    legal = [(str(row["company_id"]), str(row["legal_name"]), "legal") for row in rows if row["legal_name"]]
    others = [(str(row["company_id"]), str(row["name"]), str(row["kind"])) for row in names]
    return KnownCompanies([_known(row) for row in rows], [*legal, *others])


def _known(row: Row) -> KnownCompany:
    countries = {str(row[column]) for column in ("seat_country", "incorporation_country") if row[column]}
    return KnownCompany(
        company_id=str(row["company_id"]),
        name=str(row["name"]),
        countries=frozenset(countries),
        lei=str(row["lei"]) if row["lei"] else None,
    )
