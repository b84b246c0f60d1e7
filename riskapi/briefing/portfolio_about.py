"""What a portfolio's workbook says beside its rows: a workspace and the request of a matrix in, `PortfolioAbout` out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from riskapi.assessment.build import NOTICE
from riskapi.assessment.words import fact_words, plural
from riskapi.briefing.marks import listed
from riskapi.matrix.request import Company, MatrixRequest, Template
from riskapi.rules import Rule
from riskapi.rules.template import in_words
from riskapi.scoring.scorecard import Band
from riskapi.workspace import Workspace

#: Companies of a side that are named; the others are counted.
NAMED: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAbout:
    """A rule as the sheets name it; `points` is its weight where it counts."""

    id: str
    title: str
    jurisdiction: str
    authority: str
    citation: str
    pillar: str
    points: float
    gate: str | None
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioAbout:
    """The terms of a matrix: how both sides were chosen, what was told of each template, what it was made from.

    `day` is the date that the files bear. `templates` holds for each name what was told, fact by fact in words.
    """

    foreign: str
    hosts: str
    templates: Mapping[str, Sequence[tuple[str, str]]]
    day: date
    engine: str
    rule_set: str
    dataset: str
    bands: tuple[Band, ...]
    pillars: Mapping[str, str]
    rules: Mapping[str, RuleAbout]
    notice: str = NOTICE
    warnings: tuple[str, ...] = ()

    def rule(self, ident: str) -> RuleAbout:
        """The rule; one that is no longer in the book is named by its id."""
        found = self.rules.get(ident)
        return found or RuleAbout(
            id=ident, title=ident, jurisdiction="", authority="", citation="", pillar="", points=0.0, gate=None, address=None
        )  # fmt: skip


def about_portfolio(
    workspace: Workspace,
    request: MatrixRequest,
    *,
    foreign: str | None = None,
    hosts: str | None = None,
    warnings: Iterable[str] = (),
) -> PortfolioAbout:
    """The terms of the request in the words of the workspace; `foreign` and `hosts` say how the sides were chosen."""
    versions = workspace.versions
    return PortfolioAbout(
        foreign=_side(request.foreign, foreign),
        hosts=_side(request.hosts, hosts),
        templates={template.name: _told(workspace, template) for template in request.templates},
        day=max(request.dates),
        engine=versions.engine,
        rule_set=versions.rule_set,
        dataset=versions.dataset,
        bands=workspace.card.bands,
        pillars={pillar.value: label for pillar, label in workspace.card.pillars.items()},
        rules={rule.id: _rule(workspace, rule) for rule in workspace.book.rules},
        warnings=tuple(warnings),
    )


def _side(companies: Sequence[Company], chosen: str | None) -> str:
    """`31 companies (control_country=CN): BYD, Geely and 29 more`."""
    names = listed((company.name for company in companies), NAMED)
    how = f" ({chosen})" if chosen else ""
    return f"{plural(len(companies), 'company', 'companies')}{how}: {names}"


def _told(workspace: Workspace, template: Template) -> list[tuple[str, str]]:
    vocabulary = workspace.vocabulary
    told = [(fact_words(name), in_words(vocabulary[name], value, vocabulary)) for name, value in template.deal.items()]
    return [*told, ("place", "the country that controls the host company")] if template.at_host else told


def _rule(workspace: Workspace, rule: Rule) -> RuleAbout:
    sources = rule.instrument.sources
    return RuleAbout(
        id=rule.id,
        title=rule.title,
        jurisdiction=rule.jurisdiction,
        authority=rule.instrument.authority,
        citation=rule.citation,
        pillar=workspace.card.pillars[rule.pillar],
        points=rule.points,
        gate=None if rule.gate is None else rule.gate.value,
        address=sources[0].url if sources else None,
    )
