"""The answer about the vocabulary: facts and code lists."""

from __future__ import annotations

from dataclasses import dataclass

from riskapi.assessment.answer import Versions
from riskapi.facts.vocabulary import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class FactEntry:
    """One fact.

    `world` is open (not told is not known) or closed (not told is `default`); `domain` names the code list of its
    values; `told` is true where a caller may give it; `mirror` takes its place when the roles are exchanged.
    """

    name: str
    type: str
    meaning: str
    origin: str
    source: str
    unit: str | None
    domain: str | None
    world: str
    default: Value
    told: bool
    one_sided: bool
    mirror: str | None
    in_conditions: bool
    question: str | None
    minimum: float | None
    maximum: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One value of a code list, in words."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A code list."""

    name: str
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsAnswer:
    """The vocabulary, and the code lists that its facts use."""

    facts: tuple[FactEntry, ...]
    domains: tuple[Domain, ...]
    versions: Versions
