"""What mends a finding: a finding and the text of its file in, the correction out, or None where nothing is obviously right.

A correction is `safe` where there is one right answer. Others are proposals: they may change what a rule says, or hide a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from riskapi.facts.vocabulary import Fact, FactType, Vocabulary
from riskapi.rules.model import (
    CheckedModel,
    ClockModel,
    EffectModel,
    ExampleModel,
    InstrumentModel,
    RuleModel,
    SourceModel,
    SpanModel,
)
from riskapi.rules.source import Path_
from riskapi.workbench.fix_page import Edit, Found, Page, keys
from riskapi.workbench.fix_words import as_day, as_share, only_near
from riskapi.workbench.lint_finding import Finding

_TICKED = re.compile(r"`([^`]+)`")
_NUMBER = r"(\d+(?:\.\d+)?)"
_COMPARED = re.compile(rf"([a-z_]+\.[a-z_0-9]+)\s*(?:>=|<=|<>|>|<|=)\s*{_NUMBER}(?![\w.])(\s*%)?")
_BETWEEN = re.compile(rf"([a-z_]+\.[a-z_0-9]+)\s+between\s+{_NUMBER}(\s*%)?\s+and\s+{_NUMBER}(\s*%)?", re.IGNORECASE)
_FACT = re.compile(r"\b(?:foreign|host|pair|deal|jurisdiction)\.[a-z_0-9]+")
#: A line whose value holds what YAML reads as a second field or as a remark.
_PLAIN_LINE = re.compile(r"^(?P<head>\s*(?:- )?[A-Za-z_]+: )(?P<value>[^\s'\"\[\]{}|>&*!%@`#].*?: .*?)\s*$")
_FORMS: Mapping[str, type] = {
    "effect": EffectModel,
    "checked": CheckedModel,
    "in_force": SpanModel,
    "clock": ClockModel,
    "examples": ExampleModel,
    "sources": SourceModel,
    "rules": RuleModel,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A correction of one file: what it does in words, its edits, and the value that it may change."""

    code: str
    said: str
    edits: tuple[Edit, ...]
    path: Path_
    safe: bool = True


@dataclass(frozen=True, slots=True)
class _Case:
    """A finding with its place in the text."""

    item: Finding
    page: Page
    at: Found
    vocabulary: Vocabulary

    @property
    def named(self) -> list[str]:
        """What stands between backticks in the finding."""
        return _TICKED.findall(self.item.detail)

    def fix(self, said: str, edits: Iterable[Edit], *, path: Path_ | None = None, safe: bool = True) -> Fix | None:
        """A correction, unless there is nothing to change."""
        listed = tuple(edit for edit in edits if self.page.text[edit.start : edit.end] != edit.text)
        where = self.at.path if path is None else path
        return Fix(code=self.item.code, said=said, edits=listed, path=where, safe=safe) if listed else None

    def words(self, pattern: str, text: str) -> Iterator[Edit]:
        """Every place of a pattern in the value, exchanged."""
        start, end = self.page.span(self.at.value)
        for match in re.compile(pattern).finditer(self.page.text, start, end):
            yield Edit(match.start(), match.end(), text)

    def scalar(self, text: str) -> Iterator[Edit]:
        """The value itself, exchanged; its quotation marks stay."""
        if isinstance(self.at.value, yaml.ScalarNode):
            start, end = self.page.span(self.at.value)
            quoted = bool(self.at.value.style) and self.at.value.style in "'\""
            if self.page.text[start + quoted : end - quoted] == self.at.value.value:
                yield Edit(start + quoted, end - quoted, text)


def proposed(item: Finding, page: Page, vocabulary: Vocabulary) -> Fix | None:
    """What mends the finding, or None."""
    if item.code == "yaml-syntax":
        return _unquoted_text(item, page)
    finder = _FINDERS.get(item.code)
    if finder is None or page.root is None:
        return None
    at = page.find(item.field, item.rule)
    if at is None or at.value is None:
        return None
    return finder(_Case(item, page, at, vocabulary))


def _unquoted_text(item: Finding, page: Page) -> Fix | None:
    """Quotation marks around a text with `: `, where that makes the file one that can be read further."""
    if item.line is None:
        return None
    start, end = page.line_span(item.line)
    match = _PLAIN_LINE.match(page.text[start:end].rstrip("\n"))
    if match is None or '"' in match["value"] or "\\" in match["value"] or " #" in match["value"]:
        return None
    edit = Edit(start + match.start("value"), start + match.end("value"), f'"{match["value"]}"')
    return Fix(code=item.code, said="quotation marks around text that holds `: `", edits=(edit,), path=())


