"""GET /v1/facts: the vocabulary. Enters: nothing. Leaves: every fact with its type, unit, values and question."""

from __future__ import annotations

from collections.abc import Mapping

from riskapi.api.frame.operation import Asked, Example, Operation
from riskapi.facts.vocabulary import Fact
from riskapi.records.facts import Code, Domain, FactEntry, FactsAnswer
from riskapi.workspace import Workspace


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
