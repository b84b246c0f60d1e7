"""One rule over given facts, for reading on a terminal. Enters: a rule and facts. Leaves: rich renderables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from riskapi.assessment.words import code_words
from riskapi.cli.style import section
from riskapi.cli.terminal import clean
from riskapi.facts.vocabulary import Value, Vocabulary
from riskapi.language import Atom, Trace, determining, nearest_flip
from riskapi.language import text as in_text
from riskapi.language.nodes import And, Not, Or, Part
from riskapi.rules import Rule
from riskapi.rules.book import STATUS_OF
from riskapi.rules.template import in_words

WORDS = {True: "true", False: "false", None: "not known"}
STYLES = {True: "bold green", False: "red", None: "yellow"}


def explained(rule: Rule, facts: Mapping[str, Value], as_of: date, vocabulary: Vocabulary) -> RenderableType:
    """Status, tree of sub-expressions, what decided, what would change it, and the facts behind."""
    tree = rule.trace(facts)
    status = STATUS_OF[tree.value]
    head = Text.assemble((rule.id, "bold"), "  ", (code_words(status.value), STYLES[tree.value]))
    force = (
        Text("") if rule.is_in_force(as_of) else Text(f"Not in force on {as_of}: it does not count.", style="yellow")
    )
    blocks: list[RenderableType] = [head, Text(clean(rule.title)), force, _branch(tree)]
    blocks.append(section("Decided by", *_atoms(determining(tree))))
    if tree.value is not True:
        blocks.append(section("Nearest way to make it true", *_atoms(nearest_flip(tree))))
    blocks.append(section("Facts", *_facts(rule, facts, vocabulary)))
    if tree.value is True:
        blocks.append(section("Because", Text(clean(rule.because.fill(facts, vocabulary)))))
    return Group(*blocks)


def _branch(trace: Trace) -> Tree:
    tree = Tree(_label(trace), guide_style="dim")
    for child in trace.children:
        _grow(tree, child)
    return tree


def _grow(tree: Tree, trace: Trace) -> None:
    branch = tree.add(_label(trace))
    for child in trace.children:
        _grow(branch, child)


def _label(trace: Trace) -> Text:
    value = (f"  {WORDS[trace.value]}", STYLES[trace.value])
    match trace.node:
        case Part(name=name):
            return Text.assemble((clean(code_words(name)), "italic"), value)
        case And():
            return Text.assemble("all of", value)
        case Or():
            return Text.assemble("any of", value)
        case Not():
            return Text.assemble("not", value)
        case _:
            return Text.assemble(clean(in_text(trace.node)), value)


def _atoms(atoms: Iterable[Atom]) -> list[Text]:
    return [Text.assemble(clean(in_text(atom.node)), (f"  {WORDS[atom.value]}", STYLES[atom.value])) for atom in atoms]


def _facts(rule: Rule, facts: Mapping[str, Value], vocabulary: Vocabulary) -> list[Text]:
    return [
        Text.assemble(name, (" = ", "dim"), clean(in_words(vocabulary[name], facts.get(name), vocabulary)))
        for name in rule.fact_order
    ]


def explained_data(rule: Rule, facts: Mapping[str, Value], as_of: date) -> dict[str, Any]:
    """The same as JSON data."""
    tree = rule.trace(facts)
    return {
        "id": rule.id,
        "status": STATUS_OF[tree.value].value,
        "as_of": as_of.isoformat(),
        "in_force": rule.is_in_force(as_of),
        "tree": _tree_data(tree),
        "decided_by": [_atom_data(atom) for atom in determining(tree)],
        "nearest_flip": [] if tree.value is True else [_atom_data(atom) for atom in nearest_flip(tree)],
        "facts": {name: _json(facts.get(name)) for name in rule.fact_order},
    }


def _tree_data(trace: Trace) -> dict[str, Any]:
    data: dict[str, Any] = {"expression": in_text(trace.node), "value": trace.value}
    return {**data, "of": [_tree_data(child) for child in trace.children]} if trace.children else data


def _atom_data(atom: Atom) -> dict[str, Any]:
    return {"expression": in_text(atom.node), "value": atom.value, "part": atom.part, "facts": sorted(atom.facts)}


def _json(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value.isoformat() if isinstance(value, date) else value
