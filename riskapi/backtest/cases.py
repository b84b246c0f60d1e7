"""Case records: deals of the past with what a government made of them.

Enters: a file with one JSON object a line. Leaves: `Case` objects, and a `Problem` with line and field for each record
that cannot be read. A record has two parts: what was known when the deal was announced (`Announcement`, all that a
question may be made from) and what came later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError

from riskapi.assessment.request import EARLIEST, LATEST
from riskapi.errors import Problem, RequestError, did_you_mean

VERSION_LENGTH = 12
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class Outcome(StrEnum):
    """What became of a deal."""

    CLEARED = "cleared"
    CLEARED_WITH_CONDITIONS = "cleared_with_conditions"
    WITHDRAWN_AFTER_OBJECTION = "withdrawn_after_objection"
    ABANDONED_PENDING_REVIEW = "abandoned_pending_review"
    PROHIBITED = "prohibited"
    FORCED_DIVESTITURE = "forced_divestiture"
    COMPLETED_WITHOUT_KNOWN_REVIEW = "completed_without_known_review"
    ABANDONED_COMMERCIAL = "abandoned_commercial"
    PENDING = "pending"
    REPORT_DENIED = "report_denied"


class OutcomeClass(IntEnum):
    """The classes that the back-test tells apart, in order."""

    CLEARED = 0
    CONDITIONS = 1
    ADVERSE = 2


#: Outcomes in no class say nothing on what a government thought of the deal; such cases are counted and left out.
CLASSES = {
    Outcome.CLEARED: OutcomeClass.CLEARED,
    Outcome.COMPLETED_WITHOUT_KNOWN_REVIEW: OutcomeClass.CLEARED,
    Outcome.CLEARED_WITH_CONDITIONS: OutcomeClass.CONDITIONS,
    Outcome.PROHIBITED: OutcomeClass.ADVERSE,
    Outcome.FORCED_DIVESTITURE: OutcomeClass.ADVERSE,
    Outcome.WITHDRAWN_AFTER_OBJECTION: OutcomeClass.ADVERSE,
    Outcome.ABANDONED_PENDING_REVIEW: OutcomeClass.ADVERSE,
}


def first_day(text: object) -> date:
    """The earliest day that `2024-06-14`, `2024-06` or `2024` can mean; raises `ValueError`."""
    if isinstance(text, date):
        return text
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise ValueError("a day, month or year is wanted: 2024-06-14, 2024-06 or 2024")
    year, month, day = ([int(part) for part in text.split("-")] + [1, 1])[:3]
    return date(year, month, day)


class _Record(BaseModel):
    # Fields that the schema does not know are passed over: a richer file must not be refused.
    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True, allow_inf_nan=False)


def _known(value: object) -> object:
    """None where a text says that nothing is known."""
    return None if isinstance(value, str) and value.strip().casefold() in {"", "unknown"} else value


def _or_empty(value: object) -> object:
    return () if value is None else value


CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Country = Annotated[CountryCode | None, BeforeValidator(_known)]


class ForeignParty(_Record):
    """The party that comes from abroad, as it stood when the deal was announced."""

    name: Annotated[str, Field(min_length=1, max_length=300)]
    country: Country = None
    ultimate_owner: str | None = None
    ultimate_owner_country: Country = None
    state_ownership: Annotated[str | None, BeforeValidator(_known)] = None
    lists_at_announcement: Annotated[tuple[str, ...], BeforeValidator(_or_empty)] = ()


class HostParty(_Record):
    """The party at home, or the business that is bought."""

    name: Annotated[str, Field(min_length=1, max_length=300)]
    country: Country = None
    business: str | None = None


class Sensitivities(_Record):
    """What is sensitive about the business; None where it was not known."""

    critical_technology: StrictBool | None = None
    critical_infrastructure: StrictBool | None = None
    sensitive_personal_data: StrictBool | None = None
    defence_supplier: StrictBool | None = None
    near_military_site: StrictBool | None = None


class Announcement(_Record):
    """What was known of the deal on the day it was announced. Questions are made from this and nothing else."""

    host_country: CountryCode
    foreign_party: ForeignParty
    host_party: HostParty
    deal_type: str
    stake_pct: Annotated[float, Field(ge=0, le=100)] | None = None
    value_usd_m: Annotated[float, Field(ge=0)] | None = None
    sector: str
    sensitivities: Sensitivities = Sensitivities()
    announced: Annotated[date, BeforeValidator(first_day), Field(gt=EARLIEST, le=LATEST)]

    @property
    def as_of(self) -> date:
        """The day before the earliest day on which the deal can have been announced."""
        return self.announced - timedelta(days=1)


class Case(_Record):
    """A deal with its outcome."""

    case_id: Annotated[str, Field(min_length=1)]
    title: str = ""
    regime: str = "other"
    announcement: Announcement
    outcome: Outcome
    confidence: str = "low"

    @property
    def outcome_class(self) -> OutcomeClass | None:
        """The class of the outcome; None where the case is left out."""
        return CLASSES.get(self.outcome)

    @property
    def owner_country(self) -> str | None:
        """Country of the foreign party's ultimate owner, or of its seat where that is not known."""
        foreign = self.announcement.foreign_party
        return foreign.ultimate_owner_country or foreign.country


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """What was read of a file; `version` names its content."""

    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]
    version: str


