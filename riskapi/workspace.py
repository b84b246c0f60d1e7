"""The typed core that the command line, the service and notebooks share: opens rules and datasets, answers questions.

Enters: settings. Leaves: a `Workspace`; its `answer` takes a checked request and gives the answer object.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, lru_cache
from types import TracebackType
from typing import Any, Final, Self

import duckdb

from riskapi import __version__
from riskapi.assessment.answer import Answer, Versions, to_json
from riskapi.assessment.build import Findings, build_answer
from riskapi.assessment.request import PartyRequest, ScoreRequest, read_request
from riskapi.assessment.whatif import Means, WhatIfAnswer, build_whatif
from riskapi.assessment.whatif_request import WhatIfRequest, read_whatif
from riskapi.claims.ledger import DealLedger
from riskapi.claims.record import PartyWanted
from riskapi.claims.status import DealStatus, deal_status
from riskapi.engine.evaluate import evaluate
from riskapi.engine.explain import Explainer
from riskapi.engine.recent import Recent
from riskapi.entities.alignment import MISSPELLING
from riskapi.entities.resolver import Ambiguous, Candidate, Match, NameIndex, NoMatch, Resolution, load_name_index
from riskapi.errors import NotFoundError, Problem, UnsettledNameError, did_you_mean
from riskapi.facts.assembly import Assembler, DutyOf, Pairing, Party
from riskapi.facts.evidence import Evidence
from riskapi.facts.groups import GroupIndex
from riskapi.facts.links import links_between
from riskapi.facts.parties import dataset_party, inline_party
from riskapi.facts.profiles import ProfileStore
from riskapi.facts.screening import ScreeningBook
from riskapi.facts.vocabulary import Vocabulary, load_vocabulary
from riskapi.refresh.warehouse import build_warehouse, ensure_warehouse, warehouse_path
from riskapi.rules import Example, Rule, RuleBook, load_file
from riskapi.rules.layers import book_version, is_stale, load_book, own_rules
from riskapi.scoring.card_layers import load_card
from riskapi.scoring.comparables import Called, Comparable, PastDeals
from riskapi.scoring.information import Inquiry
from riskapi.scoring.likeness import RuleProfile
from riskapi.scoring.observed import ObservedRates, load_observed
from riskapi.scoring.past import PastReader, rule_profile
from riskapi.scoring.score import Judged, score
from riskapi.scoring.scorecard import Scorecard
from riskapi.settings import Settings
from riskapi.tariffs import DutyBook, duty
from riskapi.warehouse.build import DatasetVersion
from riskapi.warehouse.open import code_domains, open_warehouse, read_version

#: Answers that are kept as JSON; as many again until they are forgotten.
ANSWERS_KEPT: Final = 40


@dataclass(frozen=True)
class Workspace:
    """Rules and datasets, opened once and asked often. Safe for use from several threads."""

    settings: Settings
    connection: duckdb.DuckDBPyConnection
    dataset: DatasetVersion
    vocabulary: Vocabulary
    book: RuleBook
    card: Scorecard
    names: NameIndex
    profiles: ProfileStore
    groups: GroupIndex
    ledger: DealLedger
    #: What the ledger holds besides the datasets, by a hash; None where it holds nothing else.
    edits: str | None = None

    @classmethod
    def open(cls, settings: Settings | None = None) -> Workspace:
        """Open the shipped rules and datasets, or those that the settings name; builds the warehouse where it is missing.

        Raises `RuleError` or `DataError` with the place of everything that is wrong.
        """
        settings = settings or Settings.from_environment()
        connection = open_warehouse(ensure_warehouse(settings))
        vocabulary = load_vocabulary(code_domains(connection))
        profiles = ProfileStore(connection)
        return cls(
            settings=settings,
            connection=connection,
            dataset=read_version(connection),
            vocabulary=vocabulary,
            book=load_book(settings, vocabulary, examples=False),
            card=load_card(settings),
            names=load_name_index(connection),
            profiles=profiles,
            groups=GroupIndex(profiles.register().memberships),
            ledger=DealLedger.from_connection(connection),
        )

    def with_ledger(self, ledger: DealLedger, edits: str | None) -> Workspace:
        """The same rules and tables with other deals, at little cost; `edits` tells in the version what is other.

        It shares the database and all that does not rest on the ledger: it must not be closed, nor outlive this one.
        """
        other = replace(self, ledger=ledger, edits=edits)
        other.__dict__.update((name, getattr(self, name)) for name in _APART_FROM_LEDGER)
        return other

    def close(self) -> None:
        """Release the database."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Questions

    def score(
        self,
        first: str | Mapping[str, Any],
        second: str | Mapping[str, Any],
        *,
        as_of: date | str,
        foreign_party: str | None = None,
        **deal: Any,  # noqa: ANN401  # deal facts are checked against the vocabulary
    ) -> Answer:
        """Score two parties (names, ids, or descriptions) and the facts of a deal: `type="joint_venture", ...`."""
        data: dict[str, Any] = {
            "parties": [first, second],
            "deal": {name: list(value) if isinstance(value, tuple) else value for name, value in deal.items()},
            "as_of": as_of,
            "foreign_party": foreign_party,
        }
        return self.ask(data, today=date.min)

    def ask(self, data: object, *, today: date) -> Answer:
        """Answer a question in the form of a request body; `today` is the as-of date where it states none."""
        return self.answer(read_request(data, self.vocabulary, today))

    def ask_json(self, data: object, *, today: date) -> bytes:
        """The answer of `ask` as JSON. What was asked just now is not worked out again: a workspace does not change."""
        dated = isinstance(data, dict) and data.get("as_of") is not None
        key = (json.dumps(data, sort_keys=True), None if dated else today)
        found = self._answered.get(key)
        return found if found is not None else self._answered.put(key, to_json(self.ask(data, today=today)))

    def answer(self, request: ScoreRequest) -> Answer:
        """Answer a checked question. Raises `UnsettledNameError` with candidates for names that do not settle."""
        pairing, matches = self._paired(request)
        asked = (request.parties[0].name, request.parties[1].name)
        return self._answer(pairing, asked, matches)

    def pairing(self, request: ScoreRequest) -> Pairing:
        """The facts that a checked question is answered from, as each jurisdiction sees them. Raises like `answer`."""
        return self._paired(request)[0]

    def whatif(self, data: object, *, today: date) -> WhatIfAnswer:
        """What would change the result of a question in the form of a request body with `grid`, `prefer` and `keep`.

        Raises `RequestError` with every problem, `UnsettledNameError` like `answer`.
        """
        return self.what_if(read_whatif(data, self.vocabulary, today))

    def what_if(self, request: WhatIfRequest) -> WhatIfAnswer:
        """What would change the result of a checked question."""
        means = Means(
            assembler=self.assembler,
            book=self.book,
            card=self.card,
            vocabulary=self.vocabulary,
            critical=self.inquiry.critical,
            versions=self.versions,
        )
        return build_whatif(request, self.pairing(request.score), means)

    def _paired(self, request: ScoreRequest) -> tuple[Pairing, tuple[str, str]]:
        settled = [self._settle(index, party, request.as_of) for index, party in enumerate(request.parties)]
        problems = [item for item in settled if isinstance(item, Problem)]
        if problems:
            raise UnsettledNameError(problems)
        (first, first_match), (second, second_match) = (item for item in settled if not isinstance(item, Problem))
        parties = (first, second)
        if first.company_id is not None and first.company_id == second.company_id:
            raise UnsettledNameError(
                Problem(
                    code="same-company",
                    pointer="/parties/1",
                    detail=f"both names mean {first.name}",
                    hint="a pairing needs two companies; describe one of them with `inline` if it is another firm",
                )
            )
        links = links_between(self.profiles.register().holders, self.ledger, parties, request.as_of)
        pairing = self.assembler.pairing(parties, request.deal, request.as_of, links, self._lead(request, parties))
        return pairing, (first_match, second_match)

    def _answer(self, pairing: Pairing, asked: tuple[str, str], matches: tuple[str, str]) -> Answer:
        outcomes, dormant = evaluate(self.book, pairing.viewpoints, pairing.as_of)
        explanations = self.explainer.explain_all(outcomes)
        unknowns, assumptions = self.inquiry.inquire(pairing, outcomes, explanations)
        result = score((Judged(item.rule, item.status) for item in outcomes), self.card)
        found = Findings(
            pairing=pairing,
            asked_as=asked,
            matches=matches,
            outcomes=outcomes,
            explanations=explanations,
            dormant=dormant,
            score=result,
            unknowns=unknowns,
            assumptions=assumptions,
            deal_status=self._deal_status(pairing),
            comparables=self._comparables(pairing, rule_profile(outcomes, result)),
            warnings=[*_corrected(pairing, asked, matches), *_warnings(pairing), *self._stale_layers],
        )
        return build_answer(found, self.card, self.vocabulary, self.versions, self.observed)

    def resolve(self, name: str, country: str | None = None, as_of: date | None = None) -> Resolution:
        """Which company a name means, on a day where names change: a match, several candidates, or none with near misses."""
        return self.names.resolve(name, country, as_of=as_of)

    def party_of_deals(self, name: str) -> PartyWanted:
        """Whose deals a name asks for; raises `UnsettledNameError` where it is neither a company nor on record in a deal."""
        found = self.resolve(name)
        if isinstance(found, Match):
            return PartyWanted(name=name, company_id=found.company_id)
        wanted = PartyWanted(name=name)
        if not any(wanted.is_in(deal) for deal in self.ledger.deals()):
            detail = f"`{name[:60]}` does not settle on one company, and no deal is on record under this name"
            near = ", ".join(_candidate_text(item) for item in found.candidates[:5])
            hint = f"nearest names: {near}" if near else "leave it out to list all deals"
            raise UnsettledNameError(Problem(code="party-unsettled", field="party", detail=detail, hint=hint))
        return wanted

    def rule(self, rule_id: str) -> Rule:
        """One rule; raises `NotFoundError` with near ids."""
        found = self.book.by_id.get(rule_id)
        if found is None:
            raise NotFoundError(
                Problem(
                    code="rule-unknown",
                    detail=f"there is no rule `{rule_id[:120]}`",
                    hint=did_you_mean(rule_id, self.book.by_id)
                    or "list them with `riskapi rules list` or GET /v1/rules",
                )
            )
        return found

    def examples(self, rule_id: str) -> tuple[Example, ...] | None:
        """The tests of a rule; None where the rule files have changed since they were opened.

        Raises `NotFoundError` with near ids.
        """
        rule = self.rule(rule_id)
        if rule.examples:
            return rule.examples
        of_file = (
            self._layer_examples if self.book.layers and rule in own_rules(self.book) else self._examples_in(rule.file)
        )
        return None if of_file is None else of_file[rule.id]

    @cached_property
    def _layer_examples(self) -> Mapping[str, tuple[Example, ...]] | None:
        """The tests by rule id in the files of layers: those can only be read over the rules below them."""
        if book_version(self.settings) != self.book.version:
            return None
        return {rule.id: rule.examples for rule in own_rules(load_book(self.settings, self.vocabulary))}

    @cached_property
    def _examples_in(self) -> Callable[[str], Mapping[str, tuple[Example, ...]] | None]:
        """The tests by rule id in a rule file, read when they are first asked for: opening leaves them out."""

        @cache
        def read(file: str) -> Mapping[str, tuple[Example, ...]] | None:
            if book_version(self.settings) != self.book.version:
                return None
            return {rule.id: rule.examples for rule in load_file(self.settings.rules / file, self.vocabulary, file)}

        return read

    @cached_property
    def _stale_layers(self) -> tuple[str, ...]:
        """What every answer says of private layers whose changes were written for other rules than those below them."""
        stale = [item for item in self.book.changes if is_stale(item)]
        return tuple(
            f"the layer {item.layer} changes {item.original.id} as it once was; the rule has changed since "
            "(`riskapi rules check` says how)"
            for item in stale
        )

    @cached_property
    def _answered(self) -> Recent[bytes]:
        """Answers as JSON, of some 500 kB each."""
        return Recent(ANSWERS_KEPT)

    @cached_property
    def duties(self) -> DutyBook:
        """What goods pay at borders."""
        return DutyBook.from_connection(self.connection.cursor())

    @cached_property
    def versions(self) -> Versions:
        """What answers of this workspace are made from."""
        edits = f"+edits.{self.edits}" if self.edits else ""
        return Versions(engine=__version__, rule_set=self.book.label, dataset=f"{self.dataset.version}{edits}")

    @cached_property
    def observed(self) -> Mapping[str, ObservedRates]:
        """What became of past deals in each band, where a back-test of the shipped rules was recorded."""
        return load_observed(self.settings.rules)

    @cached_property
    def screening(self) -> ScreeningBook:
        """How countries screen investors, and how they look at those of each origin."""
        return ScreeningBook.from_connection(self.connection.cursor())

    @cached_property
    def assembler(self) -> Assembler:
        """Builds the facts of a pairing."""
        return Assembler(self.vocabulary, self.groups.groups_of, self._duty_of, self.screening)

    @cached_property
    def _duty_of(self) -> DutyOf:
        def duty_of(product: str, origin: str, importer: str, on: date) -> tuple[float | None, tuple[Evidence, ...]]:
            found = duty(self.duties, product, origin, importer, on)
            return found.total_pct, found.evidence()

        return lru_cache(maxsize=20_000)(duty_of)

    @cached_property
    def explainer(self) -> Explainer:
        """Says why rules fire or do not."""
        return Explainer()

    @cached_property
    def inquiry(self) -> Inquiry:
        """Finds out what is worth knowing."""
        return Inquiry.over(self.book.rules, self.assembler, self.card)

    @cached_property
    def past_reader(self) -> PastReader:
        """Reads past deals as of their announcement."""
        return PastReader(self.book, self.card, self.assembler, self.profiles, self.groups, self.ledger)

    @cached_property
    def past_deals(self) -> PastDeals:
        """Past deals for comparison, each scored by the rules of its day when it first comes near."""
        return PastDeals(self.ledger.deals(), facts=self.past_reader.facts, rules=self.past_reader.rules)

    # Parts of an answer

    def _settle(self, index: int, asked: PartyRequest, as_of: date) -> tuple[Party, str] | Problem:
        if asked.inline:
            return inline_party(asked.name, asked.facts, self.groups, as_of), "described by the caller"
        found = self.names.resolve(asked.name, asked.country, as_of=as_of)
        if not isinstance(found, Match):
            return _unsettled(index, asked, found)
        party = dataset_party(
            self.profiles.get(found.company_id, as_of),
            self.profiles.evidence(found.company_id, as_of),
            asked.facts,
            self.groups,
            as_of,
        )
        return party, found.reason

    def _lead(self, request: ScoreRequest, parties: tuple[Party, Party]) -> int | None:
        wanted = request.foreign_party
        if wanted is None:
            return None
        for index, party in enumerate(parties):
            if wanted.casefold() in {request.parties[index].name.casefold(), party.name.casefold(), party.company_id}:
                return index
        raise UnsettledNameError(
            Problem(
                code="foreign-party-unknown",
                pointer="/foreign_party",
                detail=f"`{wanted[:80]}` is neither of the two parties",
                hint=f"write {parties[0].name} or {parties[1].name}",
            )
        )

    def _deal_status(self, pairing: Pairing) -> DealStatus | None:
        one, two = (party.company_id for party in pairing.parties)
        if one is None or two is None:
            return None
        deals = self.ledger.between(one, two, pairing.as_of)
        kind, country = pairing.told.get("deal.type"), pairing.told.get("deal.activity_country")
        ranked = sorted(deals, key=lambda deal: (deal.deal_type != kind, deal.activity_country != country))
        return self._status_of(ranked[0].deal_id, pairing.as_of) if ranked else None

    @cached_property
    def _status_of(self) -> Callable[[str, date], DealStatus]:
        return lru_cache(maxsize=5_000)(lambda deal_id, as_of: deal_status(self.ledger.get(deal_id), as_of))

    def _comparables(self, pairing: Pairing, rules: RuleProfile) -> tuple[Comparable, ...]:
        one, other = (Called(company_id=party.company_id, name=party.name) for party in pairing.parties)
        return self.past_deals.nearest(
            self.past_reader.asked(pairing), pairing.as_of, rules=rules, parties=(one, other)
        )


