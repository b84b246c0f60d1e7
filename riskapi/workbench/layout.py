"""The usual layout of a rule file: text in, text with the same content in the usual order of fields out.

Whole lines are moved, never written anew, so that comments, quotation marks and line breaks stay as the author has them.
The result is read again: if it did not say exactly the same, the text comes back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from riskapi.errors import RuleError
from riskapi.rules.model import EffectModel, InstrumentModel, RuleModel
from riskapi.rules.source import parse_source

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: Fields in their order. Those of a rule differ from the model in one place: confidence stands beside the kind.
FILE_ORDER = ("extends", *InstrumentModel.model_fields, "points", "disables")
EFFECT_ORDER = tuple(EffectModel.model_fields)
_PLAIN = [name for name in RuleModel.model_fields if name != "confidence"]
_ORDER = [*_PLAIN[: _PLAIN.index("kind") + 1], "confidence", *_PLAIN[_PLAIN.index("kind") + 1 :]]
RULE_ORDER = (
    "overrides",
    "of",
    "reason",
    *_ORDER[: _ORDER.index("when") + 1],
    "table",
    *_ORDER[_ORDER.index("when") + 1 :],
)


def laid_out(text: str, name: str) -> str:
    """The text in the usual layout; raises `RuleError` where it is no YAML that rule files may hold."""
    parse_source(text, name)
    tidy = _kept(text, _tidied(text), name)
    for level in (_effects, _rules, _file):
        tidy = _kept(tidy, _reordered(tidy, level(_root(tidy))), name)
    return tidy


def _kept(before: str, after: str, name: str) -> str:
    """The later text, if it holds the same data and the same lines as the earlier one."""
    if after == before:
        return before
    try:
        same = parse_source(before, name).data == parse_source(after, name).data
    except RuleError:
        return before
    return after if same and _lines(before) == _lines(after) else before


def _lines(text: str) -> list[str]:
    return sorted(line.strip() for line in text.splitlines() if line.strip())


def _tidied(text: str) -> str:
    """No carriage returns, no spaces at the ends of lines, at most one empty line, one line break at the end."""
    lines = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"


def _root(text: str) -> Any:  # noqa: ANN401  # nodes of YAML
    return yaml.compose(text, Loader=_Loader)


def _file(root: Any) -> Iterator[tuple[Any, Sequence[str]]]:  # noqa: ANN401
    if isinstance(root, yaml.MappingNode):
        yield root, FILE_ORDER


def _rules(root: Any) -> Iterator[tuple[Any, Sequence[str]]]:  # noqa: ANN401
    for node in _rule_nodes(root):
        yield node, RULE_ORDER


def _effects(root: Any) -> Iterator[tuple[Any, Sequence[str]]]:  # noqa: ANN401
    for node in _rule_nodes(root):
        effect = _value(node, "effect")
        if isinstance(effect, yaml.MappingNode):
            yield effect, EFFECT_ORDER


def _rule_nodes(root: Any) -> list[Any]:  # noqa: ANN401
    rules = _value(root, "rules") if isinstance(root, yaml.MappingNode) else None
    nodes = rules.value if isinstance(rules, yaml.SequenceNode) else []
    return [node for node in nodes if isinstance(node, yaml.MappingNode)]


def _value(node: Any, key: str) -> Any:  # noqa: ANN401
    return next((value for name, value in node.value if name.value == key), None)


def _reordered(text: str, mappings: Iterator[tuple[Any, Sequence[str]]]) -> str:
    """Fields of each mapping put in order; their ranges of lines do not overlap and keep their lengths."""
    lines = text.split("\n")
    for node, order in mappings:
        if not node.flow_style and node.value:
            _reorder(lines, node, order)
    return "\n".join(lines)


def _reorder(lines: list[str], node: Any, order: Sequence[str]) -> None:  # noqa: ANN401
    keys = [key for key, _ in node.value]
    names = [str(key.value) for key in keys]
    wanted = sorted(
        range(len(keys)), key=lambda index: order.index(names[index]) if names[index] in order else len(order)
    )
    # The first field of a rule stands behind the dash of the list and cannot be moved as a whole line.
    shares_line = bool(lines[keys[0].start_mark.line][: keys[0].start_mark.column].strip())
    if wanted == sorted(wanted) or (shares_line and wanted[0] != 0):
        return
    starts = [_with_remarks(lines, key.start_mark.line) for key in keys]
    starts[0] = keys[0].start_mark.line
    end = _last_line(lines, node)
    chunks = [lines[start:stop] for start, stop in zip(starts, [*starts[1:], end], strict=True)]
    lines[starts[0] : end] = [line for index in wanted for line in chunks[index]]


def _with_remarks(lines: Sequence[str], line: int) -> int:
    """The first of the remarks that stand directly above a field: they belong to it."""
    while line > 0 and lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return line


def _last_line(lines: Sequence[str], node: Any) -> int:  # noqa: ANN401
    """Behind the last field; empty lines and remarks behind it belong to what follows."""
    end = min(int(node.end_mark.line), len(lines))
    if node.end_mark.column and end < len(lines) and lines[end][: node.end_mark.column].strip():
        end += 1
    first = int(node.value[-1][0].start_mark.line)
    while end - 1 > first and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end
