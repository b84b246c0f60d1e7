"""The JSON Schema of the rule files of private layers: the vocabulary in, a schema for editors out.

A file that starts with `instrument:` is as in the shipped rules; one with `extends:` adds to an instrument below and changes it.
"""

from __future__ import annotations

import json
from typing import Any

from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules.fingerprint import FORM
from riskapi.workbench.schema import DRAFT, rule_file_schema

_CHANGE: dict[str, Any] = {
    "of": {"type": "string", "pattern": FORM, "description": "The line that `riskapi rules show` prints."},
    "reason": {"type": "string", "minLength": 1, "description": "Why you see the rule differently."},
}


def layer_file_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The schema of one rule file of a layer."""
    whole = rule_file_schema(vocabulary)
    definitions: dict[str, Any] = whole.pop("$defs")
    law = {key: whole[key] for key in ("type", "properties", "required", "additionalProperties")}
    definitions |= {"Law": law, "Override": _override(definitions["RuleModel"]), "Extension": _extension(law)}
    return {
        "$schema": DRAFT,
        "title": "Rule file of a private layer",
        "description": "A law or policy of its own, or what is different in one below.",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/Extension"},
        "else": {"$ref": "#/$defs/Law"},
        "$defs": dict(sorted(definitions.items())),
    }


def layer_schema_text(vocabulary: Vocabulary) -> str:
    """The schema as `riskapi rules schema --layer` prints it."""
    return json.dumps(layer_file_schema(vocabulary), indent=1, ensure_ascii=False) + "\n"


def _override(rule: dict[str, Any]) -> dict[str, Any]:
    """A whole rule with `overrides` in place of `id`."""
    target = {**rule["properties"]["id"], "description": "Id of the rule below; the override keeps it."}
    rest = {key: value for key, value in rule["properties"].items() if key != "id"}
    return {
        **rule,
        "properties": {"overrides": target, **_CHANGE, **rest},
        "required": ["overrides", *_CHANGE, *(name for name in rule["required"] if name != "id")],
    }


def _extension(law: dict[str, Any]) -> dict[str, Any]:
    own = {name: law["properties"][name] for name in ("sources", "checked", "confidence", "notes")}
    usual = law["properties"]["rules"]["items"]
    rule = {"if": {"required": ["overrides"]}, "then": {"$ref": "#/$defs/Override"}, "else": usual}
    target = {"rule": {"type": "string", "description": "Id of the rule below."}, **_CHANGE}
    points = {"points": {"type": "number", "minimum": -100, "maximum": 100, "description": "Its points in this layer."}}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["extends"],
        "properties": {
            "extends": {**law["properties"]["instrument"], "description": "Id of the instrument below."},
            **own,
            "rules": {
                "type": "array",
                "minItems": 1,
                "items": rule,
                "description": "New rules, and those that override.",
            },
            "points": _list(target | points, "Other points for rules below."),
            "disables": _list(target, "Rules below that shall not count."),
        },
    }


def _list(properties: dict[str, Any], meaning: str) -> dict[str, Any]:
    entry = {"type": "object", "additionalProperties": False, "required": [*properties], "properties": properties}
    return {"type": "array", "minItems": 1, "items": entry, "description": meaning}
