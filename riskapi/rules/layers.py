"""Private layers over the shipped rules: settings in, the one rule book of all layers out.

Each layer lies over those before it. It may add instruments, add rules to an instrument below, replace a rule below, change
its points, or switch it off. Two layers never change the same rule: that and every other conflict is a problem that
names both places, and no book comes out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from riskapi.errors import Problem, RuleError, did_you_mean
from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules.book import ChangeKind, Instrument, Layer, LayerChange, Rule, RuleBook
from riskapi.rules.fingerprint import fingerprint
from riskapi.rules.layer_files import LAYER_FILE, RULES_FOLDER, Head, Wanted, files_of, read_head, read_rules
from riskapi.rules.layer_model import OWN, VersionRange
from riskapi.rules.load import content_version, load_rules
from riskapi.rules.model import Kind
from riskapi.rules.version import UNVERSIONED
from riskapi.settings import Settings, shipped_folder


def load_book(settings: Settings, vocabulary: Vocabulary, *, examples: bool = True) -> RuleBook:
    """The rule book of the settings, all layers applied; raises `RuleError` with all problems and conflicts.

    Without `examples` those inside the rules are neither read nor demanded, which opens the book faster.
    """
    return lay_over(load_bottom(settings.rules, vocabulary, examples=examples), settings, examples=examples)


def lay_over(bottom: RuleBook, settings: Settings, *, examples: bool = True) -> RuleBook:
    """The layers of the settings over a book that has been read; raises `RuleError` with all problems and conflicts."""
    if not settings.layers:
        return bottom
    heads = read_heads(settings.layers)
    stack = _Stack(bottom, examples=examples)
    for head in heads:
        stack.lay(head)
    if stack.problems:
        raise RuleError(stack.problems)
    return stack.book(tuple(head.layer for head in heads), book_version(settings))


def book_version(settings: Settings) -> str:
    """The content hash over the rules of all layers; without layers that of the one folder."""
    base = content_version(settings.rules)
    if not settings.layers:
        return base
    digest = hashlib.sha256(base.encode())
    for folder in settings.layers:
        rules = folder / RULES_FOLDER
        digest.update((folder / LAYER_FILE).read_bytes().replace(b"\r\n", b"\n") + b"\0")
        digest.update((content_version(rules) if rules.is_dir() else "").encode() + b"\0")
    return digest.hexdigest()


def own_rules(book: RuleBook) -> tuple[Rule, ...]:
    """The rules whose text stands in a layer, so that their examples are its business; without layers all of them."""
    names = {layer.name for layer in book.layers}
    return tuple(rule for rule in book.rules if rule.layer in names and not _has_other_points(rule)) or (
        () if names else book.rules
    )


def _has_other_points(rule: Rule) -> bool:
    """Whether all that the layer gives the rule are its points: its text stands below."""
    return rule.change is not None and rule.change.kind is ChangeKind.POINTS


def file_in_layer(rule: Rule, book: RuleBook) -> str:
    """The file of the rule as seen from the folder of its layer: where that lies is nobody's business outside."""
    for layer in book.layers:
        if rule.layer == layer.name and Path(rule.file).is_relative_to(layer.folder):
            return Path(rule.file).relative_to(layer.folder).as_posix()
    return rule.file


def is_stale(change: LayerChange) -> bool:
    """Whether the rule below has changed in meaning since the layer's change of it was written."""
    return fingerprint(change.original) != change.of


def read_heads(folders: Sequence[Path]) -> tuple[Head, ...]:
    """`layer.yaml` of each folder; raises `RuleError` with the problems of all."""
    problems: list[Problem] = []
    heads: dict[str, Head] = {}
    for folder in folders:
        try:
            head = read_head(folder)
        except RuleError as error:
            problems.extend(error.problems)
            continue
        if head.model.extends == "nothing":
            hint = "name it first, or write `extends: shipped`"
            detail = "a layer that extends nothing can only be the lowest"
            problems.append(head.source.problem(("extends",), "layer-order", detail, hint))
        elif head.layer.name in heads:
            detail = f"two layers are called `{head.layer.name}`: also {heads[head.layer.name].source.file}"
            problems.append(head.source.problem(("name",), "layer-name", detail, "each layer needs a name of its own"))
        heads.setdefault(head.layer.name, head)
    if problems:
        raise RuleError(problems)
    return tuple(heads.values())


def load_bottom(folder: Path, vocabulary: Vocabulary, *, examples: bool = True) -> RuleBook:
    """The book below all layers: the shipped one, or that of the folder that stands alone."""
    book = load_rules(folder, vocabulary, examples=examples)
    if folder == shipped_folder("rules"):
        return book
    alone = folder.name == RULES_FOLDER and (folder.parent / LAYER_FILE).is_file()
    layer = read_head(folder.parent).layer if alone else None
    name = layer.name if layer else OWN
    number = layer.version if layer and book.number == UNVERSIONED else book.number
    return replace(book, rules=tuple(replace(rule, layer=name) for rule in book.rules), number=number)


