"""The part of the JSON Schema that speaks of decision tables: definitions of rules in, those of entries with tables out.

An editor checks the form of rows and the names of columns; what a cell means is checked by `riskapi rules check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules.table_conditions import KEY, OUTPUTS, SPAN, WHEN

_DAY = r"^\d{4}-\d{2}-\d{2}$"
#: Fields of a rule that must stand in the entry itself: no column sets them.
_REQUIRED = ("id", "table")
_KEY_FORM = "^[a-z0-9]+(?:[-_][a-z0-9]+)*$"


def rule_or_table() -> dict[str, Any]:
    """What an entry of `rules` may be."""
    return {
        "if": {"type": "object", "required": ["table"]},
        "then": {"$ref": "#/$defs/TableRule"},
        "else": {"$ref": "#/$defs/RuleModel"},
    }


def table_definitions(definitions: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """The definitions of an entry with a table, made of those of a rule."""
    rule, effect, span = (dict(definitions[name]) for name in ("RuleModel", "EffectModel", "SpanModel"))
    when = {**rule["properties"]["when"], "description": "What must hold for every row, besides its cells."}
    properties = {
        **rule["properties"],
        "when": when,
        "table": {"$ref": "#/$defs/Table"},
        "effect": {"$ref": "#/$defs/TableEffect"},
        "in_force": {"type": "array", "items": {"$ref": "#/$defs/TableSpan"}, "minItems": 1},
        "examples": {"type": "array", "items": {"$ref": "#/$defs/TableExample"}},
    }
    return {
        "TableRule": {**_without(rule, "allOf"), "required": list(_REQUIRED), "properties": properties},
        "TableEffect": _without(effect, "required"),
        "TableSpan": _without(span, "required"),
        "Table": _table(),
        "TableRow": _row(vocabulary),
        "TableExample": _example(definitions["ExampleModel"]),
        "TableKeys": _keys(),
    }


def _without(item: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != name}


def _table() -> dict[str, Any]:
    hit = "max: of the rows that fire only the heaviest counts; sum: all count."
    file = "A CSV file beside the rule file, with the rows."
    return {
        "type": "object",
        "description": "Rows that share the rest of the entry; each becomes a rule of its own.",
        "additionalProperties": False,
        "properties": {
            "hit": {"enum": ["max", "sum"], "description": hit},
            "rows": {"type": "array", "items": {"$ref": "#/$defs/TableRow"}, "minItems": 1, "maxItems": 1000},
            "file": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9._-]*\.csv$", "description": file},
        },
        "oneOf": [{"required": ["rows"]}, {"required": ["file"]}],
    }


def _row(vocabulary: Vocabulary) -> dict[str, Any]:
    cell = {"type": ["string", "number", "boolean", "null", "array"], "items": {"type": "string"}}
    facts = {fact.name: {**cell, "description": fact.meaning} for fact in vocabulary if fact.in_conditions}
    texts = {header: {"type": ["string", "number", "null"]} for header in (*OUTPUTS, "note")}
    days = {header: {"type": ["string", "null"], "pattern": _DAY} for header in SPAN[:3]}
    key = {"type": ["string", "integer"], "pattern": _KEY_FORM, "description": "The id of the row's rule ends with it."}
    return {
        "type": "object",
        "description": "One row: what must hold, and what differs from the shared fields.",
        "additionalProperties": False,
        "required": [KEY],
        "properties": {KEY: key, WHEN: {"type": ["string", "boolean", "null"]}, **texts, **days, **facts},
        "patternProperties": {r"^row\.": cell, "^[a-z][a-z0-9_]*$": cell},
    }


def _keys() -> dict[str, Any]:
    one = {"type": ["string", "integer"]}
    return {"anyOf": [{"type": "array", "items": one}, one]}


def _example(example: Mapping[str, Any]) -> dict[str, Any]:
    days = {"anyOf": [example["properties"]["as_of"], {"type": "array", "items": {"type": "string", "pattern": _DAY}}]}
    keys = {"$ref": "#/$defs/TableKeys"}
    return {
        **example,
        "required": ["name"],
        "anyOf": [{"required": ["fires"]}, {"required": ["undetermined"]}],
        "properties": {
            **{name: value for name, value in example["properties"].items() if name != "expect"},
            "as_of": days,
            "fires": {**keys, "description": "The rows that must fire, by key, or all; [] for none."},
            "undetermined": {**keys, "description": "The rows that must be undetermined, by key, or all."},
        },
    }
