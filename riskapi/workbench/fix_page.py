"""The text of a rule file with the place of every value in it, for corrections that leave all else as it is.

Enters: YAML text. Leaves: nodes by their path, spans of characters, texts with pieces exchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import yaml

from riskapi.rules.source import Path_

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of the text, from one character to before another, and what takes its place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A value by its path, with its key where it stands in a mapping."""

    path: Path_
    value: Any
    key: Any = None


class Page:
    """One file; `root` is None where it is no YAML."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def root(self) -> Any:  # noqa: ANN401  # nodes of YAML
        """The tree of nodes."""
        try:
            return yaml.compose(self.text, Loader=_Loader)
        except yaml.YAMLError:
            return None

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(line) for line in self.text.splitlines(keepends=True))]

    def offset(self, line: int, column: int) -> int:
        """Characters before a place; both count from 1."""
        return min(self._starts[min(line, len(self._starts)) - 1] + column - 1, len(self.text))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character; both count from 1."""
        line = next(index for index in range(len(self._starts) - 1, -1, -1) if self._starts[index] <= offset)
        return line + 1, offset - self._starts[line] + 1

    def line_span(self, line: int) -> Span:
        """A whole line with its break; lines count from 1."""
        return self.offset(line, 1), self._starts[line] if line < len(self._starts) else len(self.text)

    def span(self, node: Any) -> Span:  # noqa: ANN401
        """Where a node stands, quotation marks included."""
        first, last = node.start_mark, node.end_mark
        return self.offset(first.line + 1, first.column + 1), self.offset(last.line + 1, last.column + 1)

    def raw(self, node: Any) -> str:  # noqa: ANN401
        """The text of a node as it is written."""
        start, end = self.span(node)
        return self.text[start:end]

    def find(self, field: str | None, rule: str | None = None) -> Found | None:
        """The value of a field as findings name it (`effect.group`, `rules.0.examples.1.given.deal.type`)."""
        base = Found((), self.root)
        parts = (field or "").split(".") if field else []
        if rule is not None:
            base = next((item for item in self._rules() if _text_of(item.value, "id") == rule), base)
            if not base.path:
                return None
        return base if not parts else _resolved(base, parts)

    def _rules(self) -> Iterator[Found]:
        listed = _child(self.root, "rules")
        for index, node in enumerate(listed.value if isinstance(listed, yaml.SequenceNode) else []):
            yield Found(("rules", index), node)

    def mapping(self, path: Path_) -> Any:  # noqa: ANN401
        """The mapping that a path leads to, or None."""
        node = self.root
        for part in path:
            node = node.value[part] if isinstance(node, yaml.SequenceNode) else _child(node, str(part))
        return node if isinstance(node, yaml.MappingNode) else None


def keys(mapping: Any) -> list[str]:  # noqa: ANN401
    """The names of the fields of a mapping."""
    return [str(key.value) for key, _ in mapping.value] if isinstance(mapping, yaml.MappingNode) else []


def _child(node: Any, name: str) -> Any:  # noqa: ANN401
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _text_of(node: Any, name: str) -> str | None:  # noqa: ANN401
    value = _child(node, name)
    return str(value.value) if isinstance(value, yaml.ScalarNode) else None


def _resolved(base: Found, parts: list[str]) -> Found | None:
    """Follow the parts; names of facts hold dots themselves, so that several parts may be one key."""
    if not parts:
        return base
    node = base.value
    if isinstance(node, yaml.SequenceNode):
        index = int(parts[0]) if parts[0].isdecimal() else -1
        inside = 0 <= index < len(node.value)
        return _resolved(Found((*base.path, index), node.value[index]), parts[1:]) if inside else None
    if isinstance(node, yaml.MappingNode):
        for length in range(len(parts), 0, -1):
            name = ".".join(parts[:length])
            for key, value in node.value:
                if str(key.value) == name:
                    return _resolved(Found((*base.path, name), value, key), parts[length:])
    return None


def exchanged(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits; they must not overlap."""
    for edit in sorted(edits, key=lambda item: item.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
