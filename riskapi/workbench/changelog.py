"""The changelog of the rules: two states of the rules in, the entry that tells their difference and its version out.

The text is Keep a Changelog: one heading a version, below it what was added, changed and removed, by instrument. An entry
says what the difference in meaning says and nothing else, so the same two states always give the same entry. Remarks that
an author writes between the heading and the first section stay when the entry is written again.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from riskapi.assessment.words import code_words, plural
from riskapi.errors import Problem
from riskapi.rules import GateKind, Instrument, Rule, RuleBook, SemanticVersion
from riskapi.rules.version import UNVERSIONED, VERSION_FILE
from riskapi.warehouse.countries import EVERYWHERE, jurisdiction_name
from riskapi.workbench.diff import MATERIAL, BookDiff, Change, RuleChange, spans
from riskapi.workbench.diff_step import needed_step, needed_version
from riskapi.workbench.diff_words import edit_words, prose

CHANGELOG_FILE = "CHANGELOG.md"
SCORECARD_FILE = "scorecard.yaml"
HEAD = """\
# Changelog of the rules

Newest first, in the form of Keep a Changelog. `riskapi rules changelog --write` writes the entries from what changed in
meaning; `README.md` says what the three numbers of a version mean. The program and the tables have their own changelog.
"""

_HEADING = re.compile(r"^## \[(\d+\.\d+\.\d+)\].*$", re.MULTILINE)
_SECTION = re.compile(r"^### ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written of one version, from its heading on."""

    version: SemanticVersion
    text: str

    @property
    def remarks(self) -> str:
        """What stands between the heading and the first section."""
        return _SECTION.split(self.text.partition("\n")[2], maxsplit=1)[0].strip()


# Writing


def new_entry(diff: BookDiff, books: tuple[RuleBook, RuleBook], version: SemanticVersion, day: date) -> str:
    """The entry of a version; about the whole book where the base has no version and no layer is what changed."""
    first = diff.numbers[0] == UNVERSIONED and not books[1].layers
    lines = _whole_book(books[1]) if first else _sections(diff, books)
    return "\n".join([f"## [{version}] - {day.isoformat()}", "", *lines]).rstrip() + "\n"


def with_entry(text: str, entry: str, base: SemanticVersion) -> str:
    """The changelog with the entry on top, in the place of all entries newer than the base; their remarks stay."""
    head, entries = read_entries(text)
    newer = [item for item in entries if item.version > base]
    remarks = "\n\n".join(item.remarks for item in newer if item.remarks)
    heading, _, body = entry.partition("\n")
    written = f"{heading}\n\n{remarks}\n{body}" if remarks else entry
    kept = [item.text.strip() + "\n" for item in entries if item.version <= base]
    return "\n".join([(head or HEAD).strip() + "\n", written, *kept])


def read_entries(text: str) -> tuple[str, list[Entry]]:
    """What stands above the first heading, and the entries in their order."""
    found = list(_HEADING.finditer(text))
    if not found:
        return text, []
    ends = [*(item.start() for item in found[1:]), len(text)]
    entries = [Entry(_version(item[1]), text[item.start() : end]) for item, end in zip(found, ends, strict=True)]
    return text[: found[0].start()], entries


def _version(text: str) -> SemanticVersion:
    return SemanticVersion.parse(text) or UNVERSIONED  # 01.2.3 is no version, and older than all


def _whole_book(book: RuleBook) -> Iterator[str]:
    """Counts of a first book, by jurisdiction."""
    yield "### Added"
    yield ""
    rules, instruments = plural(len(book.rules), "rule"), plural(len(book.instruments), "instrument")
    jurisdictions = plural(len(set(book.by_jurisdiction) - {EVERYWHERE}), "jurisdiction")
    yield f"- The first rule book: {rules} of {instruments}, of {jurisdictions}."
    for jurisdiction, found in sorted(book.by_jurisdiction.items()):
        own = plural(len({rule.instrument.id for rule in found}), "instrument")
        yield f"  - {jurisdiction_name(jurisdiction)} ({jurisdiction}): {own}, {plural(len(found), 'rule')} ({_gates(found)})"
    yield ""


def _gates(rules: Iterable[Rule]) -> str:
    """How many rules have which gate, the heaviest first."""
    gates = Counter(rule.gate for rule in rules)
    said = [f"{gates[gate]} {code_words(gate.value)}" for gate in GateKind if gates[gate]]
    return ", ".join([*said, *([f"{gates[None]} without a gate"] if gates[None] else [])])


