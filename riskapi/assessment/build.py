"""The one builder of the answer: pairing, outcomes and score in, the answer object out.

Explanations are computed here and only here: for rules that fired or are undetermined with evidence, for the others in one
line each (what decided, and what would have to change).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from riskapi.assessment import answer as a
from riskapi.assessment.words import code_words
from riskapi.claims.status import DealStatus
from riskapi.engine.evaluate import Dormant, Outcome
from riskapi.engine.explain import Explanation, Kept
from riskapi.facts.assembly import DERIVATIONS, WITHOUT_EQUITY, Pairing, Viewpoint
from riskapi.facts.evidence import Confidence, Evidence
from riskapi.facts.vocabulary import Fact, Origin, Value, Vocabulary, World
from riskapi.language import Atom
from riskapi.rules import Kind, Pillar, Rule, Status
from riskapi.rules.book import AtomText
from riskapi.rules.template import in_words
from riskapi.scoring.comparables import Comparable
from riskapi.scoring.information import Assumption, Unknown
from riskapi.scoring.observed import ObservedRates
from riskapi.scoring.score import Judged, Score, group_key, group_range
from riskapi.scoring.scorecard import Scorecard
from riskapi.scoring.trials import Trial
from riskapi.warehouse.countries import jurisdiction_name

NOTICE = (
    "An estimate of scrutiny from published rules and facts; not legal advice, "
    "and no statement on whether a deal is lawful or real."
)
_GATE_ORDER = (
    "prohibition",
    "licence_required",
    "mandatory_filing",
    "review_jurisdiction",
    "ineligibility",
    "tariff",
    "disclosure",
)
_DECIMALS = 4
#: Countries whose names take an article in a sentence.
_WITH_ARTICLE = frozenset({"US", "GB", "NL", "AE", "PH", "BS", "GM", "MV", "SB", "MH", "KY", "CD", "CF", "DO"})
#: Rows of evidence that are one object where they are equal.
ROWS_REMEMBERED = 20_000
_RANK = {Status.FIRED: 0, Status.UNDETERMINED: 1, Status.NOT_FIRED: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that was found out about one pairing, before it is put into words."""

    pairing: Pairing
    asked_as: tuple[str, str]
    matches: tuple[str, str]
    outcomes: Sequence[Outcome]
    explanations: Mapping[str, Explanation]
    dormant: Sequence[Dormant]
    score: Score
    unknowns: Sequence[Unknown]
    assumptions: Sequence[Assumption]
    deal_status: DealStatus | None
    comparables: tuple[Comparable, ...]
    warnings: Sequence[str]


def build_answer(
    found: Findings,
    card: Scorecard,
    vocabulary: Vocabulary,
    versions: a.Versions,
    observed: Mapping[str, ObservedRates] | None = None,
) -> a.Answer:
    """The answer object for one pairing; `observed` holds what became of past deals, by band."""
    writer = _Writer(found, card, vocabulary)
    score = found.score
    bands = [_band(card, value, observed or {}) for value in (score.score, score.low, score.high)]
    return a.Answer(
        question=writer.question(),
        as_of=found.pairing.as_of,
        score=_rounded(score.score),
        low=_rounded(score.low),
        high=_rounded(score.high),
        band=bands[0],
        band_low=bands[1],
        band_high=bands[2],
        points=score.points,
        gates=writer.gates(),
        pillars=writer.pillars(),
        waterfall=writer.waterfall(),
        rules=writer.rules(),
        dormant=tuple(writer.dormant(item) for item in found.dormant),
        unknowns=tuple(writer.unknown(item) for item in found.unknowns),
        assumptions=tuple(writer.assumption(item) for item in found.assumptions),
        deal=writer.deal(),
        deal_status=found.deal_status,
        parties=(writer.party(0), writer.party(1)),
        jurisdictions=writer.jurisdictions(),
        comparables=found.comparables,
        versions=versions,
        warnings=(*found.warnings, *score.warnings, *writer.weak_facts()),
        notice=NOTICE,
    )


@lru_cache(maxsize=ROWS_REMEMBERED)
def _one_of(row: Evidence) -> Evidence:
    """The same object for equal rows."""
    return row


def _rounded(value: float) -> float:
    return round(value, _DECIMALS)


def _band(card: Scorecard, score: float, observed: Mapping[str, ObservedRates]) -> a.BandAnswer:
    band = card.band(score)
    return a.BandAnswer(name=band.name, label=band.label, meaning=band.meaning, observed=observed.get(band.name))


