"""What other datasets move, for people (Markdown) and programs (JSON): a `DataImpact` in, text out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from riskapi.assessment.words import joined, plural, points
from riskapi.matrix.moved import FactChange, Movement
from riskapi.matrix.moved_words import fact_words, facts_of, heaviest, row_words, rows_of, says
from riskapi.workbench.data_impact import DataImpact
from riskapi.workbench.diff_impact import Moved
from riskapi.workbench.diff_text import bands_and_gates, deal_words, fact_data, impact_data, movements_table
from riskapi.workbench.diff_words import prose

#: What the Markdown shows; the JSON has more.
MOST_MOVES = 25
MOST_COMPANIES = 100
MOST_REASONS = 6
#: Movements in the JSON.
LISTED = 1_000


def impact_lines(found: DataImpact) -> list[str]:
    """What was looked at, and how much of it moves, as short sentences."""
    sizes = [len(found.companies.changed), len(found.companies.new), len(found.companies.gone)]
    total = found.impact.total
    asked = f" ({', '.join(f'{count:,} from {origin}' for origin, count in total.items())})" if total else ""
    lines = [
        f"companies with other facts: {sizes[0]:,}; new: {sizes[1]:,}; gone: {sizes[2]:,}",
        f"pairings looked at: {total.total():,}{asked}",
        f"of them with other facts: {found.scored:,}; that move: {len(found.impact.moved):,}",
    ]
    if found.left_out:
        lines.append(f"pairings left out, to end in bounded time: {found.left_out:,}")
    if found.unlike:
        lines.append(f"questions that mean something else now, or have no answer: {len(found.unlike):,}")
    return lines


def as_json(found: DataImpact, title: str) -> str:
    """Everything but movements after the `LISTED` largest, as JSON text."""
    values: dict[str, Any] = {
        "of": title,
        "as_of": found.as_of.isoformat(),
        "versions": {word: asdict(one) for word, one in zip(("before", "after"), found.versions, strict=True)},
        "companies": asdict(found.companies),
        "facts": [fact_data(change) for change in found.facts],
        "looked_at": found.impact.total.total(),
        "with_other_facts": found.scored,
        "left_out": found.left_out,
        "unlike": [asdict(item) for item in found.unlike],
        "impact": impact_data(found.impact, LISTED),
    }
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def as_markdown(found: DataImpact, title: str) -> str:
    """The page for review, the largest movement first."""
    before, after = found.versions
    lines = [
        f"# What {prose(title)} moves",
        "",
        f"As of {found.as_of}, by the rules {prose(after.rule_set)}.",
        f"Datasets before `{before.dataset[:12]}`, after `{after.dataset[:12]}`.",
        "",
        *(f"- {line[:1].upper()}{line[1:]}." for line in impact_lines(found)),
        "",
    ]
    return "\n".join([*lines, *_moves(found), *_companies(found), *_unlike(found)]).rstrip() + "\n"


def _moves(found: DataImpact) -> Iterator[str]:
    yield "## Answers that move"
    yield ""
    if not found.impact.moved:
        yield "None of those that were looked at."
        yield ""
        return
    yield from bands_and_gates(found.impact)
    largest = found.impact.largest(MOST_MOVES)
    yield from movements_table(largest)
    for item, alike in largest:
        yield from _why(item, alike)


def _why(item: Moved, alike: int) -> Iterator[str]:
    more = f", and {plural(alike - 1, 'pairing')} alike" if alike > 1 else ""
    yield f"### {prose(item.proposal.label)}{deal_words(item)}: {item.movement.way}{more}"
    yield ""
    for reason in heaviest(item.movement)[:MOST_REASONS]:
        yield f"- `{reason.rule_id}`: {prose(says(reason))} ({points(round(reason.delta, 4))})"
        yield from (f"  - {line}" for line in _fact_lines(reason.facts[:MOST_REASONS]))
    yield ""


def _fact_lines(changes: Sequence[FactChange]) -> Iterator[str]:
    yield from (prose(fact_words(change)) for change in changes)
    yield from (prose(row_words(*row)) for row in list(rows_of(changes))[:MOST_REASONS])


def _companies(found: DataImpact) -> Iterator[str]:
    yield "## Companies with other facts"
    yield ""
    shown = found.facts[:MOST_COMPANIES]
    for change in shown:
        yield f"- {prose(fact_words(change))}"
        yield from (f"  - {prose(row_words(*row))}" for row in list(rows_of([change]))[:MOST_REASONS])
    if not shown:
        yield "None."
    if len(found.facts) > len(shown):
        yield f"- and {len(found.facts) - len(shown):,} more, in the JSON file"
    yield ""
    for word, companies in (("New", found.companies.new), ("Gone", found.companies.gone)):
        if companies:
            yield f"{word}, so that there is nothing to compare: {prose(joined(companies.values(), MOST_REASONS))}."
            yield ""


def _unlike(found: DataImpact) -> Iterator[str]:
    if not found.unlike:
        return
    yield "## Questions that mean something else, or have no answer"
    yield ""
    for item in found.unlike[:MOST_COMPANIES]:
        yield f"- {prose(item.label)}: before {prose(item.before)}; after {prose(item.after)}"
    if len(found.unlike) > MOST_COMPANIES:
        yield f"- and {len(found.unlike) - MOST_COMPANIES:,} more, in the JSON file"


def largest_lines(found: DataImpact, most: int) -> Iterator[str]:
    """The largest movements, each on one line with its heaviest reason."""
    for item, alike in found.impact.largest(most):
        one, two = item.movement.before, item.movement.after
        more = f" and {alike - 1} alike" if alike > 1 else ""
        numbers = f"{one.score:.1f} to {two.score:.1f}, {item.movement.way}"
        yield f"{item.proposal.label}{deal_words(item)}{more}: {numbers}{_because(item.movement)}"


def _because(movement: Movement) -> str:
    rules, facts = heaviest(movement)[:1], facts_of(movement)[:1]
    told = [*(f"{rule.rule_id} {says(rule)}" for rule in rules), *(fact_words(change) for change in facts)]
    return f" ({'; '.join(told)})" if told else ""
