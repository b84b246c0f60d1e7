"""`because` sentences with `{fact}` slots: checked when the rule is loaded, filled in when it is shown.

Enters: the text and the vocabulary. Leaves: a `Template`; filling it never fails, a fact that is not known reads so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter

from riskapi.facts.vocabulary import Fact, Value, Vocabulary

#: What stands in a sentence for a fact that is not known.
NOT_KNOWN = "[not known]"


class TemplateError(ValueError):
    """The sentence has a slot that cannot be filled; `hint` names what may be meant."""

    def __init__(self, detail: str, hint: str | None = None) -> None:
        self.detail, self.hint = detail, hint
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Template:
    """Text pieces and the facts between them."""

    pieces: tuple[tuple[str, str | None], ...]  # text, then the fact behind it

    def facts(self) -> frozenset[str]:
        """The facts that the sentence mentions."""
        return frozenset(fact for _, fact in self.pieces if fact)

    def fill(self, facts: Mapping[str, Value], vocabulary: Vocabulary) -> str:
        """The sentence for these facts."""
        return "".join(
            text + ("" if fact is None else in_words(vocabulary[fact], facts.get(fact), vocabulary))
            for text, fact in self.pieces
        )


def parse_template(text: str, vocabulary: Vocabulary) -> Template:
    """Read a sentence; raises `TemplateError` for an unknown fact, a format code or a stray brace."""
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as error:
        raise TemplateError(
            f"the braces do not fit: {error}", "a brace that is meant as text is written twice"
        ) from None
    pieces: list[tuple[str, str | None]] = []
    for literal, name, spec, conversion in parsed:
        if name is not None and (spec or conversion):
            raise TemplateError(f"`{{{name}}}` takes no format")
        if name is not None and name not in vocabulary:
            raise TemplateError(f"there is no fact `{name}`", vocabulary.suggest(name))
        pieces.append((literal, name))
    return Template(tuple(pieces))


def in_words(fact: Fact, value: Value, vocabulary: Vocabulary) -> str:
    """One value as a reader wants it: labels for codes, percent for shares, ISO dates."""
    if value is None:
        return NOT_KNOWN
    codes = vocabulary.codes(fact) or {}
    if isinstance(value, tuple):
        return ", ".join(codes.get(item, item) for item in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return codes.get(value, value)
    if fact.unit == "share":
        return f"{value * 100:.4g} %"
    return f"{value:,.0f}" if fact.unit == "USD" else f"{value:g}" if isinstance(value, float) else str(value)