class _Stack:
    """The rules as they stand after each layer; collects problems of all layers."""

    def __init__(self, bottom: RuleBook, *, examples: bool) -> None:
        self.bottom, self.examples = bottom, examples
        self.rules: dict[str, Rule] = dict(bottom.by_id)
        self.instruments: dict[str, Instrument] = dict(bottom.instruments)
        self.changed: dict[str, LayerChange] = {}
        self.problems: list[Problem] = []

    def book(self, layers: tuple[Layer, ...], version: str) -> RuleBook:
        """What came out; an instrument whose rules are all switched off is gone."""
        rules = tuple(self.rules[key] for key in sorted(self.rules))
        alive = {rule.instrument.id for rule in rules}
        off = tuple(item for _, item in sorted(self.changed.items()) if item.kind is ChangeKind.DISABLES)
        return replace(
            self.bottom,
            rules=rules,
            instruments={key: law for key, law in sorted(self.instruments.items()) if key in alive},
            version=version,
            layers=layers,
            switched_off=off,
        )

    def lay(self, head: Head) -> None:
        """Lay one more layer over the rules."""
        self._check_version(head)
        below = dict(self.instruments)
        for path in files_of(head.layer, self.problems):
            try:
                found = read_rules(path, below, self.bottom.vocabulary, examples=self.examples)
            except RuleError as error:
                self.problems.extend(error.problems)
                continue
            if found.law is not None and not self._is_new(found.law):
                continue
            for rule in found.rules:
                self._add(replace(rule, layer=head.layer.name))
            for item in found.wanted:
                self._change(item, head.layer)

    def _check_version(self, head: Head) -> None:
        made_for, number = head.model.made_for, self.bottom.number
        if made_for is not None and number != UNVERSIONED and number not in VersionRange(made_for):
            detail = f"the layer was made for rules {made_for}; these are {number}"
            hint = (
                "read what changed in the rules below, run `riskapi rules check` on the layer, then widen `made_for`; "
                "or use the version that it was made for"
            )
            self.problems.append(head.source.problem(("made_for",), "layer-version", detail, hint))

    def _is_new(self, law: Instrument) -> bool:
        known = self.instruments.setdefault(law.id, law)
        if known is law:
            return True
        hint = f"to add to it or to change it, start the file with `extends: {law.id}`"
        detail = f"the instrument `{law.id}` is also in {known.file}"
        self.problems.append(Problem(code="duplicate-instrument", file=law.file, line=1, detail=detail, hint=hint))
        return False

    def _add(self, rule: Rule) -> None:
        known = self.rules.get(rule.id)
        if known is None and rule.id in self.changed:
            known = self.changed[rule.id].original
        if known is None:
            self.rules[rule.id] = rule
            return
        self.problems.append(
            Problem(
                code="duplicate-rule",
                file=rule.file,
                line=rule.line,
                detail=f"`{rule.id}` is also at {known.file}:{known.line} ({known.layer})",
                hint="ids are permanent and unique: choose another, or write `overrides:` in place of `id:` to replace it",
            )
        )

    def _change(self, wanted: Wanted, layer: Layer) -> None:
        found = list(self._objections(wanted, layer))
        self.problems.extend(found)
        if found or wanted.of is None:
            return
        original = self.rules.pop(wanted.target)
        change = LayerChange(
            kind=wanted.kind,
            layer=layer.name,
            original=original,
            of=wanted.of,
            reason=wanted.reason,
            file=wanted.source.file,
            line=wanted.line,
        )
        self.changed[original.id] = change
        if wanted.kind is ChangeKind.OVERRIDES and wanted.rule is not None:
            self.rules[original.id] = replace(wanted.rule, layer=layer.name, change=change)
        if wanted.kind is ChangeKind.POINTS and wanted.points is not None:
            self.rules[original.id] = replace(
                original, points=wanted.points, why_points=wanted.reason, layer=layer.name, change=change
            )

    def _objections(self, wanted: Wanted, layer: Layer) -> Iterator[Problem]:
        """Why the change cannot be made: nothing else is said of one whose rule is not there."""
        name = "overrides" if wanted.kind is ChangeKind.OVERRIDES else "rule"
        earlier, target = self.changed.get(wanted.target), self.rules.get(wanted.target)
        if earlier is not None:
            detail = (
                f"`{wanted.target}` is changed twice: also at {earlier.file}:{earlier.line} (layer {earlier.layer})"
            )
            hint = "one layer alone may change a rule: take the change out of one of the two places"
            yield wanted.problem(name, "layer-conflict", detail, hint)
        elif target is None:
            hint = did_you_mean(wanted.target, self.rules) or "`riskapi rules list --ids` prints the ids of all rules"
            detail = f"no layer below has a rule `{wanted.target}`"
            yield wanted.problem(name, "override-unknown", detail, hint)
        elif target.layer == layer.name:
            detail = f"`{wanted.target}` is a rule of this layer: {target.file}:{target.line}"
            yield wanted.problem(name, "override-own", detail, "change the rule itself")
        elif target.instrument.id != wanted.instrument:
            detail = (
                f"`{wanted.target}` is a rule of `{target.instrument.id}`, and this file extends `{wanted.instrument}`"
            )
            hint = f"write the change into rules/{target.jurisdiction.lower()}/{target.instrument.id}.yaml"
            yield wanted.problem(name, "override-elsewhere", detail, hint)
        else:
            yield from _objections_to(wanted, target)


def _objections_to(wanted: Wanted, target: Rule) -> Iterator[Problem]:
    if wanted.of is None:
        detail = "`of` is missing: the fingerprint of the rule that was read when this was written"
        hint = f"read the rule ({target.file}:{target.line}), then write `of: {fingerprint(target)}`"
        yield wanted.problem("of", "no-fingerprint", detail, hint)
    if wanted.kind is ChangeKind.POINTS and wanted.points is not None:
        fits = {
            Kind.AGGRAVATING: wanted.points > 0,
            Kind.MITIGATING: wanted.points < 0,
            Kind.INFORMATION: wanted.points == 0,
        }[target.kind]
        if not fits:
            wants = {Kind.AGGRAVATING: "above 0", Kind.MITIGATING: "below 0", Kind.INFORMATION: "0"}[target.kind]
            detail = f"points of a rule of kind {target.kind} must be {wants}, not {wanted.points:g}"
            yield wanted.problem("points", "bad-value", detail, "to make a rule count for nothing, use `disables:`")