def load_cases(path: Path) -> CaseFile:
    """Read a case file. Records that cannot be read are left out, each with its problems.

    Raises `RequestError` where there is no such file, where it is no text, or where no record can be read.
    """
    data = _content(path)
    problems: list[Problem] = []
    cases: dict[str, Case] = {}
    for line, record in _objects(data, path, problems):
        case = _case(record, path, line, problems)
        if case is None:
            continue
        if case.case_id in cases:
            detail = f"the case `{case.case_id[:80]}` stands in the file twice"
            problems.append(_problem(path, line, "duplicate-case", detail, "keep one of the two", "case_id"))
            continue
        cases[case.case_id] = case
    if not cases:
        none = _problem(path, None, "no-cases", "the file holds no case that can be read", "write one on each line")
        raise RequestError([*problems, none])
    version = sha256(data.encode()).hexdigest()[:VERSION_LENGTH]
    return CaseFile(cases=tuple(cases.values()), problems=tuple(problems), version=version)


def _content(path: Path) -> str:
    if not path.is_file():
        raise RequestError(_problem(path, None, "no-file", "there is no such file", "name a file of cases (.jsonl)"))
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem = _problem(path, None, "not-utf-8", "the file is not UTF-8 text", "save it as UTF-8")
        raise RequestError(problem) from None


def _objects(text: str, path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    # Only line feeds part records: other line separators may stand inside a text.
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            record = json.loads(content)
        except (json.JSONDecodeError, RecursionError) as error:
            problems.append(_problem(path, line, "json-syntax", f"the line is not JSON: {error}", "one case a line"))
            continue
        if isinstance(record, dict):
            yield line, record
        else:
            problems.append(_problem(path, line, "wrong-type", "a case is a JSON object", "see the case schema"))


def _case(record: dict[str, Any], path: Path, line: int, problems: list[Problem]) -> Case | None:
    found: list[tuple[str, str]] = []
    announcement = _checked(Announcement, record, found)
    later = _checked(Case, {**record, "announcement": announcement}, found)
    problems += [_problem(path, line, "case-invalid", detail, _hint(field, record), field) for field, detail in found]
    return None if found else later


def _checked(model: Any, record: dict[str, Any], found: list[tuple[str, str]]) -> Any:  # noqa: ANN401  # either model
    try:
        return model.model_validate(record)
    except ValidationError as error:
        places = [(".".join(str(part) for part in item["loc"]), item["msg"]) for item in error.errors()]
        found += [(field, detail) for field, detail in places if field != "announcement"]
        return None


def _hint(field: str, record: dict[str, Any]) -> str | None:
    if field == "outcome":
        return did_you_mean(str(record.get("outcome")), list(Outcome)) or "known: " + ", ".join(Outcome)
    return None


def _problem(  # noqa: PLR0913  # the parts of a problem, each once
    path: Path, line: int | None, code: str, detail: str, hint: str | None, field: str | None = None
) -> Problem:
    return Problem(code=code, detail=detail, file=str(path), line=line, field=field, hint=hint)