#: What a workspace makes at its first use and what does not rest on its ledger.
_APART_FROM_LEDGER = ("duties", "observed", "screening", "assembler", "explainer", "inquiry", "_stale_layers")


def _corrected(pairing: Pairing, asked: tuple[str, str], matches: tuple[str, str]) -> Iterator[str]:
    """Names that were taken for another spelling: whoever asked has to see that, also where only a row is shown."""
    for name, reason, party in zip(asked, matches, pairing.parties, strict=True):
        if MISSPELLING in reason:
            yield f"`{name}` was taken for {party.name}, as a misspelling: see that this company is meant"


def _warnings(pairing: Pairing) -> list[str]:
    untold = (fact for fact in ("deal.type", "deal.activity_country") if pairing.told.get(fact) is None)
    warnings = [f"{fact} was not told: most rules stay undetermined" for fact in untold]
    if pairing.told.get("deal.market_countries") is None:
        warnings.append(
            "deal.market_countries was not told: only the activity country and the parties' own countries were looked at"
        )
    if not pairing.viewpoints:
        warnings.append("neither party is foreign in any country concerned: no rule applies")
    return warnings


def _unsettled(index: int, asked: PartyRequest, found: Ambiguous | NoMatch) -> Problem:
    several = isinstance(found, Ambiguous)
    near = ", ".join(_candidate_text(item) for item in found.candidates[:5])
    if several:
        hint = f"choose one: {near}"
    elif near:
        hint = f"nearest names: {near}; or describe the company yourself (`inline` with facts, --party on the command line)"
    else:
        hint = "describe the company yourself (`inline` with facts, --party on the command line)"
    return Problem(
        code="name-ambiguous" if several else "name-unknown",
        pointer=f"/parties/{index}",
        detail=f"`{asked.name}`: {found.reason}",
        hint=hint,
        candidates=tuple(
            {"company_id": item.company_id, "name": item.name, "country": item.seat_country, "score": item.score}
            for item in found.candidates
        ),
    )


def _candidate_text(item: Candidate) -> str:
    return f"{item.name} ({item.seat_country or '??'}, id {item.company_id})"


__all__ = ["Workspace", "build_warehouse", "ensure_warehouse", "warehouse_path"]
