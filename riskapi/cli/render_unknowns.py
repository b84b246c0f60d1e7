"""What is not known, what is assumed, and what would change the result. Enters: an answer. Leaves: rich renderables."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from riskapi.assessment.answer import Answer, TrialAnswer, UnknownAnswer
from riskapi.assessment.words import code_words, plural, result_words
from riskapi.cli.style import Look, indented, left_out, section, shortened

SHOWN_QUESTIONS = 6
SHOWN_RULES = 3
SHOWN_CHANGES = 6
VALUE_LENGTH = 60
#: Differences of scores below this cannot be seen at one decimal.
VISIBLE = 0.05


def questions(answer: Answer, look: Look) -> RenderableType | None:
    """What to find out, the most telling first, with the rules that wait for it."""
    open_rules = [rule for rule in answer.rules if rule.status == "undetermined"]
    if not answer.unknowns:
        line = (
            "Nothing that is not known could move the result."
            if not open_rules
            else f"{plural(len(open_rules), 'rule')} may apply; --all lists them."
        )
        return section("What to find out", Text(line))
    shown, rest = look.cut(answer.unknowns, SHOWN_QUESTIONS)
    titles = {rule.id: rule.title for rule in answer.rules}
    parts = [_question(number, item, titles, look) for number, item in enumerate(shown, 1)]
    note = f"{plural(len(open_rules), 'rule')} may apply; these answers decide"
    return section("What to find out", *parts, left_out(rest, "question"), note=note)


def _question(number: int, item: UnknownAnswer, titles: dict[str, str], look: Look) -> RenderableType:
    head = Text.assemble(
        (f"{number}. {item.question}", "bold"), f"  narrows the range by up to {item.moves:.10g} points"
    )
    whose = f" ({item.party})" if item.party else ""
    below: list[RenderableType] = [Text(f"{item.fact}{whose}: {_extremes(item)}", style="dim")]
    named, rest = look.cut([titles.get(rule, rule) for rule in item.rules], SHOWN_RULES)
    waiting = "; ".join(named) + (f"; and {rest} more" if rest else "")
    below.append(Text(f"Decides on {plural(len(item.rules), 'rule')}: {waiting}"))
    return Group(head, indented(*below))


def _extremes(item: UnknownAnswer) -> str:
    if _result(item.lowest) == _result(item.highest):
        return "no answer alone moves the score; together with other answers it does"
    return "; ".join(f"{_value(trial)} would give {_result(trial)}" for trial in (item.lowest, item.highest))


def _value(trial: TrialAnswer) -> str:
    if isinstance(trial.value, tuple) and len(trial.value) > SHOWN_RULES:
        return f"{shortened(trial.text.split(', ')[0], VALUE_LENGTH)} and {len(trial.value) - 1} others together"
    return f"`{shortened(trial.text, VALUE_LENGTH)}`"


def _result(trial: TrialAnswer) -> str:
    return result_words(trial.score, trial.low, trial.high)


def assumptions(answer: Answer) -> RenderableType | None:
    """What nobody told and is taken as the usual case."""
    if not answer.assumptions:
        return None
    parts = []
    for item in answer.assumptions:
        name = item.fact.partition(".")[2]
        text = Text.assemble(
            (f"{code_words(name)}: {_plain(item.assumed)}", "bold"),
            f"  if {item.otherwise.text}, the score would be {_result(item.otherwise)}",
        )
        parts.append(Group(text, indented(Text(item.meaning, style="dim"))))
    return section("Taken as the usual case, because it was not told", *parts)


def _plain(value: object) -> str:
    words = {True: "yes", False: "no", None: "not known"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def what_would_change(answer: Answer, look: Look) -> RenderableType:
    """The values of single facts that would move the score or its range most, downwards first."""
    ranked = sorted(_changes(answer), key=lambda item: (_lowered(answer, item[1]), item[0]))
    moving = [item for item in ranked if _lowered(answer, item[1]) < -VISIBLE]
    raising = [item for item in reversed(ranked) if item[1].score > answer.score + VISIBLE]
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 3, 0, 0))
    for label, (items, most) in {"lower": (moving, SHOWN_CHANGES), "higher": (raising, SHOWN_CHANGES // 2)}.items():
        for name, trial in items if look.everything else items[:most]:
            table.add_row(Text(f"{name} = {_value(trial).strip('`')}"), Text(f"{label}: {_result(trial)}"))
    if not moving and not raising:
        return section("What would change it", Text("No single fact that is open or assumed moves the score visibly."))
    return section("What would change it", table, note=f"now {result_words(answer.score, answer.low, answer.high)}")


def _changes(answer: Answer) -> Iterable[tuple[str, TrialAnswer]]:
    for taken in answer.assumptions:
        yield taken.fact, taken.otherwise
    for item in answer.unknowns:
        yield item.fact, item.lowest
        if item.highest.value != item.lowest.value:
            yield item.fact, item.highest


def _lowered(answer: Answer, trial: TrialAnswer) -> float:
    """By how much the score and, at half weight, the low end fall: a structure could reach the low end."""
    return min(0.0, trial.score - answer.score) + min(0.0, trial.low - answer.low) / 2
