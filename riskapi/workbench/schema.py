"""The JSON Schema of rule files, for editors that complete and check while one types.

Enters: the vocabulary. Leaves: a JSON Schema (draft 2020-12) as data. It checks the form of a file, names of facts and
values of code lists; what a condition means is checked by `riskapi rules check`. Editors read YAML scalars as numbers,
booleans and dates where they look like it, so the schema allows those spellings where the loader takes their text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from riskapi.facts.vocabulary import Fact, FactType, Vocabulary
from riskapi.rules.model import InstrumentModel
from riskapi.workbench.schema_tables import rule_or_table, table_definitions

DRAFT = "https://json-schema.org/draft/2020-12/schema"
DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "A day, written 2027-01-31."}

#: Words that the loader reads as not known, besides an empty value.
NOT_KNOWN = ("unknown", "null", "?", "")

#: What the fields mean; shown by the editor beside the field.
MEANINGS: Mapping[tuple[str, str], str] = {
    ("InstrumentModel", "instrument"): "Id of the instrument; it starts with the jurisdiction, and the file is named after it.",
    ("InstrumentModel", "title"): "Name of the law, regulation, list or policy.",
    ("InstrumentModel", "jurisdiction"): "ISO 3166 code, or EU.",
    ("InstrumentModel", "authority"): "Who applies it.",
    ("InstrumentModel", "citation"): "Where the law stands.",
    ("InstrumentModel", "sources"): "Where the law was read.",
    ("InstrumentModel", "checked"): "When and how the file was last held against its sources.",
    ("InstrumentModel", "confidence"): "How well the encoding is founded in sources.",
    ("InstrumentModel", "notes"): "What the next author should know.",
    ("InstrumentModel", "rules"): "The rules of the instrument.",
    ("RuleModel", "id"): "Starts with the id of the instrument; permanent.",
    ("RuleModel", "title"): "What the rule catches, in a few words.",
    ("RuleModel", "citation"): "The exact place, down to the paragraph.",
    ("RuleModel", "kind"): "Which way the rule pushes: points above 0, below 0, or 0.",
    ("RuleModel", "in_force"): "Spans in which the rule is in force; a suspension is a gap between two.",
    ("RuleModel", "where"): "Named parts of the condition; the explanation prints these names.",
    ("RuleModel", "when"): "The condition: a SQL boolean expression over facts and named parts.",
    ("RuleModel", "unless"): "Exceptions: one condition, or named ones; any of them lifts the rule.",
    ("RuleModel", "effect"): "What the rule does to the score and in law.",
    ("RuleModel", "if_unknown"): "Whether the score counts the rule while it is undetermined.",
    ("RuleModel", "because"): "The reason in a sentence; {fact} stands for the value of a fact.",
    ("RuleModel", "confidence"): "Where it differs from that of the file.",
    ("RuleModel", "notes"): "What the next author should know.",
    ("RuleModel", "no_undetermined"): "Why the rule can never be undetermined; it then needs no such example.",
    ("RuleModel", "examples"): "Facts and what the rule must say of them: at least one each fired, not_fired, undetermined.",
    ("EffectModel", "pillar"): "Where the points belong.",
    ("EffectModel", "points"): "+10 doubles the odds of an adverse outcome; -10 halves them; 0 for information.",
    ("EffectModel", "why"): "Why so many points, in one line.",
    ("EffectModel", "gate"): "The legal consequence, if any.",
    ("EffectModel", "clock"): "Statutory periods in days.",
    ("EffectModel", "group"): "Rules of one group do not add up; the heaviest counts.",
    ("ExampleModel", "name"): "What the example shows.",
    ("ExampleModel", "given"): "Facts; what is not given is not known, or takes its closed-world default.",
    ("ExampleModel", "as_of"): "The day it is asked for; the day `checked` unless stated.",
    ("ExampleModel", "expect"): "What the rule must say.",
    ("SpanModel", "from"): "First day.",
    ("SpanModel", "to"): "Last day; without it, still in force.",
    ("SpanModel", "published"): "Day on which it was published.",
    ("SpanModel", "note"): "Why the span starts or ends.",
}  # fmt: skip


def rule_file_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The schema of one instrument file."""
    schema = InstrumentModel.model_json_schema()
    definitions = {name: _described(name, _adapted(item)) for name, item in schema.pop("$defs").items()}
    definitions["RuleModel"]["properties"]["unless"] = _exceptions()
    definitions["RuleModel"]["properties"]["where"] = _parts(MEANINGS["RuleModel", "where"])
    definitions["EffectModel"]["properties"]["points"] |= {"type": "number"}
    definitions["RuleModel"]["allOf"] = _points_follow_kind()
    definitions["ExampleModel"]["properties"]["given"] = _given(vocabulary)
    definitions |= {_domain(name): _codes(codes) for name, codes in sorted(vocabulary.domains.items())}
    definitions |= table_definitions(definitions, vocabulary)
    schema["properties"]["rules"]["items"] = rule_or_table()
    return {
        "$schema": DRAFT,
        "title": "Rule file of riskapi",
        "description": "One law, regulation, list or policy of a jurisdiction with its rules.",
        **{key: value for key, value in _described("InstrumentModel", _adapted(schema)).items() if key != "title"},
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text(vocabulary: Vocabulary) -> str:
    """The schema as it stands in `rules/schema.json`."""
    return json.dumps(rule_file_schema(vocabulary), indent=1, ensure_ascii=False) + "\n"


def _adapted(item: Any) -> Any:  # noqa: ANN401  # JSON of any shape
    """Titles that repeat field names and null defaults dropped; dates by pattern, since editors check no `format`."""
    if isinstance(item, list):
        return [_adapted(value) for value in item]
    if not isinstance(item, dict):
        return item
    if item.get("format") == "date":
        return dict(DAY)
    kept = {key: _adapted(value) for key, value in item.items() if key not in ("title", "default")}
    options = kept.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options and len(options) == 2:  # noqa: PLR2004  # value or nothing
        other = next(option for option in options if option != {"type": "null"})
        return {**{key: value for key, value in kept.items() if key != "anyOf"}, **other}
    return kept


def _described(model: str, item: dict[str, Any]) -> dict[str, Any]:
    """`title` stays a property although `_adapted` drops it as a keyword."""
    properties = {}
    for name, field in item.get("properties", {}).items():
        meaning = MEANINGS.get((model, name))
        properties[name] = {**field, **({"description": meaning} if meaning else {})}
    if model in ("InstrumentModel", "RuleModel"):
        short = {"type": "string", "minLength": 1, "maxLength": 300, "description": MEANINGS[model, "title"]}
        properties = {"title": short, **properties}
    return {**item, "properties": properties} if properties else item


def _parts(meaning: str) -> dict[str, Any]:
    name = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 60}
    return {"type": "object", "description": meaning, "propertyNames": name, "additionalProperties": _expression()}