def _unknown_fact(case: _Case) -> Fix | None:
    name = case.named[0] if case.named else ""
    is_key = case.at.key is not None and str(case.at.key.value) == name
    known = [fact.name for fact in case.vocabulary] + ([] if is_key else _parts(case))
    right = only_near(name, known)
    if right is None:
        return None if is_key else _unquoted_code(case, name)
    said = f"`{name}` is `{right}`"
    if is_key:
        start, end = case.page.span(case.at.key)
        raw = case.page.text[start:end]
        return case.fix(said, [Edit(start, end, raw.replace(name, right))], path=case.at.path[:-1])
    return case.fix(said, case.words(r"(?<![\w.'])" + re.escape(name) + r"(?![\w.'(])", right))


def _parts(case: _Case) -> list[str]:
    """Names of the parts that the rule of the finding has."""
    return keys(case.page.mapping((*case.at.path[:2], "where"))) if case.at.path[:1] == ("rules",) else []


def _unquoted_code(case: _Case, name: str) -> Fix | None:
    """Quotation marks around a code that a fact of the same expression may have."""
    raw = case.page.raw(case.at.value)
    if "." in name or not any(name in (case.vocabulary.codes(fact) or ()) for fact in _facts(case.vocabulary, raw)):
        return None
    single = "''" if raw.startswith("'") else "'"
    return case.fix(
        f"`{name}` is a code: '{name}'", case.words(r"(?<![\w.'])" + name + r"(?![\w.'(])", f"{single}{name}{single}")
    )


def _facts(vocabulary: Vocabulary, raw: str) -> list[Fact]:
    return [vocabulary[name] for name in dict.fromkeys(_FACT.findall(raw)) if name in vocabulary]


def _unknown_code(case: _Case) -> Fix | None:
    match = re.search(r"`([^`]+)` is not a value of ([\w.]+)", case.item.detail)
    if match is None or match[2] not in case.vocabulary:
        return None
    wrong, fact = match.groups()
    right = only_near(wrong, case.vocabulary.codes(case.vocabulary[fact]) or ())
    if right is None:
        return None
    said = f"`{wrong}` is `{right}`"
    if "given" in case.at.path:
        return case.fix(said, case.words(rf"(?<![\w.-]){re.escape(wrong)}(?![\w.-])", right))
    return case.fix(said, case.words(rf"(?<='){re.escape(wrong)}(?=')", right))


def _percent(case: _Case) -> Fix | None:
    """25 for a share, which is a fraction."""
    start, end = case.page.span(case.at.value)
    edits: dict[int, Edit] = {}
    for pattern in (_COMPARED, _BETWEEN):
        for match in pattern.finditer(case.page.text, start, end):
            if match[1] in case.vocabulary and case.vocabulary[match[1]].unit == "share":
                edits.update((edit.start, edit) for edit in _shares(match))
    told = ", ".join(f"{case.page.text[edit.start : edit.end]} is {edit.text}" for edit in edits.values())
    return case.fix(f"shares are fractions: {told}", edits.values())


def _shares(match: re.Match[str]) -> Iterator[Edit]:
    groups = [(2, 3)] if match.re is _COMPARED else [(2, 3), (4, 5)]
    for number, sign in groups:
        has_sign = match[sign] is not None
        share = as_share(match[number], with_sign=has_sign)
        if share is not None and (has_sign or float(match[number]) > 1):
            yield Edit(match.start(number), match.end(sign if has_sign else number), share)


def _given_share(case: _Case) -> Fix | None:
    fact = str(case.at.path[-1])
    if "given" not in case.at.path or fact not in case.vocabulary or case.vocabulary[fact].unit != "share":
        return None
    share = as_share(str(case.at.value.value)) if isinstance(case.at.value, yaml.ScalarNode) else None
    return None if share is None else case.fix(f"{case.at.value.value} % is {share}", case.scalar(share))


def _date(case: _Case) -> Fix | None:
    """A day in another form."""
    if not isinstance(case.at.value, yaml.ScalarNode):
        return None
    raw = str(case.at.value.value)
    if (day := as_day(raw)) is not None:
        return case.fix(f"`{raw}` is {day}", case.scalar(day))
    start, end = case.page.span(case.at.value)
    edits = [
        Edit(match.start(1), match.end(1), day)
        for match in re.compile(r"date\s+'([^']+)'").finditer(case.page.text, start, end)
        if (day := as_day(match[1])) is not None and day != match[1]
    ]
    return case.fix("dates are written as 2027-01-31", edits)


def _given_date(case: _Case) -> Fix | None:
    name = str(case.at.path[-1])
    is_date = name in case.vocabulary and case.vocabulary[name].type is FactType.DATE
    return _date(case) if is_date else None


