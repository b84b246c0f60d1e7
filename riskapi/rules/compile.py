"""One rule as written in, one compiled rule out, or the problems with their places. Files are the business of `load`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from riskapi.errors import Problem
from riskapi.facts.values import ValueProblemError, defaults, read_value
from riskapi.facts.vocabulary import FactType, Value, Vocabulary
from riskapi.language import (
    ConditionError,
    Node,
    Part,
    compile_condition,
    compile_trace,
    facts_of,
    is_monotone,
    parse,
    text,
)
from riskapi.language.nodes import And, Not, Or, walk
from riskapi.rules.book import AtomText, Clock, Example, Instrument, Rule, Span
from riskapi.rules.model import RuleModel, Status
from riskapi.rules.source import Path_, Source
from riskapi.rules.template import Template, TemplateError, parse_template


def _texts(condition: Node) -> dict[int, AtomText]:
    """Wording and facts of every boolean node, by its identity: nodes live as long as their rule."""
    boolean = (node for node in walk(condition) if node.type is FactType.BOOL)
    return {id(node): AtomText(text(node), tuple(sorted(facts_of(node)))) for node in boolean}


class RuleCompiler:
    """Compiles one rule; collects problems with their places."""

    def __init__(
        self, source: Source, index: int, model: RuleModel, instrument: Instrument, vocabulary: Vocabulary
    ) -> None:
        self.source, self.model, self.instrument, self.vocabulary = source, model, instrument, vocabulary
        self.path: Path_ = ("rules", index)
        self.problems: list[Problem] = []
        self.broken_parts: set[str] = set()

    def _problem(self, path: Path_, code: str, detail: str, hint: str | None = None, offset: int | None = None) -> None:
        self.problems.append(self.source.problem((*self.path, *path), code, detail, hint, offset))

    def build(self, *, examples: bool) -> Rule | None:
        """The rule, or None where `problems` says what is wrong; without `examples` those are neither read nor demanded."""
        parts = self._parts()
        when = self._condition(("when",), self.model.when, parts)
        unless = self._exceptions(parts)
        because = self._because()
        read = self._examples() if examples else ()
        if self.problems or when is None or because is None:
            return None
        condition: Node = when
        if unless:
            lifted: Node = unless[0] if len(unless) == 1 else Or(unless)
            condition = And((when, Not(lifted)))
        self._check_monotone(condition)
        self._check_parts_used(parts)
        if self.problems:
            return None
        return replace(self._rule(when, condition, because), parts=tuple(parts.values()), unless=unless, examples=read)

    def _rule(self, when: Node, condition: Node, because: Template) -> Rule:
        model, effect = self.model, self.model.effect
        return Rule(
            id=model.id,
            title=model.title,
            citation=model.citation,
            instrument=self.instrument,
            kind=model.kind,
            in_force=tuple(Span(span.start, span.to, span.published, span.note) for span in model.in_force),
            when=when,
            condition=condition,
            test=compile_condition(condition),
            trace=compile_trace(condition),
            texts=_texts(condition),
            facts=facts_of(condition),
            fact_order=tuple(sorted(facts_of(condition))),
            pillar=effect.pillar,
            points=effect.points,
            why_points=effect.why,
            gate=effect.gate,
            clock=tuple(Clock(item.step, item.days, item.note) for item in effect.clock),
            group=effect.group,
            caution=model.if_unknown == "caution",
            because=because,
            confidence=model.confidence or self.instrument.confidence,
            notes=model.notes,
            no_undetermined=model.no_undetermined,
            file=self.source.file,
            line=self.source.line_here(self.path),
            table=self.source.tables.get(int(self.path[1])),
        )

    def _parts(self) -> dict[str, Part]:
        parts: dict[str, Part] = {}
        for name, source in self.model.where.items():
            node = self._condition(("where", name), source, parts)
            if node is None:
                self.broken_parts.add(name)
            else:
                parts[name] = Part(name, node)
        return parts

    def _exceptions(self, parts: Mapping[str, Part]) -> tuple[Part, ...]:
        unless = self.model.unless
        named = {} if unless is None else {"exception": unless} if isinstance(unless, str) else unless
        found = []
        for name, source in named.items():
            path: Path_ = ("unless",) if isinstance(unless, str) else ("unless", name)
            node = self._condition(path, source, parts)
            if node is not None:
                found.append(Part(name, node))
        return tuple(found)

    def _condition(self, path: Path_, source: str, parts: Mapping[str, Part]) -> Node | None:
        try:
            return parse(source, self.vocabulary, parts)
        except ConditionError as error:
            one_line = "\n" not in source
            for finding in error.findings:
                if any(finding.detail == f"there is no fact `{name}`" for name in self.broken_parts):
                    continue  # the mistake is in the part, and was told there
                offset = finding.offset if one_line else None
                self._problem(path, finding.code, finding.detail, finding.hint, offset)
            return None

    def _check_monotone(self, condition: Node) -> None:
        if self.model.effect.points and not is_monotone(condition):
            self._problem(
                ("when",),
                "knownness-with-points",
                "`is null`, `coalesce` and `case` may only be used in rules with 0 points",
                "state what must hold; the interval takes care of what is not known",
            )

    def _check_parts_used(self, parts: Mapping[str, Part]) -> None:
        used = set(
            re.findall(
                r"[a-z][a-z0-9_.]*",
                " ".join(
                    [
                        self.model.when,
                        *self.model.where.values(),
                        *(
                            [self.model.unless]
                            if isinstance(self.model.unless, str)
                            else (self.model.unless or {}).values()
                        ),
                    ]
                ),
            )
        )
        for name in parts:
            if name not in used:
                self._problem(
                    ("where", name),
                    "unused-part",
                    f"the part `{name}` is used nowhere",
                    "delete it, or use it in `when`",
                )

    def _because(self) -> Template | None:
        try:
            return parse_template(self.model.because, self.vocabulary)
        except TemplateError as error:
            self._problem(("because",), "bad-template", error.detail, error.hint)
            return None

    def _examples(self) -> tuple[Example, ...]:
        examples = []
        for index, model in enumerate(self.model.examples):
            as_of = model.as_of or self.instrument.checked_on
            facts = defaults(self.vocabulary, as_of)
            facts.update(self._given(index, model.given))
            line = self.source.line_here((*self.path, "examples", index))
            examples.append(Example(name=model.name, facts=facts, as_of=as_of, expect=model.expect, line=line))
        self._check_expectations({model.expect for model in self.model.examples})
        return tuple(examples)

    def _given(self, index: int, given: Mapping[str, object]) -> dict[str, Value]:
        facts: dict[str, Value] = {}
        for name, raw in given.items():
            path: Path_ = ("examples", index, "given", name)
            if name not in self.vocabulary:
                self._problem(path, "unknown-fact", f"there is no fact `{name}`", self.vocabulary.suggest(name))
                continue
            try:
                facts[name] = read_value(self.vocabulary[name], raw, self.vocabulary)
            except ValueProblemError as error:
                self._problem(path, error.code, error.detail, error.hint)
        return facts

    def _check_expectations(self, seen: set[Status]) -> None:
        needed = {Status.FIRED, Status.NOT_FIRED} | (set() if self.model.no_undetermined else {Status.UNDETERMINED})
        for status in sorted(needed - seen):
            self._problem(
                ("examples",),
                "missing-example",
                f"no example is expected to be `{status}`",
                "a rule needs at least one example that fires, one that does not, and one that is undetermined",
            )
        if self.model.no_undetermined and Status.UNDETERMINED in seen:
            self._problem(
                ("no_undetermined",),
                "contradiction",
                "an example is undetermined although `no_undetermined` says none can be",
            )
