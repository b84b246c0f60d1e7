"""How far a change moves the version of the rule set: a difference of two books in, the step with its reasons out.

Major: what somebody relies on is gone or means another legal consequence. Minor: answers can change. Patch: texts only.
`rules/README.md` says the same for authors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from riskapi.assessment.words import plural
from riskapi.rules import SemanticVersion, Step
from riskapi.rules.version import UNVERSIONED
from riskapi.workbench.diff import Aspect, BookDiff, Change, Edit, RuleChange

#: The first version where none is stated.
FIRST = SemanticVersion(1, 0, 0)

_GATE = "gate"
_BAND = "band of "


@dataclass(frozen=True, slots=True)
class Needed:
    """The smallest step that fits a change, and every reason for a step with the step that it calls for."""

    step: Step
    reasons: tuple[tuple[Step, str], ...]

    @property
    def because(self) -> str:
        """The reasons for this step, in words."""
        return "; ".join(words for step, words in self.reasons if step is self.step)


def needed_step(diff: BookDiff) -> Needed:
    """The step that the change calls for; `Step.NONE` where nothing changed."""
    reasons = tuple(sorted(_reasons(diff), key=lambda reason: -reason[0]))
    return Needed(reasons[0][0] if reasons else Step.NONE, reasons)


def needed_version(diff: BookDiff, needed: Needed) -> SemanticVersion:
    """The lowest version that the rules may bear after the change; a first version may be any."""
    before, stated = diff.numbers
    return before.after(needed.step) if before != UNVERSIONED else stated if stated != UNVERSIONED else FIRST


def _reasons(diff: BookDiff) -> Iterator[tuple[Step, str]]:
    counts = {
        (Step.MAJOR, "removed"): sum(item.change is Change.REMOVED for item in diff.rules),
        (Step.MAJOR, "with another gate"): sum(map(_has_another_gate, diff.rules)),
        (Step.MINOR, "added"): sum(item.change is Change.ADDED for item in diff.rules),
        (Step.MINOR, "changed in condition, dates, points or periods"): sum(map(_moves_answers, diff.rules)),
        (Step.PATCH, "changed in texts or examples"): sum(not item.is_material for item in diff.rules),
    }
    yield from ((step, f"{plural(count, 'rule')} {words}") for (step, words), count in counts.items() if count)
    if diff.scorecard:
        lost = any(map(_loses_a_band, diff.scorecard))
        yield (Step.MAJOR, "a band is gone") if lost else (Step.MINOR, "the scorecard changed")
    if diff.instruments:
        yield Step.PATCH, f"{plural(len(diff.instruments), 'instrument')} with changed particulars"
    if diff.not_compared:
        files = len({problem.file for problem in diff.not_compared})
        yield Step.MINOR, f"{plural(files, 'file')} of the base cannot be read any more, so at least this"


def _is_gate(edit: Edit) -> bool:
    return edit.aspect is Aspect.GATE and edit.field == _GATE


def _has_another_gate(item: RuleChange) -> bool:
    return item.change is Change.CHANGED and any(map(_is_gate, item.edits))


def _moves_answers(item: RuleChange) -> bool:
    return item.change is Change.CHANGED and item.is_material and not _has_another_gate(item)


def _loses_a_band(edit: Edit) -> bool:
    return edit.field.startswith(_BAND) and edit.after is None