def _sections(diff: BookDiff, books: tuple[RuleBook, RuleBook]) -> Iterator[str]:
    before, after = books
    for title, change, book in (
        ("Added", Change.ADDED, after),
        ("Changed", Change.CHANGED, after),
        ("Removed", Change.REMOVED, before),
    ):
        lines = list(_section(diff, change, book))
        if lines:
            yield from (f"### {title}", "", *lines, "")


def _section(diff: BookDiff, change: Change, book: RuleBook) -> Iterator[str]:
    by_instrument: dict[str, list[RuleChange]] = defaultdict(list)
    for item in diff.rules:
        if item.change is change:
            by_instrument[book.by_id[item.rule_id].instrument.id].append(item)
    particulars = diff.instruments if change is Change.CHANGED else {}
    for key in sorted({*by_instrument, *particulars}):
        yield _instrument(book.instruments[key])
        if key in particulars:
            yield f"  - particulars: {', '.join(edit.field for edit in particulars[key])}"
        for item in by_instrument[key]:
            yield from _rule(item, book.by_id[item.rule_id])
    if change is Change.CHANGED:
        yield from _others(diff)


def _instrument(instrument: Instrument) -> str:
    return f"- **{prose(instrument.title)}** (`{instrument.id}`; {prose(instrument.citation)})"


def _rule(item: RuleChange, rule: Rule) -> Iterator[str]:
    named = f"  - `{item.rule_id}`: {prose(item.title)} ({prose(rule.citation)})"
    if item.change is Change.ADDED:
        yield f"{named}: {_effect(rule)}"
        return
    yield named
    if item.change is Change.REMOVED:
        return
    yield from (f"    - {edit_words(edit)}" for edit in item.edits if edit.aspect in MATERIAL)
    texts = [edit.field for edit in item.edits if edit.aspect not in MATERIAL]
    if texts:
        yield f"    - texts or examples: {', '.join(texts)}"


def _effect(rule: Rule) -> str:
    gate = code_words(rule.gate.value) if rule.gate else "no gate"
    return f"{gate}, {rule.points:+g} points, in force {spans(rule.in_force)}"


def _others(diff: BookDiff) -> Iterator[str]:
    if diff.scorecard:
        yield f"- **Scorecard** (`{SCORECARD_FILE}`)"
        yield from (f"  - {edit_words(edit)}" for edit in diff.scorecard)
    for file in sorted({problem.file or "" for problem in diff.not_compared}):
        yield f"- `{file}`: what changed cannot be told, because its earlier state cannot be read any more"


# Checking


def problems_of(diff: BookDiff, text: str, base: str, version_file: str = VERSION_FILE) -> list[Problem]:
    """Where the stated version and the changelog do not follow from what changed against the base; none if they do."""
    needed, (before, after) = needed_step(diff), diff.numbers
    wanted = needed_version(diff, needed)
    if diff.is_empty and after == before:
        return []
    hint = f"run `riskapi rules changelog {base} --write` and commit what it writes"
    problems = []
    if after < wanted:
        because = f"a {needed.step.word} step ({needed.because})" if needed.step else "no lower number"
        detail = f"{after} is stated; what changed since {before} asks for {because}, so for {wanted} or higher"
        problems.append(Problem(code="version-behind", file=version_file, detail=detail, hint=hint))
    newer = [entry for entry in read_entries(text)[1] if entry.version > before]
    if after not in {entry.version for entry in newer} and after > before:
        detail = f"there is no entry for {after}"
        problems.append(Problem(code="changelog-behind", file=CHANGELOG_FILE, detail=detail, hint=hint))
    missing = [] if before == UNVERSIONED else _not_told(diff, "".join(entry.text for entry in newer))
    if missing:
        shown = ", ".join(f"`{name}`" for name in missing[:10]) + (" and more" if len(missing) > 10 else "")  # noqa: PLR2004
        detail = f"the entries since {before} do not tell the change of {shown}"
        problems.append(Problem(code="changelog-behind", file=CHANGELOG_FILE, detail=detail, hint=hint))
    return problems


def _not_told(diff: BookDiff, told: str) -> list[str]:
    names = [*(item.rule_id for item in diff.rules), *diff.instruments, *([SCORECARD_FILE] if diff.scorecard else [])]
    return [name for name in names if f"`{name}`" not in told]
