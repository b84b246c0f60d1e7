"""A difference of rule books with its impact, for people and programs: the values in, Markdown or JSON data out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from riskapi.assessment.words import amount, plural
from riskapi.matrix.moved import FactChange, Movement, Reason, Side
from riskapi.rules.version import UNVERSIONED, VERSION_FILE
from riskapi.scoring.scorecard import rounded
from riskapi.workbench.diff import MATERIAL, BookDiff, Change, Edit, RuleChange
from riskapi.workbench.diff_impact import Impact, Moved
from riskapi.workbench.diff_step import needed_step, needed_version
from riskapi.workbench.diff_words import edit_words, prose

#: Rows of each table; a comment on a pull request has to stay readable.
MOST_ROWS = 25
MOST_EDITS = 6


def markdown(diff: BookDiff, impact: Impact | None, base: str) -> str:
    """The report as Markdown; without `impact` only what changed."""
    if diff.is_empty:
        return f"The rule books say the same: nothing changed against {prose(base)}.\n"
    lines = [f"# What this changes against {prose(base)}", "", _summary(diff), "", _version(diff), ""]
    lines += [*_not_compared(diff), *_changes(diff)]
    if impact is not None:
        lines += _impact(impact, diff)
    return "\n".join(lines).rstrip() + "\n"


def _summary(diff: BookDiff) -> str:
    counts = {change: [item for item in diff.rules if item.change is change] for change in Change}
    parts = [f"{len(items)} {change}" for change, items in counts.items() if items]
    prose = sum(1 for item in diff.rules if not item.is_material)
    words = ["Rules: " + (", ".join(parts) or "none changed")]
    if prose:
        words.append(f"{prose} of them in prose or examples only, which moves no score")
    if diff.instruments:
        words.append(f"{plural(len(diff.instruments), 'instrument')} with changed particulars")
    if diff.scorecard:
        words.append("the scorecard changed")
    return "; ".join(words) + "."


def _version(diff: BookDiff) -> str:
    """The step of the version that the change calls for, and whether it was taken."""
    needed, (before, after) = needed_step(diff), diff.numbers
    step = f"a {needed.step.word} step ({needed.because})"
    if UNVERSIONED in (before, after):
        return f"Version: {step}; the rules have no `{VERSION_FILE}` on both sides."
    wanted = needed_version(diff, needed)
    verdict = f"{after} is stated" if after >= wanted else f"**{after} is stated, which is too low**"
    return f"Version: {step} from {before}, so at least {wanted}; {verdict}."


def _not_compared(diff: BookDiff) -> Iterator[str]:
    if not diff.not_compared:
        return
    files = sorted({problem.file or "" for problem in diff.not_compared})
    yield (
        f"**Not compared:** {len(files)} files of the base cannot be read with today's facts. "
        "Their rules are left out here and below:"
    )
    yield ""
    yield from (f"- {prose(problem.place())}: {prose(problem.detail)}" for problem in diff.not_compared[:MOST_ROWS])
    yield ""


def _changes(diff: BookDiff) -> Iterator[str]:
    for title, kept in (
        ("Added", [item for item in diff.rules if item.change is Change.ADDED]),
        ("Removed", [item for item in diff.rules if item.change is Change.REMOVED]),
        ("Changed in effect", [item for item in diff.rules if item.change is Change.CHANGED and item.is_material]),
        ("Changed in prose or examples only", [item for item in diff.rules if not item.is_material]),
    ):
        if kept:
            yield f"## {title}\n"
            yield from _rules(kept)
            yield ""
    if diff.scorecard:
        yield "## Scorecard\n"
        yield from (f"- {edit_words(edit)}" for edit in diff.scorecard)
        yield ""
    if diff.instruments:
        yield "## Particulars of instruments\n"
        yield from (
            f"- `{key}`: {', '.join(edit.field for edit in edits)}" for key, edits in sorted(diff.instruments.items())
        )
        yield ""


def _rules(changes: list[RuleChange]) -> Iterator[str]:
    for item in changes[: 2 * MOST_ROWS]:
        aspects = f" ({', '.join(item.aspects)})" if item.change is Change.CHANGED else ""
        yield f"- `{item.rule_id}`: {prose(item.title)}{aspects}"
        shown = [edit for edit in item.edits if edit.aspect in MATERIAL] or list(item.edits)
        yield from (f"  - {edit_words(edit)}" for edit in shown[:MOST_EDITS])
    if len(changes) > 2 * MOST_ROWS:
        yield f"- and {len(changes) - 2 * MOST_ROWS} more"


# Impact


def _impact(impact: Impact, diff: BookDiff) -> Iterator[str]:
    yield "## What moves\n"
    total = ", ".join(f"{count:,} from {origin}" for origin, count in impact.total.items())
    if not impact.moved:
        yield f"Nothing moves in {impact.total.total():,} pairings ({total})."
        yield from _idle(impact, diff)
        return
    moved = ", ".join(f"{count:,} from {origin}" for origin, count in impact.by_origin.items())
    yield f"{len(impact.moved):,} of {impact.total.total():,} pairings move ({moved}; looked at: {total})."
    yield ""
    yield from bands_and_gates(impact)
    yield from _by_rule(impact, diff)
    yield from _idle(impact, diff)
    yield "### Largest movements\n"
    yield from movements_table(impact.largest(MOST_ROWS))
    deals = sorted((item for item in impact.moved if item.proposal.origin != "matrix"), key=by_delta)
    if deals:
        yield "\n### Deals and pairings that were named\n"
        yield from movements_table((item, 1) for item in deals[:MOST_ROWS])
        if len(deals) > MOST_ROWS:
            yield f"\nand {len(deals) - MOST_ROWS} more."


def by_delta(item: Moved) -> tuple[float, str]:
    """The key that puts the largest movement first."""
    return (-abs(item.movement.delta), item.proposal.label)


def bands_and_gates(impact: Impact) -> Iterator[str]:
    """Tables of the bands that change and of the gates that come and go."""
    if impact.bands:
        yield from _table(
            ("band before", "band after", "pairings"),
            ((one, two, f"{count:,}") for (one, two), count in impact.bands.most_common()),
        )
    else:
        yield "No pairing changes its band.\n"
    if impact.gates:
        yield from _table(
            ("gate", "newly met", "no longer met"),
            ((gate, f"{gained:,}", f"{lost:,}") for gate, (gained, lost) in impact.gates.items()),
        )
    else:
        yield "No pairing meets another gate.\n"


def _by_rule(impact: Impact, diff: BookDiff) -> Iterator[str]:
    changed = {item.rule_id for item in diff.material}
    rows = []
    for rule_id, items in list(impact.by_rule.items())[:MOST_ROWS]:
        deltas = [item.movement.delta for item in items]
        note = "" if rule_id in changed else " (not changed itself: its group or the floor counts differently)"
        average = sum(deltas) / len(deltas)
        rows.append(
            (
                f"`{rule_id}`{note}",
                f"{len(items):,}",
                _signed(average),
                f"{_signed(min(deltas))} to {_signed(max(deltas))}",
            )
        )
    if rows:
        yield "### Rules behind it\n"
        yield from _table(("rule", "pairings it moves", "mean change of the score", "range"), rows)


def _signed(value: float) -> str:
    return f"{round(value, 1) + 0.0:+.1f}"  # no minus before a nought


def _idle(impact: Impact, diff: BookDiff) -> Iterator[str]:
    """Changed rules that move nothing here: that no pairing shows it does not mean that none would."""
    idle = [item.rule_id for item in diff.material if item.rule_id not in impact.by_rule]
    if idle:
        named = ", ".join(f"`{rule_id}`" for rule_id in idle[:MOST_ROWS])
        more = f" and {len(idle) - MOST_ROWS} more" if len(idle) > MOST_ROWS else ""
        yield ""
        yield f"No pairing looked at shows a difference for {named}{more}: name pairings that would, with `--portfolio`."
        yield ""


def movements_table(items: Iterable[tuple[Moved, int]]) -> Iterator[str]:
    """A table of movements, each with how many pairings move in the same way."""
    rows = []
    for item, alike in items:
        more = f" and {alike - 1:,} alike" if alike > 1 else ""
        movement = item.movement
        rows.append(
            (
                f"{prose(item.proposal.label)}{deal_words(item)}{more}",
                *_scores(movement),
                _gates(movement),
                why(movement),
            )
        )
    yield from _table(("pairing", "score", "interval", "gates", "why"), rows)


def deal_words(item: Moved) -> str:
    """Form, share and place of the deal."""
    told = item.proposal.told
    stake, kind, country = (told.get(f"deal.{name}") for name in ("foreign_stake", "type", "activity_country"))
    parts = [
        prose(str(kind)).replace("\\_", " ") if kind else "",
        f"{stake:.3%}".rstrip("0%").rstrip(".") + " %" if isinstance(stake, float) else "",
        f"in {prose(str(country))}" if country else "",
    ]
    shown = ", ".join(part for part in parts if part)
    return f" ({shown})" if shown else ""


def _scores(movement: Movement) -> tuple[str, str]:
    one, two = movement.before, movement.after
    bands = two.band if one.band == two.band else f"{one.band} to **{two.band}**"
    interval = " to ".join(f"{rounded(side.low, 0):.0f}-{rounded(side.high, 0):.0f}" for side in (one, two))
    return f"{amount(one.score)} to {amount(two.score)} ({bands})", interval


def _gates(movement: Movement) -> str:
    one, two = set(movement.before.gates), set(movement.after.gates)
    return ", ".join([*(f"+{gate}" for gate in sorted(two - one)), *(f"-{gate}" for gate in sorted(one - two))])


def why(movement: Movement) -> str:
    """The rules behind a movement, in words."""
    shown = [_reason(reason) for reason in movement.reasons[:4]]
    more = len(movement.reasons) - len(shown)
    return "; ".join([*shown, *([f"{more} more"] if more else [])])


def _reason(reason: Reason) -> str:
    one, two = (status or "not fired" for status in (reason.before, reason.after))
    told = two if one == two else f"{one} to {two}"
    return f"`{reason.rule_id}` {told.replace('not_fired', 'not fired')}, {reason.points_before:+g} to {reason.points_after:+g}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


# JSON


def as_data(diff: BookDiff, impact: Impact | None, base: str, most: int) -> dict[str, Any]:
    """The report as JSON data; `most` limits the pairings that are listed, never those that are counted."""
    data: dict[str, Any] = {
        "base": base,
        "versions": {"before": diff.before, "after": diff.after},
        "step": _step_data(diff),
        "rules": [_change_data(item) for item in diff.rules],
        "instruments": {key: [_edit_data(edit) for edit in edits] for key, edits in diff.instruments.items()},
        "scorecard": [_edit_data(edit) for edit in diff.scorecard],
        "not_compared": [
            {"file": item.file, "line": item.line, "code": item.code, "detail": item.detail}
            for item in diff.not_compared
        ],
    }
    return data if impact is None else {**data, "impact": impact_data(impact, most)}


def _step_data(diff: BookDiff) -> dict[str, Any]:
    needed = needed_step(diff)
    return {
        "needed": needed.step.word,
        "version": str(needed_version(diff, needed)),
        "reasons": [{"step": step.word, "what": what} for step, what in needed.reasons],
    }


def _change_data(item: RuleChange) -> dict[str, Any]:
    return {
        "id": item.rule_id,
        "title": item.title,
        "change": item.change.value,
        "aspects": [aspect.value for aspect in item.aspects],
        "moves_scores": item.is_material,
        "edits": [_edit_data(edit) for edit in item.edits],
    }


def _edit_data(edit: Edit) -> dict[str, Any]:
    return {"aspect": edit.aspect.value, "field": edit.field, "before": edit.before, "after": edit.after}


def impact_data(impact: Impact, most: int) -> dict[str, Any]:
    """What moves as JSON data; `most` limits the pairings that are listed."""
    listed = sorted(impact.moved, key=by_delta)[:most]
    return {
        "pairings": dict(impact.total),
        "moved": dict(impact.by_origin),
        "bands": [{"before": one, "after": two, "pairings": count} for (one, two), count in impact.bands.most_common()],
        "gates": {gate: {"gained": gained, "lost": lost} for gate, (gained, lost) in impact.gates.items()},
        "rules": {rule_id: len(items) for rule_id, items in impact.by_rule.items()},
        "listed": len(listed),
        "movements": [_moved_data(item) for item in listed],
    }


def _moved_data(item: Moved) -> dict[str, Any]:
    movement, proposal = item.movement, item.proposal
    return {
        "pairing": proposal.label,
        "from": proposal.origin,
        "as_of": proposal.as_of.isoformat(),
        "parties": [party.company_id or party.name for party in proposal.parties],
        "deal": {name: _json(value) for name, value in sorted(proposal.told.items())},
        "before": _side_data(movement.before),
        "after": _side_data(movement.after),
        "rules": [
            {
                "id": reason.rule_id,
                "before": reason.before or "not_fired",
                "after": reason.after or "not_fired",
                "points_before": reason.points_before,
                "points_after": reason.points_after,
                **({"facts": [fact_data(change) for change in reason.facts]} if reason.facts else {}),
            }
            for reason in movement.reasons
        ],
    }


def fact_data(change: FactChange) -> dict[str, Any]:
    """A fact that changed, with the rows that are new and those that are gone."""
    rows = {
        word: [{name: _json(value) for name, value in asdict(row).items()} for row in found]
        for word, found in (("new", change.rows_after), ("gone", change.rows_before))
    }
    told = {"fact": change.fact, "company": change.company}
    return {**told, "before": _json(change.before), "after": _json(change.after), "rows": rows}


def _side_data(side: Side) -> dict[str, Any]:
    numbers = {"score": rounded(side.score, 2), "low": rounded(side.low, 2), "high": rounded(side.high, 2)}
    return {**numbers, "band": side.band, "gates": list(side.gates)}


def _json(value: object) -> object:
    return (
        list(value)
        if isinstance(value, tuple)
        else value
        if value is None or isinstance(value, bool | int | float | str)
        else str(value)
    )
