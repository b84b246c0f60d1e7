"""The files of one private layer: a folder in; its name, its own rules and the changes that it wants of rules below out.

A layer is a folder with `layer.yaml`; its rule files lie in `rules/` below it. A file there starts with `instrument:` (a
law of its own) or with `extends:` (something about a law below). Whether the changes fit, `layers` finds out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from riskapi.errors import Problem, RuleError, did_you_mean
from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules.book import ChangeKind, Instrument, Layer, Rule
from riskapi.rules.fingerprint import FORM
from riskapi.rules.form import form_problems
from riskapi.rules.layer_model import (
    LAYER_FIELDS,
    ChangeModel,
    DisablesModel,
    ExtensionModel,
    LayerModel,
    OverrideModel,
    PointsModel,
)
from riskapi.rules.load import rule_files, rules_of
from riskapi.rules.model import FIELDS
from riskapi.rules.source import Data, Path_, Source, read_source
from riskapi.rules.version import SemanticVersion

#: The file that makes a folder a layer.
LAYER_FILE = "layer.yaml"
#: Where the rule files of a layer lie, seen from its folder.
RULES_FOLDER = "rules"

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Head:
    """`layer.yaml` as it stands, with the places of its fields."""

    layer: Layer
    model: LayerModel
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A change that a layer wants; `rule` is the new one where it overrides, `points` the new ones where it changes them."""

    kind: ChangeKind
    instrument: str
    target: str
    of: str | None
    reason: str
    source: Source
    path: Path_
    points: float | None = None
    rule: Rule | None = None

    @property
    def line(self) -> int:
        """Where it stands in its file."""
        return self.source.place(self.path)[0]

    def problem(self, field: str, code: str, detail: str, hint: str | None = None) -> Problem:
        """A problem at one of its fields."""
        return self.source.problem((*self.path, field), code, detail, hint)


@dataclass(frozen=True, slots=True)
class Contents:
    """What one file brings: rules, changes of rules below, and the instrument where it is a law of the layer's own."""

    rules: list[Rule]
    wanted: list[Wanted]
    law: Instrument | None


def read_head(folder: Path) -> Head:
    """`layer.yaml` of a folder; raises `RuleError` where there is none or it is wrong."""
    path = folder / LAYER_FILE
    if not path.is_file():
        above = (folder.parent / LAYER_FILE).is_file()
        hint = (
            f"`{folder.parent.as_posix()}` has one: name that folder"
            if above
            else "a folder that lies over other rules needs one; `riskapi rules init DIR` writes it"
        )
        raise RuleError(
            Problem(code="no-layer-file", file=folder.as_posix(), detail=f"the folder has no {LAYER_FILE}", hint=hint)
        )
    source = read_source(path, path.as_posix())
    model = _checked(LayerModel, source.data, source)
    version = SemanticVersion.parse(model.version)
    assert version is not None, "the model has read it"  # noqa: S101  # for the type checker
    return Head(Layer(model.name, model.title, version, folder), model, source)


def files_of(layer: Layer, problems: list[Problem]) -> list[Path]:
    """The rule files of the layer; a file that has no meaning where it lies goes to `problems`."""
    folder = layer.folder / RULES_FOLDER
    astray = [path for path in sorted(layer.folder.glob("*.yaml")) if path.name != LAYER_FILE]
    problems += [
        Problem(
            code="unused-file",
            file=path.as_posix(),
            detail="is not read as a rule file",
            hint=f"rule files and scorecard.yaml of a layer lie in its folder `{RULES_FOLDER}`",
        )
        for path in astray
    ]
    return rule_files(folder, problems) if folder.is_dir() else []


def read_rules(path: Path, below: Mapping[str, Instrument], vocabulary: Vocabulary, *, examples: bool) -> Contents:
    """One file of a layer; raises `RuleError` with all problems of the file."""
    source = read_source(path, path.as_posix())
    if isinstance(source.data, dict) and "extends" in source.data:
        return _Extension(source, path, below, vocabulary).read(examples=examples)
    rules = rules_of(source, path, vocabulary, examples=examples)
    return Contents(rules, [], rules[0].instrument)


def _checked(model: type[Model], data: object, source: Source, path: Path_ = ()) -> Model:
    """The model of the data; raises `RuleError` with the place of each problem below `path`."""
    if not isinstance(data, dict):
        raise RuleError(source.problem(path, "bad-value", "lines of the form `name: value` are wanted here"))
    try:
        return model.model_validate(data)
    except ValidationError as error:
        part = Source(source.file, data, {key[len(path) :]: place for key, place in source.places.items()
                                         if key[: len(path)] == path})  # fmt: skip
        found = form_problems(part, error, (*LAYER_FIELDS, *FIELDS))
        raise RuleError(found) from None


