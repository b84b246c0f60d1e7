"""Examples that the workbench proposes: facts in; an example with a name in words, and its line for the rule file, out.

What a proposal expects is what the rule says today. Its author reads it before pasting it: where the law says otherwise,
the proposal has found a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from riskapi.assessment.words import code_words
from riskapi.facts.values import defaults
from riskapi.facts.vocabulary import Fact, FactType, Value, Vocabulary
from riskapi.rules import Example, Rule, Status
from riskapi.rules.examples import outcome
from riskapi.workbench.killing import BUT, Found

_MOST_NAME = 300
#: Said of facts whose names do not read as a thing that a deal has, when they are true, false, and not known.
_SAID = {
    "jurisdiction.activity_here": ("venture in the country", "venture elsewhere", "place of the venture not known"),
    "jurisdiction.market_here": ("sales in the country", "no sales in the country", "markets not known"),
    "jurisdiction.host_is_national": ("national host", "host from elsewhere", "nationality of the host not known"),
    "pair.same_control_country": (
        "both controlled from one country", "controlled from two countries", "countries of control not known"
    ),
}  # fmt: skip
_BARE = {"deal.type": "deal type", "deal.value_usd": "value in USD", "deal.product": "product"}
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_ ./%$+()'-]*")


def proposal(rule: Rule, found: Found, vocabulary: Vocabulary, as_of: date | None = None, name: str = "") -> Example:
    """The example with the outcome that the rule gives now; `name` where it is not made from the facts that changed."""
    facts = dict(found.facts)
    day = as_of or found.base.as_of
    words = name or _name(found, vocabulary)
    made = Example(name=unused(words, rule.examples), facts=facts, as_of=day, expect=found.base.expect, line=rule.line)
    return Example(name=made.name, facts=facts, as_of=day, expect=outcome(rule, made), line=rule.line)


def unused(name: str, examples: Iterable[Example]) -> str:
    """The name, with a number where an example has it already."""
    taken = {example.name for example in examples}
    short = name[: _MOST_NAME - 6]
    numbers = (f"{short} ({number})" for number in range(2, len(taken) + 3))
    return short if short not in taken else next(item for item in numbers if item not in taken)


def _name(found: Found, vocabulary: Vocabulary) -> str:
    changes = [phrase(vocabulary[name], found.facts[name], found.base.facts.get(name)) for name in found.changed]
    root = found.base.name.split(BUT)[0]
    return f"{root}{BUT}{' and '.join(changes)}" if changes else root


def phrase(fact: Fact, value: Value, before: Value = None) -> str:
    """What the fact is, in words: `foreign stake 24.9 %`, `no technologies`, `sector not known`."""
    words = _words(fact.name)
    if value is None or isinstance(value, bool):
        true, false, unknown = _SAID.get(fact.name, (f"with {words}", f"without {words}", f"{words} not known"))
        return unknown if value is None else true if value else false
    if isinstance(value, tuple):
        return _list_phrase(words, value, before)
    if isinstance(value, int | float):
        return f"{words} {_number(fact, value)}"
    return f"{words} {value if fact.domain == 'country' else str(value).replace('_', ' ')}"


def _list_phrase(words: str, value: tuple[str, ...], before: Value) -> str:
    if not value:
        return f"no {words}"
    known = before if isinstance(before, tuple) else ()
    gone, new = [item for item in known if item not in value], [item for item in value if item not in known]
    if known and not gone:
        return f"{words} also {_codes(new)}"
    if known and not new:
        return f"{words} without {_codes(gone)}"
    return f"{words} {_codes(value)}"


def _codes(codes: Iterable[str]) -> str:
    return " + ".join(code_words(code) for code in codes)


def _words(name: str) -> str:
    """`deal.foreign_board_seat` as `foreign board seat`; company facts keep their side."""
    if name in _BARE:
        return _BARE[name]
    side, _, rest = name.partition(".")
    rest = code_words(rest.removeprefix("has_").removeprefix("is_"))
    return rest if side in ("deal", "pair", "jurisdiction") else f"{side} {rest}"


def _number(fact: Fact, value: float) -> str:
    if fact.unit == "share":
        return f"{round(value * 100, 6):g} %"
    plain = fact.type is FactType.INT or fact.unit == "year"
    return f"{value:g}" if plain or abs(value) >= 1e15 else f"{value:,.10g}".replace(",", " ")  # noqa: PLR2004


def yaml_line(rule: Rule, example: Example, vocabulary: Vocabulary) -> str:
    """The example as one line of a rule file, ready to be put under `examples:`."""
    day = "" if example.as_of == rule.instrument.checked_on else f", as_of: {example.as_of}"
    given = ", ".join(f"{name}: {_written(value)}" for name, value in given_facts(example, vocabulary).items())
    return f"- {{name: {_scalar(example.name)}{day}, given: {{{given}}}, {_expected(rule, example)}}}"


def _expected(rule: Rule, example: Example) -> str:
    """What the rule says; of the row of a table, whose other rows must be looked at too, by its key."""
    if rule.table is None:
        return f"expect: {example.expect}"
    key = _scalar(rule.id.removeprefix(f"{rule.table}."))
    if example.expect is Status.NOT_FIRED:
        return "fires: []"
    return f"{'fires' if example.expect is Status.FIRED else 'undetermined'}: [{key}]"


def given_facts(example: Example, vocabulary: Vocabulary) -> Mapping[str, Value]:
    """What must be told so that the example has its facts: all that silence would not give."""
    silent = defaults(vocabulary, example.as_of)
    return {name: value for name, value in example.facts.items() if value != silent.get(name)}


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(_scalar(item) for item in value)}]"
    return _scalar(value) if isinstance(value, str) else str(value)


def _scalar(text: str) -> str:
    """Plain where YAML reads it as the same text, else in double quotation marks."""
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and text.casefold() not in ("null", "unknown"):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