def _expression() -> dict[str, Any]:
    return {"type": ["string", "boolean"], "minLength": 1, "maxLength": 4000}


def _exceptions() -> dict[str, Any]:
    meaning = MEANINGS["RuleModel", "unless"]
    return {"description": meaning, "anyOf": [_expression(), {**_parts(meaning), "minProperties": 1}]}


def _points_follow_kind() -> list[dict[str, Any]]:
    bounds = {
        "aggravating": {"exclusiveMinimum": 0},
        "mitigating": {"exclusiveMaximum": 0},
        "information": {"const": 0},
    }
    return [
        {
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {"properties": {"effect": {"properties": {"points": bound}}}},
        }
        for kind, bound in bounds.items()
    ]


def _given(vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "type": "object",
        "description": MEANINGS["ExampleModel", "given"],
        "additionalProperties": False,
        "properties": {fact.name: _fact(fact) for fact in vocabulary},
    }


def _fact(fact: Fact) -> dict[str, Any]:
    """What an editor may find as the value of a fact: what it is, or its text, or nothing for not known."""
    meaning = {"description": fact.meaning + (f" Unit: {fact.unit}." if fact.unit else "")}
    codes = {"$ref": f"#/$defs/{_domain(fact.domain)}"} if fact.domain else {"type": "string"}
    bounds = {"minimum": fact.minimum, "maximum": fact.maximum}
    limits = {key: value for key, value in bounds.items() if value is not None}
    match fact.type:
        case FactType.BOOL:
            value: dict[str, Any] = {"enum": [True, False, "true", "false", "yes", "no", None, *NOT_KNOWN]}
            return {**meaning, **value}
        case FactType.INT:
            allowed: list[dict[str, Any]] = [{"type": "integer", **limits}]
        case FactType.FLOAT:
            share = r"^-?[0-9.]+ ?%$" if fact.unit == "share" else r"^-?[0-9.]+([eE][-+]?[0-9]+)?$"
            allowed = [{"type": "number", **limits}, {"type": "string", "pattern": share}]
        case FactType.DATE:
            allowed = [dict(DAY)]
        case FactType.LIST:
            allowed = [{"type": "array", "items": codes, "maxItems": 300}, {"enum": ["[]", "none"]}, codes]
        case _:
            allowed = [codes]
    return {**meaning, "anyOf": [*allowed, {"enum": [None, *NOT_KNOWN]}]}


def _domain(name: str | None) -> str:
    return f"code.{name}"


def _codes(codes: Mapping[str, str]) -> dict[str, Any]:
    return {"enum": sorted(codes)}
