"""Rule files in, a checked and compiled `RuleBook` out; all problems of all files are collected before anything is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from riskapi.errors import Problem, RuleError, did_you_mean
from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules.book import Instrument, LegalSource, Rule, RuleBook
from riskapi.rules.compile import RuleCompiler
from riskapi.rules.model import InstrumentModel, RuleModel
from riskapi.rules.source import Path_, Source, read_source

#: Files of a rules folder that are not instruments.
NOT_INSTRUMENTS = ("scorecard.yaml",)
#: What pydantic puts into the place of an error besides names of fields: the alternatives that it tried.
_NOT_FIELDS = ("function-", "dict[", "list[", "constrained-", "[key]")
_DOCUMENTS = {".md", ".json", ".lock"}


def load_rules(folder: Path, vocabulary: Vocabulary, *, examples: bool = True) -> RuleBook:
    """Load every instrument below `folder`; raises one `RuleError` with all problems.

    Without `examples` those inside the rules are neither read nor demanded, which opens the book faster.
    """
    problems: list[Problem] = []
    rules: list[Rule] = []
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(folder)))
    if not files:
        raise RuleError(Problem(code="no-rules", detail="the rules folder is empty or missing", file=str(folder)))
    for path in files:
        shown = path.relative_to(folder).as_posix()
        if shown in NOT_INSTRUMENTS or path.suffix in _DOCUMENTS:
            continue
        if path.suffix != ".yaml":
            problems.append(
                Problem(
                    code="unused-file",
                    detail="is not read as a rule file",
                    file=shown,
                    hint="rule files end in .yaml; other files do not belong into the folder",
                )
            )
            continue
        try:
            rules.extend(load_file(path, vocabulary, shown, examples=examples))
        except RuleError as error:
            problems.extend(error.problems)
    problems.extend(_duplicates(rules))
    if problems:
        raise RuleError(problems)
    instruments = {rule.instrument.id: rule.instrument for rule in rules}
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    return RuleBook(ordered, dict(sorted(instruments.items())), vocabulary, content_version(folder))


def _is_hidden(path: Path) -> bool:
    """Whether the path lies in a folder such as `.git`, or is such a file: a folder of rules may be a repository."""
    return any(part.startswith(".") for part in path.parts)


def content_version(folder: Path) -> str:
    """SHA-256 over the names and contents of all YAML files, so that the same files always give the same version."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml"), key=lambda item: item.relative_to(folder).as_posix()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def load_file(path: Path, vocabulary: Vocabulary, shown_as: str | None = None, *, examples: bool = True) -> list[Rule]:
    """Load one instrument file; raises `RuleError` with file, line and field of each problem."""
    source = read_source(path, shown_as)
    model = _validated(source)
    problems = _naming_problems(source, model, path)
    instrument = _instrument(model, source.file)
    rules = []
    for index, rule_model in enumerate(model.rules):
        builder = RuleCompiler(source, index, rule_model, instrument, vocabulary)
        rule = builder.build(examples=examples)
        problems.extend(builder.problems)
        if rule is not None:
            rules.append(rule)
    if problems:
        raise RuleError(problems)
    return rules


def _validated(source: Source) -> InstrumentModel:
    if not isinstance(source.data, dict):
        raise RuleError(
            source.problem((), "not-an-instrument", "a rule file is a mapping that starts with `instrument:`")
        )
    try:
        return InstrumentModel.model_validate(source.data)
    except ValidationError as error:
        raise RuleError([_form_problem(source, dict(item)) for item in _causes(error)]) from None


def _causes(error: ValidationError) -> list[Mapping[str, Any]]:
    """Its errors without those that only follow: a list whose element is wrong also counts as too short."""
    found: list[dict[str, Any]] = [dict(item) for item in error.errors()]
    return [
        item
        for item in found
        if item["type"] != "too_short"
        or not any(
            len(other["loc"]) > len(item["loc"]) and other["loc"][: len(item["loc"])] == item["loc"] for other in found
        )
    ]


def _form_problem(source: Source, item: Mapping[str, Any]) -> Problem:
    path: Path_ = tuple(part for part in item["loc"] if part != "str" and not str(part).startswith(_NOT_FIELDS))
    kind = str(item["type"])
    if kind == "missing":
        return source.problem(path, "missing-field", f"`{path[-1]}` is missing")
    if kind == "extra_forbidden":
        return source.problem(path, "unknown-field", f"there is no field `{path[-1]}` here", _field_hint(path))
    message = str(item["msg"]).removeprefix("Value error, ")
    return source.problem(
        path,
        "bad-value",
        f"{message} (found `{str(item.get('input'))[:60]}`)"
        if "input" in item and not isinstance(item["input"], dict | list | tuple)
        else message,
    )


def _field_hint(path: Path_) -> str | None:
    if " " in str(path[-1]):
        return "inside { } a comma ends the value: put quotation marks around text that has one"
    names = {
        *InstrumentModel.model_fields,
        *RuleModel.model_fields,
        "from",
        "to",
        "published",
        "pillar",
        "points",
        "why",
        "gate",
        "clock",
        "group",
        "given",
        "expect",
        "as_of",
        "url",
        "retrieved",
        "note",
        "on",
        "how",
        "step",
        "days",
    }
    return did_you_mean(str(path[-1]), names)


def _naming_problems(source: Source, model: InstrumentModel, path: Path) -> list[Problem]:
    problems = []
    if path.stem != model.instrument:
        problems.append(source.problem(("instrument",), "file-name", f"the file must be named {model.instrument}.yaml"))
    prefix = model.jurisdiction.lower()
    if not model.instrument.startswith(f"{prefix}."):
        problems.append(source.problem(("instrument",), "jurisdiction", f"the id must start with `{prefix}.`"))
    for index, rule in enumerate(model.rules):
        if not rule.id.startswith(f"{model.instrument}."):
            problems.append(source.problem(("rules", index, "id"), "rule-id", f"must start with `{model.instrument}.`"))
    return problems


def _duplicates(rules: Iterable[Rule]) -> list[Problem]:
    seen: dict[str, Rule] = {}
    problems = []
    for rule in rules:
        if rule.id in seen:
            problems.append(
                Problem(
                    code="duplicate-rule",
                    detail=f"`{rule.id}` is also in {seen[rule.id].file}",
                    file=rule.file,
                    line=rule.line,
                    hint="ids are permanent and unique",
                )
            )
        seen[rule.id] = rule
    return problems


def _instrument(model: InstrumentModel, file: str) -> Instrument:
    return Instrument(
        id=model.instrument,
        title=model.title,
        jurisdiction=model.jurisdiction,
        authority=model.authority,
        citation=model.citation,
        sources=tuple(LegalSource(item.url, item.retrieved, item.note) for item in model.sources),
        checked_on=model.checked.on,
        checked_how=model.checked.how,
        confidence=model.confidence,
        notes=model.notes,
        file=file,
    )