class _Extension:
    """Reads one file that starts with `extends:`."""

    def __init__(self, source: Source, path: Path, below: Mapping[str, Instrument], vocabulary: Vocabulary) -> None:
        self.source, self.path, self.below, self.vocabulary = source, path, below, vocabulary
        self.problems: list[Problem] = []
        self.data: dict[str, Data] = dict(source.data) if isinstance(source.data, dict) else {}

    def read(self, *, examples: bool) -> Contents:
        rules = self.data.pop("rules", None)
        head = _checked(ExtensionModel, self.data, self.source)
        extended = self._extended(head)
        wanted = [*self._changes(ChangeKind.POINTS, head), *self._changes(ChangeKind.DISABLES, head)]
        compiled: list[Rule] = []
        if rules is not None and extended is not None:
            overrides, plain = self._split(rules)
            compiled = self._compiled(extended, plain, examples=examples)
            wanted += self._overrides(head, overrides, compiled)
        elif not wanted and extended is not None:
            self.problems.append(
                self.source.problem(("extends",), "empty-extension", "the file changes nothing of the instrument",
                                    "write `rules:`, `points:` or `disables:`, or delete the file"))  # fmt: skip
        if self.problems:
            raise RuleError(self.problems)
        replaced = {item.target for item in wanted if item.kind is ChangeKind.OVERRIDES}
        return Contents([rule for rule in compiled if rule.id not in replaced], wanted, None)

    def _extended(self, head: ExtensionModel) -> Instrument | None:
        if head.extends not in self.below:
            hint = did_you_mean(head.extends, self.below) or "a law of your own starts with `instrument:`"
            detail = f"no layer below has an instrument `{head.extends}`"
            self.problems.append(self.source.problem(("extends",), "extends-unknown", detail, hint))
            return None
        if self.path.stem != head.extends:
            detail = f"the file must be named {head.extends}.yaml"
            self.problems.append(self.source.problem(("extends",), "file-name", detail))
        return self.below[head.extends]

    def _changes(self, kind: ChangeKind, head: ExtensionModel) -> Iterator[Wanted]:
        items: tuple[PointsModel | DisablesModel, ...] = head.points if kind is ChangeKind.POINTS else head.disables
        for index, item in enumerate(items):
            yield Wanted(
                kind=kind,
                instrument=head.extends,
                target=item.rule,
                of=self._of(item, (kind.value, index)),
                reason=item.reason,
                source=self.source,
                path=(kind.value, index),
                points=item.points if isinstance(item, PointsModel) else None,
            )

    def _of(self, item: ChangeModel, path: Path_) -> str | None:
        if item.of is not None and not re.fullmatch(FORM, item.of):
            detail = f"`{item.of[:40]}` is no fingerprint of a rule"
            hint = "copy the line `of:` that `riskapi rules show ID` prints"
            self.problems.append(self.source.problem((*path, "of"), "bad-fingerprint", detail, hint))
        return item.of

    def _split(self, rules: Data) -> tuple[dict[int, OverrideModel], Data]:
        """The heads of rules that override, by their place in the list; and the rules in the usual form."""
        heads: dict[int, OverrideModel] = {}
        plain: list[Data] = []
        for index, item in enumerate(rules if isinstance(rules, list) else []):
            if not isinstance(item, dict) or "overrides" not in item:
                plain.append(item)
                continue
            path: Path_ = ("rules", index)
            if "id" in item:
                self.problems.append(
                    self.source.problem((*path, "id"), "override-with-id", "a rule that overrides another keeps its id",
                                        "delete the line `id:`"))  # fmt: skip
            try:
                heads[index] = self._head(item, path)
            except RuleError as error:
                self.problems.extend(error.problems)
            rest = {key: value for key, value in item.items() if key not in OverrideModel.model_fields}
            plain.append({"id": item["overrides"], **rest})
            self.source.places[(*path, "id")] = self.source.place((*path, "overrides"))
        return heads, plain if isinstance(rules, list) else rules

    def _head(self, item: Mapping[str, Data], path: Path_) -> OverrideModel:
        fields = {key: value for key, value in item.items() if key in OverrideModel.model_fields}
        head = _checked(OverrideModel, fields, self.source, path)
        self._of(head, path)
        return head

    def _compiled(self, extended: Instrument, rules: Data, *, examples: bool) -> list[Rule]:
        """The rules, read as if the file were the whole instrument: its title, authority and citation stay."""
        law: dict[str, Any] = {
            "instrument": extended.id,
            "title": extended.title,
            "jurisdiction": extended.jurisdiction,
            "authority": extended.authority,
            "citation": extended.citation,
            "sources": [
                {"url": item.url, "retrieved": item.retrieved.isoformat(), "note": item.note}
                for item in extended.sources
            ],
        }
        own = {key: value for key, value in self.data.items() if key in ("sources", "checked", "confidence", "notes")}
        whole = Source(self.source.file, {**law, **own, "rules": rules}, self.source.places)
        try:
            return rules_of(whole, self.path, self.vocabulary, examples=examples)
        except RuleError as error:
            self.problems.extend(problem for problem in error.problems if problem.code != "file-name")
            return []

    def _overrides(
        self, head: ExtensionModel, heads: Mapping[int, OverrideModel], compiled: list[Rule]
    ) -> Iterator[Wanted]:
        by_id = {rule.id: rule for rule in compiled}
        for index, item in heads.items():
            yield Wanted(
                kind=ChangeKind.OVERRIDES,
                instrument=head.extends,
                target=item.overrides,
                of=item.of,
                reason=item.reason,
                source=self.source,
                path=("rules", index),
                rule=by_id.get(item.overrides),
            )
