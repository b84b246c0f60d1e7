"""A question about a duty as it was typed, checked as a whole.

Enters: text by field, the code lists. Leaves: a `DutyQuestion`, or one `RequestError` with every problem.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from riskapi.errors import Problem, RequestError, did_you_mean
from riskapi.tariffs.conditions import CONDITIONS
from riskapi.warehouse.countries import EUROPEAN_UNION, country_names

#: The earliest and latest day that can be asked for.
EARLIEST, LATEST = date(2018, 1, 1), date(2035, 12, 31)
SHOWN = 60
ANSWERS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyQuestion:
    """A checked question; `since` asks for the history from that day to `on`."""

    product: str
    origin: str
    importer: str
    on: date
    since: date | None
    given: Mapping[str, bool]


def read_question(raw: Mapping[str, str | None], products: Collection[str], today: date) -> DutyQuestion:
    """Check the fields `product`, `from`, `to`, `on`, `since`, `given`; `on` is `today` where it is not given.

    `from` and `to` are ISO2 codes or EU; `since` may be a month or a year; `given` are conditions, joined with commas:
    `in_quota=no`. The code of a field is its name.
    """
    reader = _Reader(raw)
    on = reader.day("on") or today
    since = reader.day("since")
    if since is not None and since > on:
        reader.problem("since", "out-of-range", f"`since` ({since}) lies after `on` ({on})", "give an earlier day")
    question = DutyQuestion(
        product=reader.code("product", products, "a product group such as ev_car"),
        origin=reader.country("from"),
        importer=reader.country("to"),
        on=on,
        since=since,
        given=reader.conditions("given"),
    )
    if reader.problems:
        raise RequestError(reader.problems)
    return question


class _Reader:
    """Reads fields and collects problems."""

    def __init__(self, raw: Mapping[str, str | None]) -> None:
        self.raw = {name: text.strip() for name, text in raw.items() if text is not None}
        self.problems: list[Problem] = []

    def problem(self, field: str, code: str, detail: str, hint: str | None = None) -> None:
        self.problems.append(Problem(code=code, field=field, detail=detail, hint=hint))

    def code(self, field: str, known: Collection[str], wanted: str) -> str:
        """A code of a list; an empty text where there is a problem."""
        text = self.raw.get(field, "")
        if not text:
            self.problem(field, "missing-parameter", f"`{field}` is needed", f"give {wanted}")
        elif text not in known:
            hint = did_you_mean(text[:SHOWN], known) or f"give {wanted}"
            self.problem(field, "unknown-code", f"`{text[:SHOWN]}` is not known", hint)
        return text

    def country(self, field: str) -> str:
        """A country or the European Union, in capitals."""
        self.raw[field] = self.raw.get(field, "").upper()
        return self.code(field, {*country_names(), EUROPEAN_UNION}, "an ISO 3166 code such as CN, or EU")

    def day(self, field: str) -> date | None:
        """A day; a month or year is its first day."""
        text = self.raw.get(field)
        if text is None:
            return None
        try:
            day = date.fromisoformat(text + {4: "-01-01", 7: "-01"}.get(len(text), ""))
        except ValueError:
            self.problem(field, "bad-date", f"`{text[:SHOWN]}` is not a date", "write dates as 2026-11-22")
            return None
        if not EARLIEST <= day <= LATEST:
            self.problem(field, "out-of-range", f"`{field}` must lie between {EARLIEST} and {LATEST}")
        return day

    def conditions(self, field: str) -> dict[str, bool]:
        """Conditions with yes or no; a bare code is yes."""
        found: dict[str, bool] = {}
        for part in filter(None, (item.strip() for item in self.raw.get(field, "").split(","))):
            code, _, answer = part.partition("=")
            if code not in CONDITIONS:
                hint = did_you_mean(code[:SHOWN], CONDITIONS) or f"known: {', '.join(CONDITIONS)}"
                self.problem(field, "unknown-code", f"`{code[:SHOWN]}` is not a condition", hint)
            elif (answer or "yes") not in ANSWERS:
                self.problem(field, "bad-value", f"`{part[:SHOWN]}` is neither yes nor no", f"write {code}=no")
            elif found.setdefault(code, ANSWERS[answer or "yes"]) != ANSWERS[answer or "yes"]:
                self.problem(field, "told-twice", f"`{code}` is told as yes and as no", "tell it once")
        return found
