"""Whole pairings asked of rules and datasets: scenarios and a workspace in, one verdict for each scenario out.

Each expectation that fails is a problem with the line where it is written and with what explains it: the sub-expressions of
the rule, the rules behind a gate, the rules that weigh most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from riskapi.assessment.answer import Answer
from riskapi.assessment.request import ScoreRequest, read_request
from riskapi.assessment.words import amount
from riskapi.engine.evaluate import judge
from riskapi.errors import Problem, RiskapiError, did_you_mean
from riskapi.facts.assembly import Viewpoint
from riskapi.rules import Status
from riskapi.workbench.failure import why_not
from riskapi.workbench.scenario_file import Scenario
from riskapi.workbench.verdicts import Kind, Verdict
from riskapi.workspace import Workspace

_HEAVIEST = 6


@dataclass(frozen=True, slots=True)
class _Asked:
    """A scenario with its answer and the facts behind it."""

    scenario: Scenario
    answer: Answer
    viewpoints: tuple[Viewpoint, ...]


def run_scenarios(
    scenarios: Sequence[Scenario], workspace: Workspace, known: Mapping[str, Scenario] | None = None
) -> tuple[Verdict, ...]:
    """Run scenarios; those of `known` may be named in orderings without being run themselves."""
    runner = _Runner(workspace, known or {item.name: item for item in scenarios})
    return tuple(runner.verdict(item) for item in scenarios)


class _Runner:
    """Asks each scenario once, whoever needs its answer."""

    def __init__(self, workspace: Workspace, known: Mapping[str, Scenario]) -> None:
        self.workspace, self.known = workspace, known
        self._answers: dict[str, _Asked | tuple[Problem, ...]] = {}

    def verdict(self, scenario: Scenario) -> Verdict:
        """What the scenario expects held against the answer."""
        asked = self._ask(scenario)
        problems = asked if isinstance(asked, tuple) else tuple(self._problems(asked))
        return Verdict(
            kind=Kind.SCENARIO,
            group=scenario.file,
            name=scenario.name,
            file=scenario.file,
            line=scenario.line,
            problems=problems,
        )

    def _ask(self, scenario: Scenario) -> _Asked | tuple[Problem, ...]:
        if scenario.name not in self._answers:
            self._answers[scenario.name] = self._answer(scenario)
        return self._answers[scenario.name]

    def _answer(self, scenario: Scenario) -> _Asked | tuple[Problem, ...]:
        try:
            request = self._request(scenario)
            answer, pairing = self.workspace.answer(request), self.workspace.pairing(request)
        except RiskapiError as error:
            return tuple(
                replace(
                    problem,
                    detail=f"{scenario.name}: {problem.detail}",
                    file=scenario.file,
                    line=scenario.line,
                    field=problem.field or (problem.pointer or "").strip("/").replace("/", ".") or None,
                    pointer=None,
                )
                for problem in error.problems
            )
        return _Asked(scenario, answer, pairing.viewpoints)

    def _request(self, scenario: Scenario) -> ScoreRequest:
        return read_request(dict(scenario.question), self.workspace.vocabulary, scenario.as_of)

    def _problems(self, asked: _Asked) -> Iterator[Problem]:
        yield from self._rules(asked)
        yield from _gates(asked)
        yield from self._score(asked)
        yield from self._orderings(asked)

    def _rules(self, asked: _Asked) -> Iterator[Problem]:
        found = {rule.id: rule.status for rule in asked.answer.rules}
        book = self.workspace.book.by_id
        for rule_id, wanted in asked.scenario.rules.items():
            if rule_id not in book:
                detail = f"there is no rule `{rule_id}`"
                yield _problem(asked, rule_id, detail, did_you_mean(rule_id, book), no_rule=True)
            # A rule that is not in force, or whose country has no part in the deal, is not evaluated: it did not fire.
            elif (status := found.get(rule_id, Status.NOT_FIRED.value)) != wanted:
                detail = f"{rule_id} is {status}, {wanted} was expected"
                yield _problem(asked, rule_id, detail, "\n".join(self._why(asked, rule_id, wanted)))

    def _why(self, asked: _Asked, rule_id: str, wanted: Status) -> Iterator[str]:
        rule = self.workspace.book.by_id[rule_id]
        views = [view for view in asked.viewpoints if view.jurisdiction == rule.jurisdiction]
        if not views:
            countries = ", ".join(sorted({view.jurisdiction for view in asked.viewpoints})) or "no jurisdiction"
            yield f"the pairing does not concern {rule.jurisdiction}, only {countries}"
            return
        view = judge(rule, views).viewpoint
        yield f"as {view.jurisdiction} sees it, foreign: {view.facts.get('foreign.name')}"
        yield from why_not(rule, view.facts, asked.scenario.as_of, wanted, self.workspace.vocabulary)

    def _score(self, asked: _Asked) -> Iterator[Problem]:
        scenario, answer = asked.scenario, asked.answer
        if scenario.bands and answer.band.name not in scenario.bands:
            wanted = " or ".join(scenario.bands)
            detail = f"the band is {answer.band.name} (score {amount(answer.score)}), {wanted} was expected"
            unknown = [name for name in scenario.bands if name not in {band.name for band in self.workspace.card.bands}]
            yield _problem(asked, "bands", detail, f"there is no band `{unknown[0]}`" if unknown else _heaviest(answer))
        if scenario.score_between:
            low, high = scenario.score_between
            if not low <= answer.score <= high:
                why = f"; {scenario.score_why}" if scenario.score_why else ""
                detail = f"the score is {amount(answer.score)}, {low:g} to {high:g} was expected{why}"
                yield _problem(asked, "score_between", detail, _heaviest(answer))

    def _orderings(self, asked: _Asked) -> Iterator[Problem]:
        for name, why in asked.scenario.higher_than.items():
            lower = self._ask(self.known[name])
            if isinstance(lower, tuple):
                yield _problem(asked, name, f"`{name}` cannot be answered, so that the order stays open", None)
            elif not lower.answer.score < asked.answer.score:
                detail = (
                    f"the score {amount(asked.answer.score)} is not above {amount(lower.answer.score)} of {name}, "
                    f"which was expected: {why}"
                )
                yield _problem(asked, name, detail, _apart(asked.answer, lower.answer, name))


def _gates(asked: _Asked) -> Iterator[Problem]:
    scenario = asked.scenario
    found = {gate.gate for gate in asked.answer.gates if gate.status == Status.FIRED}
    if scenario.gates is not None and found != scenario.gates:
        detail = f"the gates that fire are {_listed(found)}; {_listed(scenario.gates)} were expected"
        yield _problem(asked, "gates", detail, _behind(asked.answer, found - scenario.gates))
    if lacking := scenario.gates_with - found:
        yield _problem(asked, "gates_with", f"no rule opens {_listed(lacking)}", f"gates that fire: {_listed(found)}")
    if extra := scenario.gates_without & found:
        yield _problem(asked, "gates_without", f"fires, but must not: {_listed(extra)}", _behind(asked.answer, extra))


def _behind(answer: Answer, gates: Iterable[str]) -> str | None:
    wanted = set(gates)
    rules = [f"{rule.gate}: {rule.id}" for rule in answer.rules if rule.gate in wanted and rule.status == Status.FIRED]
    return "\n".join(rules) or None


def _heaviest(answer: Answer) -> str:
    weighty = sorted((rule for rule in answer.rules if rule.points), key=lambda rule: -abs(rule.points))
    return "weighs most:\n" + "\n".join(f"{rule.points:+g}  {rule.id}" for rule in weighty[:_HEAVIEST])


def _apart(higher: Answer, lower: Answer, name: str) -> str:
    """The rules that count differently in the two answers."""
    ours, theirs = ({rule.id: rule.points for rule in answer.rules if rule.points} for answer in (higher, lower))
    moved = sorted({*ours, *theirs}, key=lambda rule: (-abs(ours.get(rule, 0) - theirs.get(rule, 0)), rule))
    lines = [
        f"{ours.get(rule, 0):+g} here, {theirs.get(rule, 0):+g} there  {rule}"
        for rule in moved
        if ours.get(rule, 0) != theirs.get(rule, 0)
    ]
    return f"what counts differently from {name}:\n" + "\n".join(lines[:_HEAVIEST])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(str(name) for name in names)) or "none"


def _problem(asked: _Asked, at: str, detail: str, hint: str | None, *, no_rule: bool = False) -> Problem:
    scenario = asked.scenario
    return Problem(
        code="rule-unknown" if no_rule else "scenario-failed",
        detail=f"{scenario.name}: {detail}",
        file=scenario.file,
        line=scenario.line_of(at),
        hint=hint,
    )


def concerning(scenarios: Iterable[Scenario], rules: Iterable[str]) -> tuple[Scenario, ...]:
    """The scenarios that expect something of one of the rules."""
    wanted = set(rules)
    return tuple(item for item in scenarios if wanted & set(item.rules))
