"""GET /v1/facts: the vocabulary. Enters: nothing. Leaves: every fact with its type, unit, values and question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from riskapi.api.operations import Asked, Example, Operation
from riskapi.assessment.answer import Versions
from riskapi.facts.vocabulary import Fact, Value
from riskapi.workspace import Workspace


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


def list_facts(workspace: Workspace, _: Asked) -> FactsAnswer:
    """The whole vocabulary."""
    vocabulary = workspace.vocabulary
    used = sorted({fact.domain for fact in vocabulary if fact.domain})
    return FactsAnswer(
        facts=tuple(_entry(fact) for fact in vocabulary),
        domains=tuple(_domain(name, vocabulary.domains[name]) for name in used),
        versions=workspace.versions,
    )


def _domain(name: str, codes: Mapping[str, str]) -> Domain:
    return Domain(name=name, codes=tuple(Code(code=code, label=label) for code, label in codes.items()))


def _entry(fact: Fact) -> FactEntry:
    return FactEntry(
        name=fact.name,
        type=fact.type.value,
        meaning=fact.meaning,
        origin=fact.origin.value,
        source=fact.source,
        unit=fact.unit,
        domain=fact.domain,
        world=fact.world.value,
        default=fact.default,
        told=fact.told,
        one_sided=fact.one_sided,
        mirror=fact.mirror,
        in_conditions=fact.in_conditions,
        question=fact.question,
        minimum=fact.minimum,
        maximum=fact.maximum,
    )


OPERATIONS = (
    Operation(
        id="listFacts",
        path="/v1/facts",
        tag="facts",
        summary="List the facts that rules use and callers may tell",
        description="Every fact with type, unit, values, what silence means and the question to ask; the code lists.",
        run=list_facts,
        answers=FactsAnswer,
        examples=(Example(name="all", summary="The whole vocabulary"),),
    ),
)
