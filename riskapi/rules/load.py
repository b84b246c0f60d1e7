"""Rule files in, a checked and compiled `RuleBook` out; all problems of all files are collected before anything is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from riskapi.errors import Problem, RuleError
from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules.book import Instrument, LegalSource, Rule, RuleBook
from riskapi.rules.compile import RuleCompiler
from riskapi.rules.form import form_problems
from riskapi.rules.model import FIELDS, InstrumentModel
from riskapi.rules.source import Source, parse_content, read_content
from riskapi.rules.table_rows import Grid
from riskapi.rules.tables import Reading, expanded, is_table_file
from riskapi.rules.version import UNVERSIONED, VERSION_FILE, load_version

#: Files of a rules folder that are not instruments.
NOT_INSTRUMENTS = ("scorecard.yaml", VERSION_FILE)
_DOCUMENTS = {".md", ".json", ".lock"}
#: Files whose rules are kept in memory: so many that a second book with some changed files costs those only.
REMEMBERED_FILES = 512
_NAMES_A_TABLE = re.compile(rb"^\s*(?:-\s+)?table\s*:", re.MULTILINE)
_RULE_ID = re.compile(r" in [a-z]{2}(?:\.[a-z0-9_-]+){2,}")


def load_rules(folder: Path, vocabulary: Vocabulary, *, examples: bool = True) -> RuleBook:
    """Load every instrument below `folder`; raises one `RuleError` with all problems.

    Without `examples` those inside the rules are neither read nor demanded, which opens the book faster.
    """
    problems: list[Problem] = []
    rules: list[Rule] = []
    for path in rule_files(folder, problems):
        shown = path.relative_to(folder).as_posix()
        try:
            rules.extend(load_file(path, vocabulary, shown, examples=examples))
        except RuleError as error:
            problems.extend(error.problems)
    problems.extend(_duplicates(rules))
    number = UNVERSIONED
    try:
        number = load_version(folder)
    except RuleError as error:
        problems.extend(error.problems)
    if problems:
        raise RuleError(problems)
    instruments = {rule.instrument.id: rule.instrument for rule in rules}
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    return RuleBook(ordered, dict(sorted(instruments.items())), vocabulary, content_version(folder), number)


def rule_files(folder: Path, problems: list[Problem]) -> list[Path]:
    """The instrument files below `folder`; files that are neither that nor documents go to `problems`."""
    found = []
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(folder)))
    if not files:
        raise RuleError(Problem(code="no-rules", detail="the rules folder is empty or missing", file=str(folder)))
    for path in files:
        shown = path.relative_to(folder).as_posix()
        if shown in NOT_INSTRUMENTS or path.suffix in _DOCUMENTS:
            continue
        if path.suffix == ".yaml":
            found.append(path)
            continue
        if path.suffix == ".csv" and is_table_file(path):
            continue
        problems.append(
            Problem(
                code="unused-file",
                detail="is not read as a rule file",
                file=shown,
                hint="rule files end in .yaml; other files do not belong into the folder",
            )
        )
    return found


def _is_hidden(path: Path) -> bool:
    """Whether the path lies in a folder such as `.git`, or is such a file: a folder of rules may be a repository."""
    return any(part.startswith(".") for part in path.parts)


def content_version(folder: Path) -> str:
    """SHA-256 over the names and contents of all YAML files and tables: the same files always give the same version."""
    digest = hashlib.sha256()
    files = [*folder.rglob("*.yaml"), *folder.rglob("*.csv")]
    for path in sorted(files, key=lambda item: item.relative_to(folder).as_posix()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def load_file(path: Path, vocabulary: Vocabulary, shown_as: str | None = None, *, examples: bool = True) -> list[Rule]:
    """Load one instrument file; raises `RuleError` with file, line and field of each problem.

    The same text is compiled once: a service that takes a changed folder, and a comparison of two, read what differs.
    """
    content = read_content(path, shown_as)
    name = shown_as or str(path)
    if _NAMES_A_TABLE.search(content):  # its rows may stand in another file
        return rules_of(parse_content(content, name), path, vocabulary, examples=examples)
    return list(_remembered(content, name, path.name, vocabulary, examples))


@lru_cache(maxsize=REMEMBERED_FILES)
def _remembered(
    content: bytes,
    name: str,
    file: str,
    vocabulary: Vocabulary,
    examples: bool,  # noqa: FBT001  # a part of the key
) -> tuple[Rule, ...]:
    return tuple(rules_of(parse_content(content, name), Path(file), vocabulary, examples=examples))


def rules_of(
    source: Source,
    path: Path,
    vocabulary: Vocabulary,
    *,
    examples: bool = True,
    grids: Mapping[str, Grid] | None = None,
) -> list[Rule]:
    """The rules of an instrument file that has been read; raises `RuleError` with all problems.

    `grids` are rows, by the id of their table, that take the place of those in the files.
    """
    if isinstance(source.data, dict) and "extends" in source.data:
        hint = "name the folder with its layer.yaml: `riskapi --rules DIR rules check`"
        raise RuleError(source.problem(("extends",), "extends-alone", "the file extends an instrument below it", hint))
    reading = Reading(folder=path.parent, vocabulary=vocabulary, examples=examples, grids=grids or {})
    expansion = expanded(source, reading)
    return _compiled(expansion.source, path, vocabulary, expansion.problems, examples=examples)


def _compiled(
    source: Source, path: Path, vocabulary: Vocabulary, found: Iterable[Problem], *, examples: bool
) -> list[Rule]:
    """The rules of a file without tables; `found` are problems that are already known."""
    problems = list(found)
    if problems and isinstance(source.data, dict) and not source.data.get("rules"):
        raise RuleError(problems)
    try:
        model = _validated(source)
    except RuleError as error:
        raise RuleError(_each_once([*problems, *error.problems])) from None
    problems += _naming_problems(source, model, path)
    instrument = _instrument(model, source.file)
    rules = []
    for index, rule_model in enumerate(model.rules):
        builder = RuleCompiler(source, index, rule_model, instrument, vocabulary)
        rule = builder.build(examples=examples)
        problems.extend(builder.problems)
        if rule is not None:
            rules.append(rule)
    if problems:
        raise RuleError(_each_once(problems))
    return rules


def _each_once(problems: Iterable[Problem]) -> list[Problem]:
    """What the rows of a table share is wrong in one place, however many rows it has."""
    found: dict[tuple[object, ...], Problem] = {}
    for item in problems:
        found.setdefault((item.file, item.line, item.column, item.code, _RULE_ID.sub("", item.detail)), item)
    return list(found.values())


def _validated(source: Source) -> InstrumentModel:
    if not isinstance(source.data, dict):
        raise RuleError(
            source.problem((), "not-an-instrument", "a rule file is a mapping that starts with `instrument:`")
        )
    try:
        return InstrumentModel.model_validate(source.data)
    except ValidationError as error:
        raise RuleError(form_problems(source, error, FIELDS)) from None


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