class _Writer:
    """Puts the findings of one pairing into the answer's words."""

    def __init__(self, found: Findings, card: Scorecard, vocabulary: Vocabulary) -> None:
        self.found, self.card, self.vocabulary = found, card, vocabulary
        self.pairing = found.pairing
        self.contributions = {item.rule.id: item for item in found.score.contributions}
        self.rows: dict[tuple[str, int, str], tuple[Evidence, ...]] = {}  # evidence by fact and viewpoint
        kept = next((why.kept for why in found.explanations.values()), None) or Kept()
        # What is kept under the id of an explanation keeps the explanation, so that no other can get its id.
        self.unnamed = kept.of("answers of silent rules", 6_000)
        self.named = kept.of("answers of silent rules with a name", 20_000)
        self.spoken = kept.of("answers of rules that speak", 2_000)
        self.mentions = kept.of("facts of sentences", 10_000)
        self.same_rows: dict[tuple[str, int, str], dict[Evidence, None]] = {}

    # Words

    def words(self, name: str, value: Value) -> str:
        return in_words(self.vocabulary[name], value, self.vocabulary)

    def label(self, domain: str, code: str) -> str:
        return self.vocabulary.domains[domain].get(code, code)

    def jurisdiction_label(self, code: str) -> str:
        return jurisdiction_name(code)

    def question(self) -> str:
        told = self.pairing.told
        first, second = sorted(self.pairing.parties, key=lambda party: party.key)
        lead = self.pairing.lead
        if lead is not None:
            first, second = self.pairing.parties[lead], self.pairing.parties[1 - lead]
        kind, sector, country = (told.get(f"deal.{leaf}") for leaf in ("type", "sector", "activity_country"))
        form = self.label("deal_type", kind).lower() if isinstance(kind, str) else "deal of a form not told"
        article = "the " if country in _WITH_ARTICLE else ""
        where = f" in {article}{self.label('country', country)}" if isinstance(country, str) else ""
        what = f" ({self.label('sector', sector).lower()})" if isinstance(sector, str) else ""
        return (
            f"How much scrutiny would a {form} of {first.name} and {second.name}{what}{where} meet "
            f"as of {self.pairing.as_of.isoformat()}?"
        )

    # Rules

    def rules(self) -> a.RuleAnswers:
        """The heaviest first of those that fired, of those that may, and of the others; ids decide between equals."""
        ranked = sorted(
            self.found.outcomes, key=lambda item: (_RANK[item.status], -abs(item.rule.points), item.rule.id)
        )
        return a.RuleAnswers.of([self.rule(outcome) for outcome in ranked])

    def rule(self, outcome: Outcome) -> tuple[a.RuleAnswer, a.Written]:
        """One rule's answer; what it rests on decides whether one that was made before is taken."""
        why = self.found.explanations[outcome.rule.id]
        foreign = self.pairing.parties[outcome.viewpoint.foreign].name
        return (self.silent if outcome.status is Status.NOT_FIRED else self.speaking)(outcome, why, foreign)

    def silent(self, outcome: Outcome, why: Explanation, foreign: str) -> tuple[a.RuleAnswer, a.Written]:
        """That of a rule that did not fire rests on its explanation and the facts in it; then comes the name."""
        key = (id(why), why.values(outcome.viewpoint.facts))
        named: tuple[Explanation, a.RuleAnswer, a.Written] | None = self.named.get((key, foreign))
        if named is None:
            _, written = self.unnamed.get(key) or self.unnamed.put(key, (why, a.Written(self._rule(outcome, foreign))))
            is_same = written.answer.foreign_party == foreign
            answer = written.answer if is_same else replace(written.answer, foreign_party=foreign)
            named = self.named.put((key, foreign), (why, answer, written))
        return named[1], named[2]

    def speaking(self, outcome: Outcome, why: Explanation, foreign: str) -> tuple[a.RuleAnswer, a.Written]:
        """That of a rule that fired or may fire rests on what it counts, on the facts of its sentence and their rows, too."""
        names = self.mentioned(outcome.rule, why)
        rows = self.evidence(names, outcome.viewpoint)
        counted = self.contributions[outcome.rule.id]
        values = [outcome.viewpoint.facts.get(name) for name in names]
        # Equal rows are one object, and an answer that is kept keeps its rows: no other row can get their ids.
        key = (id(why), foreign, counted.points, counted.covered_by, *values, *map(id, rows))
        _, written = self.spoken.get(key) or self.spoken.put(key, (why, a.Written(self._rule(outcome, foreign, rows))))
        return written.answer, written

    def mentioned(self, rule: Rule, why: Explanation) -> tuple[str, ...]:
        """The facts that decided and those in the rule's sentence."""
        key = (rule, why.shown)
        found: tuple[str, ...] | None = self.mentions.get(key)
        return found or self.mentions.put(key, tuple(sorted(rule.because.facts().union(why.shown))))

    def _rule(self, outcome: Outcome, foreign: str, evidence: tuple[Evidence, ...] = ()) -> a.RuleAnswer:
        rule, facts = outcome.rule, outcome.viewpoint.facts
        contribution = self.contributions[rule.id]
        why = self.found.explanations[rule.id]
        shown = outcome.status is not Status.NOT_FIRED
        return a.RuleAnswer(
            id=rule.id,
            title=rule.title,
            status=outcome.status.value,
            jurisdiction=rule.jurisdiction,
            instrument=rule.instrument.title,
            authority=rule.instrument.authority,
            citation=rule.citation,
            instrument_citation=rule.instrument.citation,
            foreign_party=foreign,
            kind=rule.kind.value,
            pillar=rule.pillar.value,
            weight=rule.points,
            points=contribution.points,
            group=rule.group,
            covered_by=contribution.covered_by,
            counted_while_unknown=outcome.status is Status.UNDETERMINED and contribution.points != 0,
            gate=rule.gate.value if rule.gate else None,
            because=rule.because.fill(facts, self.vocabulary) if shown else "",
            why_points=rule.why_points,
            decided_by=tuple([_decisive(atom, words, facts) for atom, words in why.decided_by]),
            needed=tuple([_decisive(atom, words, facts) for atom, words in why.needed]),
            unknown_facts=tuple(sorted(why.open_facts)),
            evidence=evidence,
            confidence=rule.confidence.value,
            in_force=rule.in_force,
            sources=rule.instrument.sources if shown else (),
            layer=rule.layer,
            layer_change=rule.change.kind.value if rule.change else None,
        )

    def evidence(self, names: Iterable[str], viewpoint: Viewpoint) -> tuple[Evidence, ...]:
        """Rows and statements behind the facts, each once; equal ones are one object in all answers."""
        rows: dict[Evidence, None] = {}
        for name in names:
            key = (name, viewpoint.foreign, viewpoint.jurisdiction)
            if key not in self.same_rows:
                self.same_rows[key] = dict.fromkeys(map(_one_of, self.evidence_of(name, viewpoint)))
            rows |= self.same_rows[key]
        return tuple(rows)

    def evidence_of(self, name: str, viewpoint: Viewpoint) -> tuple[Evidence, ...]:
        key = (name, viewpoint.foreign, viewpoint.jurisdiction)
        if key not in self.rows:
            self.rows[key] = self._evidence_of(name, viewpoint)
        return self.rows[key]

    def _evidence_of(self, name: str, viewpoint: Viewpoint) -> tuple[Evidence, ...]:
        rows = self.pairing.rows_behind(name, viewpoint)
        return self.deal_evidence(name, viewpoint.facts.get(name)) if rows is None else rows

    def deal_evidence(self, name: str, value: Value) -> tuple[Evidence, ...]:
        told = self.pairing.told.get(name)
        if told is not None and told == value:
            return (_said(f"{name} = {self.words(name, value)}: told by the caller", name, "told"),)
        if value is None:
            return ()
        fact = self.vocabulary[name]
        mirrored = fact.mirror is not None and self.pairing.told.get(fact.mirror) == value
        if mirrored:
            return (_said(f"{name} = {self.words(name, value)}: told by the caller for the other side", name, "told"),)
        why = self._why_taken(fact, value)
        return (_said(f"{name} = {self.words(name, value)}: {why}", name, "assumed"),)

    def _why_taken(self, fact: Fact, value: Value) -> str:
        """How a deal fact that nobody told came to its value."""
        if value == 0 and fact.name.endswith("_stake") and self.pairing.told.get("deal.type") in WITHOUT_EQUITY:
            return "this form of deal has no equity"
        is_default = fact.world is World.CLOSED and value == fact.default
        return "not told: taken as the usual case" if is_default else DERIVATIONS.get(fact.name, "computed")

    # Gates, pillars, waterfall

    def gates(self) -> tuple[a.GateAnswer, ...]:
        gates = [
            a.GateAnswer(
                gate=outcome.rule.gate.value,
                status=outcome.status.value,
                jurisdiction=outcome.rule.jurisdiction,
                authority=outcome.rule.instrument.authority,
                rule=outcome.rule.id,
                title=outcome.rule.title,
                citation=outcome.rule.citation,
                instrument_citation=outcome.rule.instrument.citation,
                clock=outcome.rule.clock,
            )
            for outcome in self.found.outcomes
            if outcome.rule.gate is not None and outcome.status is not Status.NOT_FIRED
        ]
        return tuple(sorted(gates, key=lambda gate: (gate.status != "fired", _GATE_ORDER.index(gate.gate), gate.rule)))

    def pillars(self) -> tuple[a.PillarAnswer, ...]:
        live: dict[Pillar, dict[str, list[Judged]]] = {pillar: {} for pillar in self.card.pillars}
        counted: dict[Pillar, list[float]] = {pillar: [] for pillar in self.card.pillars}
        for item in self.found.score.contributions:
            if item.status is not Status.NOT_FIRED:
                rule = item.rule
                live[rule.pillar].setdefault(group_key(rule), []).append(Judged(rule, item.status))
                counted[rule.pillar].append(item.points)
        shown = []
        for pillar, label in self.card.pillars.items():
            ranges = [group_range(group, self.card) for group in live[pillar].values()]
            points = math.fsum(counted[pillar])
            shown.append(
                a.PillarAnswer(
                    pillar=pillar.value,
                    label=label,
                    points=points,
                    low=min(points, math.fsum(item.low for item in ranges)),
                    high=max(points, math.fsum(item.high for item in ranges)),
                )
            )
        return tuple(shown)

    def waterfall(self) -> tuple[a.WaterfallStep, ...]:
        score = self.found.score
        steps: list[tuple[str, str | None, str | None, str, float]] = [("base", None, None, "Base", score.base)]
        order = list(self.card.pillars)
        counted = [item for item in score.contributions if item.points]
        counted.sort(key=lambda item: (order.index(item.rule.pillar), -item.points, item.rule.id))
        steps += [("rule", item.rule.pillar.value, item.rule.id, item.rule.title, item.points) for item in counted]
        if score.lift:
            gate = score.floor_gate.value if score.floor_gate else ""
            steps.append(("floor", None, None, f"Floor of the gate {gate}", score.lift))
        running, result = 0.0, []
        for kind, pillar, rule, label, points in steps:
            running += points
            result.append(
                a.WaterfallStep(kind=kind, pillar=pillar, rule=rule, label=label, points=points, running=running)
            )
        return tuple(result)

    # What is not known, what is assumed, what sleeps

    def trial(self, name: str, trial: Trial) -> a.TrialAnswer:
        return a.TrialAnswer(
            value=trial.value,
            text=self.words(name, trial.value),
            low=_rounded(trial.low),
            score=_rounded(trial.score),
            high=_rounded(trial.high),
        )

    def unknown(self, item: Unknown) -> a.UnknownAnswer:
        fact = item.fact
        return a.UnknownAnswer(
            fact=fact.name,
            party=None if item.side is None else self.pairing.parties[item.side].name,
            meaning=fact.meaning,
            question=fact.question or f"What is known of this: {fact.meaning}",
            moves=_rounded(item.moves),
            rules=item.rules,
            lowest=self.trial(fact.name, item.lowest),
            highest=self.trial(fact.name, item.highest),
        )

    def assumption(self, item: Assumption) -> a.AssumptionAnswer:
        return a.AssumptionAnswer(
            fact=item.fact.name,
            meaning=item.fact.meaning,
            assumed=item.assumed,
            otherwise=self.trial(item.fact.name, item.otherwise),
        )

    def dormant(self, item: Dormant) -> a.DormantAnswer:
        rule, as_of = item.rule, self.pairing.as_of
        coming = next((span for span in rule.in_force if span.start > as_of), None)
        earlier = [span.to for span in rule.in_force if span.to is not None and span.to < as_of]
        return a.DormantAnswer(
            id=rule.id,
            title=rule.title,
            status=item.status.value,
            jurisdiction=rule.jurisdiction,
            citation=rule.citation,
            gate=rule.gate.value if rule.gate else None,
            weight=rule.points,
            state=rule.state_on(as_of).value,
            published_on=coming.published if coming else None,
            in_force_from=coming.start if coming else None,
            ended_on=max(earlier, default=None),
            because=rule.because.fill(item.viewpoint.facts, self.vocabulary),
        )

    # Parties, deal, jurisdictions

    def party(self, index: int) -> a.PartyAnswer:
        party = self.pairing.parties[index]
        told = any(row.confidence == "told" for rows in party.evidence.values() for row in rows)
        described = "caller" if party.company_id is None else "datasets and caller" if told else "datasets"
        facts = tuple(
            self.shown(f"foreign.{leaf}", leaf, value, party.evidence.get(leaf, ()))
            for leaf, value in party.values.items()
            if leaf not in ("name", "company_id")
        )
        return a.PartyAnswer(
            name=party.name,
            company_id=party.company_id,
            asked_as=self.found.asked_as[index],
            match=self.found.matches[index],
            described_by=described,
            facts=facts,
        )

    def shown(self, name: str, shown_as: str, value: Value, evidence: tuple[Evidence, ...]) -> a.FactShown:
        return a.FactShown(
            fact=shown_as,
            value=value,
            text=self.words(name, value),
            meaning=self.vocabulary[name].meaning,
            evidence=evidence,
        )

    def deal(self) -> tuple[a.FactShown, ...]:
        """What was told of the deal and what follows from it, as the lead viewpoint sees it."""
        view = self._lead_view()
        names = [fact.name for fact in self.vocabulary if fact.origin is Origin.DEAL]
        return tuple(
            self.shown(name, name, view[name], self.deal_evidence(name, view[name]))
            for name in names
            if view.get(name) is not None
        )

    def _lead_view(self) -> Mapping[str, Value]:
        for viewpoint in self.pairing.viewpoints:
            if self.pairing.lead is None or viewpoint.foreign == self.pairing.lead:
                return viewpoint.facts
        return self.pairing.told

    def jurisdictions(self) -> tuple[a.JurisdictionAnswer, ...]:
        seen: dict[str, list[Viewpoint]] = {}
        for viewpoint in self.pairing.viewpoints:
            seen.setdefault(viewpoint.jurisdiction, []).append(viewpoint)
        counts: dict[str, int] = {}
        for outcome in self.found.outcomes:
            counts[outcome.rule.jurisdiction] = counts.get(outcome.rule.jurisdiction, 0) + 1
        return tuple(
            a.JurisdictionAnswer(
                jurisdiction=code,
                label=self.jurisdiction_label(code),
                reasons=self._reasons(code, viewpoints[0]),
                foreign_parties=tuple(self.pairing.parties[item.foreign].name for item in viewpoints),
                rules=counts.get(code, 0),
            )
            for code, viewpoints in seen.items()
        )

    def _reasons(self, code: str, viewpoint: Viewpoint) -> tuple[str, ...]:
        reasons = []
        if viewpoint.facts.get("jurisdiction.activity_here"):
            reasons.append("the venture or target is here")
        if viewpoint.facts.get("jurisdiction.market_here"):
            reasons.append("products are sold here")
        national = [party.name for party in self.pairing.parties if party.control_country == code]
        reasons.extend(f"{name} is controlled from here" for name in sorted(national))
        return tuple(reasons) or ("a party is controlled from a member",)

    def weak_facts(self) -> list[str]:
        """A warning for each low-confidence row that a fired or undetermined rule rests on."""
        used = {
            (name, outcome.viewpoint.foreign): outcome.viewpoint
            for outcome in self.found.outcomes
            if outcome.status is not Status.NOT_FIRED and outcome.rule.kind is not Kind.INFORMATION
            for name in outcome.rule.fact_order
        }
        rows = (row for (name, _), viewpoint in used.items() for row in self.evidence_of(name, viewpoint))
        weak = {row.statement for row in rows if row.confidence == "low"}
        return [f"rests on a low-confidence row: {statement}" for statement in sorted(weak)]


def _decisive(atom: Atom, words: AtomText, facts: Mapping[str, Value]) -> a.Decisive:
    return a.Decisive(
        condition=words.text,
        part=code_words(atom.part) if atom.part else None,
        value=atom.value,
        facts={name: facts.get(name) for name in words.facts},
    )


def _said(statement: str, key: str, confidence: Confidence) -> Evidence:
    return Evidence(
        statement=statement,
        table="request",
        key=key,
        source_url=None,
        as_of=None,
        confidence=confidence,
        citation=None,
        note=None,
    )
