"""Scenario files: whole pairings with what the rules must say of them. Enters: YAML. Leaves: scenarios, or all problems.

Every scalar is read as text, as in rule files. A scenario may build upon another of its file (`like:`), whose parties, day
and deal it takes over; what it tells itself comes on top. Nothing of a scenario's expectations is taken over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from riskapi.errors import Problem, RuleError, did_you_mean
from riskapi.rules.form import form_problems
from riskapi.rules.model import Day, GateKind, Identifier, Short, Status, Text, Url
from riskapi.rules.source import Path_, Source, read_source

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]
_Told = dict[str, str | list[str] | None]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PartyModel(_Strict):
    """A company described in the file: `inline` where the datasets do not have it, else `facts` of that day on top."""

    name: Short
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    inline: bool = False
    facts: _Told = {}


class ExpectModel(_Strict):
    """What must hold; `gates` are all gates that fire, the two others some of them and some that must not."""

    fired: tuple[Identifier, ...] = ()
    not_fired: tuple[Identifier, ...] = ()
    undetermined: tuple[Identifier, ...] = ()
    gates: tuple[GateKind, ...] | None = None
    gates_with: tuple[GateKind, ...] = ()
    gates_without: tuple[GateKind, ...] = ()
    bands: tuple[Short, ...] = ()
    score_between: Annotated[tuple[float, ...], Field(min_length=2, max_length=2)] | None = None
    score_why: Text | None = None
    higher_than: dict[Name, Text] = {}

    @model_validator(mode="after")
    def _consistent(self) -> ExpectModel:
        if self.score_between and self.score_between[0] > self.score_between[1]:
            raise ValueError("the lower score of `score_between` lies above the upper one")
        told = [*self.fired, *self.not_fired, *self.undetermined]
        twice = sorted({name for name in told if told.count(name) > 1})
        if twice:
            raise ValueError(f"`{twice[0]}` is expected twice")
        if not self.model_dump(exclude_defaults=True, exclude={"score_why"}):
            raise ValueError("nothing is expected: name a rule, a gate, a band, a score or a lower scenario")
        return self


class ScenarioModel(_Strict):
    """One pairing on one day."""

    name: Name
    note: Text | None = None
    sources: tuple[Url, ...] = ()
    like: Name | None = None
    parties: Annotated[tuple[Short | PartyModel, ...], Field(min_length=2, max_length=2)] | None = None
    foreign_party: Short | None = None
    as_of: Day | None = None
    deal: _Told = {}
    expect: ExpectModel


class ScenarioFileModel(_Strict):
    """One file; `as_of` holds for scenarios that state no day."""

    title: Short
    notes: Text | None = None
    as_of: Day | None = None
    scenarios: Annotated[tuple[ScenarioModel, ...], Field(min_length=1)]


_MODELS: tuple[type[BaseModel], ...] = (ScenarioFileModel, ScenarioModel, ExpectModel, PartyModel)
_FIELDS = tuple(dict.fromkeys(name for model in _MODELS for name in model.model_fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario, ready to be asked: `question` has the form of a request body; `lines` tells where its fields stand."""

    name: str
    file: str
    line: int
    as_of: date
    question: Mapping[str, Any]
    rules: Mapping[str, Status]
    gates: frozenset[str] | None
    gates_with: frozenset[str]
    gates_without: frozenset[str]
    bands: tuple[str, ...]
    score_between: tuple[float, float] | None
    score_why: str | None
    higher_than: Mapping[str, str]
    note: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, name: str) -> int:
        """The line of an expected rule or of a field of `expect`."""
        return self.lines.get(name, self.line)


def read_scenarios(folder: Path) -> tuple[Scenario, ...]:
    """All scenarios of the YAML files of a folder; raises `RuleError` with every problem."""
    found: list[Scenario] = []
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.yaml")):
        try:
            found += read_scenario_file(path, path.relative_to(folder).as_posix())
        except RuleError as error:
            problems += error.problems
    problems += _between_files(found)
    if problems:
        raise RuleError(problems)
    return tuple(found)


def read_scenario_file(path: Path, shown_as: str) -> tuple[Scenario, ...]:
    """The scenarios of one file; raises `RuleError` with every problem."""
    source = read_source(path, shown_as)
    try:
        model = ScenarioFileModel.model_validate(source.data)
    except ValidationError as error:
        raise RuleError(form_problems(source, error, _FIELDS)) from None
    reader = _Reader(source, model)
    found = [reader.scenario(index) for index in range(len(model.scenarios))]
    if reader.problems:
        raise RuleError(reader.problems)
    return tuple(item for item in found if item is not None)


