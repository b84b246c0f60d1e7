"""The reference page of the facts. Enters: the vocabulary. Leaves: the Markdown text of `docs/reference/facts.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from riskapi.facts.vocabulary import COMPANY_FACTS, SIDES, Fact, FactType, Origin, Value, Vocabulary, World

_HEAD = """\
# Facts

Generated from `riskapi/facts/vocabulary.py` and `datasets/codes.csv` by `make docs`. Do not edit it here.

A rule may mention these facts and nothing else. A caller may tell those marked *told*; the others are computed.
`null`, `unknown` or an empty text mean *not known*. *Open* world: a fact that nobody told is not known. *Closed* world:
a fact that nobody told has the value that is given. Shares are fractions: `0.25`, or `25%` on the command line.
Lists have no order. *One-sided* facts speak of the party that is foreign in the activity country; seen from the other
side each is replaced by its mirror, and is not known where it has none.
"""

_TYPES = {
    FactType.BOOL: "true or false",
    FactType.INT: "whole number",
    FactType.FLOAT: "number",
    FactType.STR: "text",
    FactType.DATE: "date",
    FactType.LIST: "list",
}

_ORIGINS = (
    (Origin.PAIR, "Facts of the pair"),
    (Origin.DEAL, "Facts of the deal"),
    (Origin.JURISDICTION, "Facts of the viewpoint"),
)


def facts_reference(vocabulary: Vocabulary) -> str:
    """The whole page: facts of the parties, of the pair, of the deal and of the viewpoint, then the code lists."""
    sections = [
        _HEAD,
        _section(
            "Facts of each party",
            COMPANY_FACTS,
            "Each stands twice: `foreign.…` is the party that is foreign to the rule's country, `host.…` the other.",
        ),
    ]
    for origin, title in _ORIGINS:
        sections.append(_section(title, [fact for fact in vocabulary if fact.origin is origin]))
    return "\n".join([*sections, *_code_lists(vocabulary)])


def _section(title: str, facts: Iterable[Fact], note: str = "") -> str:
    lines = [f"## {title}", "", *([note, ""] if note else [])]
    lines += ["| fact | type | told | silence means | meaning | from |", "|---|---|---|---|---|---|"]
    lines += [_row(fact) for fact in facts]
    return "\n".join([*lines, ""])


def _row(fact: Fact) -> str:
    names = [f"{side}.{fact.name}" for side in SIDES] if fact.origin is Origin.COMPANY else [fact.name]
    shown = ", ".join(f"`{name}`" for name in names)
    told = "yes" if fact.told else "no"
    cells = (shown, _type(fact), told, _silence(fact), _meaning(fact), fact.source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _type(fact: Fact) -> str:
    parts = [_TYPES[fact.type]]
    if fact.domain:
        parts.append(f"of `{fact.domain}`")
    if fact.minimum is not None or fact.maximum is not None:
        low = "any" if fact.minimum is None else f"{fact.minimum:g}"
        parts.append(f"from {low}" + ("" if fact.maximum is None else f" to {fact.maximum:g}"))
    if fact.unit:
        parts.append(f"({fact.unit})")
    return " ".join(parts)


def _silence(fact: Fact) -> str:
    if fact.world is World.OPEN:
        return "not known"
    return "the as-of date" if fact.type is FactType.DATE else _default(fact.default)


def _default(value: Value) -> str:
    if isinstance(value, bool):
        return "no" if not value else "yes"
    return "none" if value == () else str(value)


def _meaning(fact: Fact) -> str:
    parts = [fact.meaning]
    if fact.one_sided:
        parts.append(f"One-sided; mirror: `{fact.mirror}`." if fact.mirror else "One-sided.")
    if not fact.in_conditions:
        parts.append("Not allowed in conditions.")
    return " ".join(parts)


def _code_lists(vocabulary: Vocabulary) -> Iterator[str]:
    yield "## Code lists\n"
    yield "`country` is ISO 3166-1 alpha-2, and XK for Kosovo. The others are rows of `datasets/codes.csv`.\n"
    for domain, codes in sorted(vocabulary.domains.items()):
        if domain != "country":
            rows = [f"| `{code}` | {label} |" for code, label in sorted(codes.items())]
            yield "\n".join([f"### {domain}", "", "| code | meaning |", "|---|---|", *rows, ""])
