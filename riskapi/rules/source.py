"""YAML text in; plain data whose scalars are all text, with the place of every value, out.

Every scalar stays text, since YAML's own guessing turns the country code NO into false, the ECCN 3E001 into 30.0 and
8703.80 into 8703.8. Duplicate keys, anchors, aliases, tags and deep nesting are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from riskapi.errors import Problem, RuleError

MAX_BYTES = 1_000_000
MAX_DEPTH = 12

Data: TypeAlias = "str | list[Data] | dict[str, Data] | None"
Path_: TypeAlias = tuple[str | int, ...]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written that now stands elsewhere: in the row of a table, say.

    `line_here` is the line of the rule file that leads to it.
    """

    file: str
    name: str
    line_here: int


@dataclass(slots=True)
class Source:
    """A YAML file as data, with (line, column) of each value by its path; both count from 1.

    `origins` has the paths whose values were written in another place or file than their path says; `tables` names the
    table of each rule (by its number) that is the row of one.
    """

    file: str
    data: Data = None
    places: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    origins: dict[Path_, Origin] = field(default_factory=dict)
    tables: dict[int, str] = field(default_factory=dict)

    def place(self, path: Path_) -> tuple[int, int]:
        """Line and column of the value under `path`, or of its nearest enclosing value."""
        return self.places.get(self._nearest(path), (1, 1))

    def line_here(self, path: Path_) -> int:
        """The line in this very file, also for what was written in another one."""
        origin = self.origins.get(self._nearest(path))
        return self.place(path)[0] if origin is None else origin.line_here

    def _nearest(self, path: Path_) -> Path_:
        while path and path not in self.places:
            path = path[:-1]
        return path

    def problem(
        self, path: Path_, code: str, detail: str, hint: str | None = None, column_offset: int | None = None
    ) -> Problem:
        """A problem at the value under `path`, or at its nearest enclosing value."""
        line, column = self.place(path)
        nearest = self._nearest(path)
        origin = self.origins.get(nearest)
        shown = path if origin is None else (origin.name, *path[len(nearest) :])
        name = ".".join(str(part) for part in shown) or None
        return Problem(
            code=code,
            detail=detail,
            file=self.file if origin is None else origin.file,
            line=line,
            column=column + (column_offset or 0),
            field=name,
            hint=hint,
        )


def read_source(path: Path, shown_as: str | None = None) -> Source:
    """Read one YAML file; raises `RuleError` with every problem of its form."""
    return parse_content(read_content(path, shown_as), shown_as or str(path))


def read_content(path: Path, shown_as: str | None = None) -> bytes:
    """The bytes of a file; raises `RuleError` where there are too many."""
    raw = path.read_bytes()
    if len(raw) > MAX_BYTES:
        detail = f"more than {MAX_BYTES} bytes"
        raise RuleError(Problem(code="file-too-large", detail=detail, file=shown_as or str(path)))
    return raw


def parse_content(raw: bytes, name: str) -> Source:
    """Like `read_source`, for the bytes of a file."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise RuleError(Problem(code="not-utf-8", detail="the file is not UTF-8 text", file=name, line=line)) from None
    return parse_source(text, name)


def parse_source(text: str, name: str) -> Source:
    """Like `read_source`, for text."""
    source = Source(name)
    try:
        refused = list(_refused_forms(text, name))
        root = None if refused else yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise RuleError(_yaml_problem(error, name, text)) from None
    if refused:
        raise RuleError(refused)
    source.data = None if root is None else _convert(root, (), source)
    if source.problems:
        raise RuleError(source.problems)
    return source


def _refused_forms(text: str, name: str) -> Iterator[Problem]:
    """Anchors, aliases, tags and deep nesting, seen in the stream of events: building the tree recurses and copies."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            yield _at_event(event, name, "too-deep", "the file is nested too deeply")
            return
        if getattr(event, "anchor", None) is not None:
            yield _at_event(event, name, "yaml-anchor", "anchors (`&`) and aliases (`*`) are not used in rule files")
        tag = getattr(event, "tag", None)
        if tag is not None:
            yield _at_event(event, name, "yaml-tag", f"the tag {tag} is not used in rule files")


def _at_event(event: yaml.Event, name: str, code: str, detail: str) -> Problem:
    mark = event.start_mark
    return Problem(
        code=code,
        detail=detail,
        file=name,
        line=mark.line + 1 if mark else None,
        column=mark.column + 1 if mark else None,
        hint="text that starts with `&`, `*` or `!` needs quotation marks around the whole" if "yaml" in code else None,
    )


def _yaml_problem(error: yaml.YAMLError, name: str, text: str) -> Problem:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Problem(
            code="yaml-syntax",
            detail=f"not valid YAML: {error.reason}",
            file=name,
            line=line,
            hint="delete the character; no file of text needs it",
        )
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "cannot be read"
    return Problem(
        code="yaml-syntax",
        detail=f"not valid YAML: {what}",
        file=name,
        line=mark.line + 1 if mark else None,
        column=mark.column + 1 if mark else None,
        hint="text with `: ` or `#`, or that starts with a quotation mark, a bracket or `>`, needs quotation marks around "
        "the whole",
    )


def _convert(node: yaml.Node, path: Path_, source: Source) -> Data:
    # Inside the quotation marks, so that a place in a condition is counted from its own first character.
    quoted = isinstance(node, yaml.ScalarNode) and node.style in ("'", '"')
    source.places[path] = (node.start_mark.line + 1, node.start_mark.column + 1 + quoted)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_convert(item, (*path, index), source) for index, item in enumerate(node.value)]
    return _mapping(node, path, source)


def _scalar(node: yaml.ScalarNode) -> str | None:
    # The C parser gives "" and not None as the style of a scalar without quotation marks.
    empty = not node.style and node.value in ("", "null", "~")
    return None if empty else str(node.value)


def _mapping(node: yaml.Node, path: Path_, source: Source) -> dict[str, Data]:
    result: dict[str, Data] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            source.problems.append(
                Problem(
                    code="bad-key",
                    detail="a field name is plain text, not a list or a mapping",
                    file=source.file,
                    line=line,
                    column=column,
                )
            )
            continue
        key = str(key_node.value)
        here = (*path, key)
        if key in result:
            source.places[here] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            source.problems.append(source.problem(here, "duplicate-key", f"`{key}` stands twice", "keep one of them"))
        result[key] = _convert(value_node, here, source)
    return result