class _Reader:
    """Turns the models of one file into scenarios; collects problems."""

    def __init__(self, source: Source, model: ScenarioFileModel) -> None:
        self.source, self.model = source, model
        self.by_name = {item.name: item for item in model.scenarios}
        self.problems: list[Problem] = []

    def scenario(self, index: int) -> Scenario | None:
        """One scenario, or None where `problems` says what is wrong."""
        own = self.model.scenarios[index]
        chain = self._chain(index, own)
        parties = next((item.parties for item in reversed(chain) if item.parties), None)
        day = next((item.as_of for item in reversed(chain) if item.as_of), self.model.as_of)
        self._check_like_sources(index, own)
        if parties is None or day is None:
            lacks = "parties" if parties is None else "as_of"
            hint = "name two companies: [Xiaomi, Ford]" if parties is None else "state the day, here or for the file"
            self._problem(index, (lacks,), "missing-field", f"`{lacks}` of {own.name} is missing", hint)
            return None
        deal = {name: value for item in chain for name, value in item.deal.items()}
        lead = next((item.foreign_party for item in reversed(chain) if item.foreign_party), None)
        question = {
            "parties": [_party(item) for item in parties],
            "deal": deal,
            "as_of": day.isoformat(),
            "foreign_party": lead,
        }
        return self._expected(index, own, day, question)

    def _chain(self, index: int, own: ScenarioModel) -> list[ScenarioModel]:
        """The scenario behind those that it builds upon, the first one first."""
        chain = [own]
        while chain[0].like is not None:
            base = self.by_name.get(chain[0].like)
            if base is None or base in chain:
                self._unknown(index, ("like",), chain[0].like, "builds upon itself" if base else None)
                break
            chain.insert(0, base)
        return chain

    def _unknown(self, index: int, field_: Path_, name: str, circle: str | None) -> None:
        detail = f"`{name}` {circle}" if circle else f"there is no scenario `{name}` in this file"
        self._problem(index, field_, "scenario-unknown", detail, did_you_mean(name, self.by_name))

    def _check_like_sources(self, index: int, own: ScenarioModel) -> None:
        if [item.name for item in self.model.scenarios].index(own.name) != index:
            self._problem(index, ("name",), "duplicate-scenario", f"`{own.name}` stands twice", "give it another name")

    def _expected(self, index: int, own: ScenarioModel, day: date, question: Mapping[str, Any]) -> Scenario:
        expect = own.expect
        rules = {rule: status for status in Status for rule in getattr(expect, status.value)}
        low_high = expect.score_between
        return Scenario(
            name=own.name,
            file=self.source.file,
            line=self.source.place(("scenarios", index))[0],
            as_of=day,
            question=question,
            rules=rules,
            gates=None if expect.gates is None else frozenset(expect.gates),
            gates_with=frozenset(expect.gates_with),
            gates_without=frozenset(expect.gates_without),
            bands=expect.bands,
            score_between=None if low_high is None else (low_high[0], low_high[1]),
            score_why=expect.score_why,
            higher_than=expect.higher_than,
            note=own.note,
            lines=dict(self._lines(index)),
        )

    def _lines(self, index: int) -> Iterator[tuple[str, int]]:
        """Lines of the fields of `expect`, and of the rules and scenarios named there."""
        start: Path_ = ("scenarios", index, "expect")
        data: Any = self.source.data
        for name, value in data["scenarios"][index]["expect"].items():
            yield name, self.source.place((*start, name))[0]
            for key, item in enumerate(value) if isinstance(value, list) else ():
                yield item, self.source.place((*start, name, key))[0]
            for key in value if isinstance(value, dict) else ():
                yield key, self.source.place((*start, name, key))[0]

    def _problem(self, index: int, field_: Path_, code: str, detail: str, hint: str | None) -> None:
        self.problems.append(self.source.problem(("scenarios", index, *field_), code, detail, hint))


def _party(party: str | PartyModel) -> str | dict[str, Any]:
    return party if isinstance(party, str) else party.model_dump(exclude_none=True)


def _between_files(found: Iterable[Scenario]) -> Iterator[Problem]:
    """Names that stand in two files, and orderings against scenarios that there are not."""
    by_name: dict[str, Scenario] = {}
    for item in (listed := list(found)):
        first = by_name.setdefault(item.name, item)
        if first is not item:
            detail = f"`{item.name}` is also in {first.file}:{first.line}"
            yield Problem(
                code="duplicate-scenario", detail=detail, file=item.file, line=item.line, hint="give it another name"
            )
    for item in listed:
        for name in item.higher_than:
            if name not in by_name:
                yield Problem(
                    code="scenario-unknown",
                    detail=f"{item.name}: there is no scenario `{name}`",
                    file=item.file,
                    line=item.line_of(name),
                    hint=did_you_mean(name, by_name),
                )


def is_scenario_name(text: str) -> bool:
    """Whether the text may name a scenario: ids of rules have dots, names of scenarios have none."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) is not None