def _bad_value(case: _Case) -> Fix | None:
    """A day in another form, a misspelt choice, a country in small letters."""
    name = str(case.at.path[-1]) if case.at.path else ""
    if not isinstance(case.at.value, yaml.ScalarNode):
        return None
    raw = str(case.at.value.value)
    if name in ("from", "to", "published", "retrieved", "on", "as_of"):
        return _date(case)
    if match := re.search(r" is not one of (.+)$", case.item.detail):
        right = only_near(raw, match[1].split(", "))
        return None if right is None else case.fix(f"`{raw}` is `{right}`", case.scalar(right))
    if case.at.path == ("jurisdiction",) and re.fullmatch(r"[A-Za-z]{2}", raw):
        return case.fix(f"`{raw}` is `{raw.upper()}`", case.scalar(raw.upper()))
    return None


def _unknown_field(case: _Case) -> Fix | None:
    wrong = str(case.at.path[-1])
    here, form = case.at.path[:-1], InstrumentModel
    places = [str(part) for part in here if isinstance(part, str)]
    model: Any = _FORMS.get(places[-1]) if places else form
    if model is None or case.at.key is None:
        return None
    known = [field.alias or name for name, field in model.model_fields.items()]
    taken = keys(case.page.mapping(here))
    right = only_near(wrong, [name for name in known if name not in taken])
    if right is None:
        return None
    start, end = case.page.span(case.at.key)
    return case.fix(f"the field `{wrong}` is `{right}`", [Edit(start, end, right)], path=here)


def _quoted_name(case: _Case) -> Fix | None:
    """Double quotation marks around a code or a fact."""
    match = re.search(r': "([^"]+)"', case.item.detail)
    if match is None:
        return None
    name, raw = match[1], case.page.raw(case.at.value)
    if name in case.vocabulary:
        return case.fix(f"`{name}` without quotation marks", case.words(rf'"{re.escape(name)}"', name))
    if any(name in (case.vocabulary.codes(fact) or ()) for fact in _facts(case.vocabulary, raw)):
        return case.fix(f"'{name}' in single quotation marks", case.words(rf'"{re.escape(name)}"', f"'{name}'"))
    return None


def _slot(case: _Case) -> Fix | None:
    wrong = case.named[0] if case.named else ""
    right = only_near(wrong, [fact.name for fact in case.vocabulary])
    if right is None:
        return None
    return case.fix(f"`{wrong}` is `{right}`", case.words(r"(?<=\{)" + re.escape(wrong) + r"(?=\})", right))


def _citation(case: _Case) -> Fix | None:
    match = re.match(r"write `([^`]+)` for `([^`]+)`", case.item.detail)
    if match is None:
        return None
    wanted, found = match.groups()
    return case.fix(f"`{found}` is written `{wanted}`", case.words(rf"(?<!\w){re.escape(found)}(?!\w)", wanted))


def _unused_part(case: _Case) -> Fix | None:
    """The part taken out: a proposal only, since what was dropped by mistake may be its use in `when`."""
    mapping = case.page.mapping(case.at.path[:-1])
    if mapping is None or mapping.flow_style or len(mapping.value) < 2 or case.at.key is None:  # noqa: PLR2004
        return None
    first = case.at.key.start_mark.line + 1
    last = case.at.value.end_mark.line + (1 if case.at.value.end_mark.column else 0)
    edit = Edit(case.page.offset(first, 1), case.page.line_span(max(first, last))[1], "")
    return case.fix(f"the part `{case.at.path[-1]}` is taken out", [edit], path=case.at.path[:-1], safe=False)


def _double_source(case: _Case) -> Fix | None:
    """The second of two equal sources taken out, where it has lines of its own."""
    node = case.at.value
    first, last = node.start_mark, node.end_mark
    line = case.page.text[slice(*case.page.line_span(first.line + 1))]
    if line[: first.column].strip() != "-":
        return None
    end = last.line + (1 if last.column else 0)
    edit = Edit(case.page.offset(first.line + 1, 1), case.page.line_span(max(first.line + 1, end))[1], "")
    return case.fix("the second of two equal sources is taken out", [edit], path=("sources",))


def _lone_group(case: _Case) -> Fix | None:
    right = case.named[-1] if case.named else ""
    return case.fix(f"the group is `{right}`", case.scalar(right), safe=False)


_FINDERS: Mapping[str, Callable[[_Case], Fix | None]] = {
    "unknown-fact": _unknown_fact,
    "unknown-code": _unknown_code,
    "never-true": _percent,
    "not-in-language": _percent,
    "out-of-range": _given_share,
    "bad-date": _date,
    "wrong-type": _given_date,
    "bad-value": _bad_value,
    "unknown-field": _unknown_field,
    "quoted-name": _quoted_name,
    "bad-template": _slot,
    "citation-form": _citation,
    "unused-part": _unused_part,
    "source-twice": _double_source,
    "lone-group": _lone_group,
}
