"""A question about many pairings, checked as a whole: JSON data in, a `MatrixRequest` with settled companies out.

    {"foreign": SIDE, "hosts": SIDE, "templates": [TEMPLATE, ...], "dates"?: ["2026-11-22", ...], "top"?: 100}
    SIDE: {"select": "control_country=CN,sector=automotive"} or {"all": true}
          or {"names": ["Xiaomi", {"name": "BYD", "country": "CN"}, ...]}
    TEMPLATE: {"name"?: text, "deal": {facts as in a score request}, "at_host"?: true}

All problems are collected, each with its JSON pointer. Companies are selected as the datasets know them on the newest of
the days, so that every day has the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from riskapi.assessment.request import MAX_NAME, read_as_of, read_request
from riskapi.assessment.words import joined
from riskapi.entities.alignment import MISSPELLING
from riskapi.entities.resolver import Ambiguous, Match
from riskapi.errors import Problem, RequestError, RequestReader
from riskapi.facts.values import ValueProblemError
from riskapi.facts.vocabulary import Value
from riskapi.matrix.select import EXAMPLE, read_selector
from riskapi.rules.template import in_words
from riskapi.workspace import Workspace

MOST_NAMES: Final = 20_000
MOST_TEMPLATES: Final = 100
MOST_DATES: Final = 400
MOST_TOP: Final = 100_000
#: Misspelt names of a side that are told, the others are counted.
MOST_CORRECTED: Final = 50
#: Candidates that a name which does not settle is shown with.
NEAR: Final = 5

_KEYS = ("foreign", "hosts", "templates", "dates", "top")
_SIDES = ("foreign", "hosts")
_SIDE_KEYS = ("select", "names", "all")
_NAME_KEYS = ("name", "country")
_TEMPLATE_KEYS = ("name", "deal", "at_host")
_SIDE_HINT = 'for example {"select": "control_country=CN,sector=automotive"} or {"names": ["Xiaomi", "BYD"]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A settled company with its name on the newest of the days."""

    company_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of deal: what is told of every pairing (full fact names).

    `at_host`: the venture is in the country that controls the host company, and sells there unless markets are told.
    """

    name: str
    deal: Mapping[str, Value]
    at_host: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRequest:
    """Both sides, the kinds of deal and the days; `top`: how many of the highest scores are wanted, None all rows.

    `warnings` name for each side what was taken for the name of a company although it is spelt otherwise.
    """

    foreign: tuple[Company, ...]
    hosts: tuple[Company, ...]
    templates: tuple[Template, ...]
    dates: tuple[date, ...]
    top: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def pairings(self) -> int:
        """Rows of the result: a company is not paired with itself."""
        both = {item.company_id for item in self.foreign} & {item.company_id for item in self.hosts}
        return (len(self.foreign) * len(self.hosts) - len(both)) * len(self.templates) * len(self.dates)


def read_matrix(data: object, workspace: Workspace, today: date, *, most: int | None = None) -> MatrixRequest:
    """Check a request and settle its names; `today` is the day where it states none.

    Raises one `RequestError` with every problem; with `most` also where there are more pairings (code `too-many`).
    """
    reader = _Reader(workspace)
    if not isinstance(data, Mapping):
        raise RequestError(Problem(code="wrong-type", pointer="", detail="the request must be a JSON object"))
    reader.only(data, _KEYS, "")
    dates = reader.dates(data.get("dates"), today)
    newest = max(dates, default=today)
    foreign, hosts = (reader.side(data.get(side), f"/{side}", newest) for side in _SIDES)
    templates = reader.templates(data.get("templates"), today)
    top = reader.top(data.get("top"))
    if reader.problems:
        raise RequestError(reader.problems)
    request = MatrixRequest(foreign=foreign, hosts=hosts, templates=templates, dates=dates, top=top,
        warnings=tuple(reader.corrected()))  # fmt: skip
    _check_size(request, most)
    return request


def _check_size(request: MatrixRequest, most: int | None) -> None:
    if request.pairings == 0:
        detail = "no pairing is left: both sides hold one company, and it is the same"
        raise RequestError(Problem(code="no-pairings", pointer="/hosts", detail=detail, hint="add another company"))
    if most is not None and request.pairings > most:
        parts = (len(request.foreign), len(request.hosts), len(request.templates), len(request.dates))
        detail = (
            f"{request.pairings:,} pairings ({parts[0]:,} foreign × {parts[1]:,} hosts × {parts[2]} templates × "
            f"{parts[3]} dates) are more than the {most:,} that are allowed here"
        )
        hint = "select fewer companies, or ask in several parts; `riskapi matrix` has no such limit"
        raise RequestError(Problem(code="too-many", pointer="", detail=detail, hint=hint))


class _Reader(RequestReader):
    """Reads the parts of a request and collects problems."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self._misspelt: dict[str, list[str]] = {side: [] for side in _SIDES}

    # Days

    def dates(self, raw: object, today: date) -> tuple[date, ...]:
        if raw is None:
            return (today,)
        if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
            self.problem("/dates", "wrong-type", "a list of dates is wanted", 'for example ["2026-11-22"]')
            return ()
        if len(raw) > MOST_DATES:
            self.problem("/dates", "too-many", f"at most {MOST_DATES} dates")
            return ()
        found: list[date] = []
        for index, item in enumerate(raw):
            try:
                day = read_as_of(item)
            except ValueProblemError as error:
                self.problem(f"/dates/{index}", error.code, error.detail, error.hint)
                continue
            if day in found:
                self.problem(f"/dates/{index}", "duplicate", f"{day} is there twice", "write each day once")
            found.append(day)
        return tuple(found)

    def top(self, raw: object) -> int | None:
        if raw is None:
            return None
        if not isinstance(raw, int) or isinstance(raw, bool) or not 1 <= raw <= MOST_TOP:
            self.problem("/top", "out-of-range", f"a whole number from 1 to {MOST_TOP:,} is wanted")
            return None
        return raw

    # Sides

    def side(self, raw: object, pointer: str, day: date) -> tuple[Company, ...]:
        if not isinstance(raw, Mapping):
            self.problem(pointer, "wrong-type", "companies are chosen by an object", _SIDE_HINT)
            return ()
        self.only(raw, _SIDE_KEYS, pointer)
        given = [key for key in _SIDE_KEYS if raw.get(key) not in (None, False)]
        if len(given) != 1:
            self.problem(pointer, "one-choice", "exactly one of `select`, `names` and `all` is wanted", _SIDE_HINT)
            return ()
        key = given[0]
        if key == "names":
            return self.names(raw["names"], f"{pointer}/names", day)
        if key == "select":
            return self.selected(raw["select"], f"{pointer}/select", day)
        if raw["all"] is not True:
            self.problem(f"{pointer}/all", "wrong-type", "`all` is true or left out")
        return self.every(day)

    def every(self, day: date) -> tuple[Company, ...]:
        known = self.workspace.profiles.register().companies
        return tuple(sorted((self.company(company_id, day) for company_id in known), key=_by_name))

    def company(self, company_id: str, day: date) -> Company:
        return Company(company_id=company_id, name=str(self.workspace.profiles.get(company_id, day).values["name"]))

    def selected(self, raw: object, pointer: str, day: date) -> tuple[Company, ...]:
        if not isinstance(raw, str):
            self.problem(pointer, "wrong-type", "a selector is text", EXAMPLE)
            return ()
        selector, problems = read_selector(raw, self.workspace.vocabulary, pointer)
        self.problems += problems
        if selector is None:
            return ()
        profiles = self.workspace.profiles
        found = tuple(item for item in self.every(day) if selector.holds(profiles.get(item.company_id, day).values))
        if not found:
            detail = f"no company meets `{selector.text[:120]}` on {day}"
            self.problem(
                pointer, "nothing-selected", detail, "leave a condition out, or list codes with `riskapi facts`"
            )
        return found

    def names(self, raw: object, pointer: str, day: date) -> tuple[Company, ...]:
        if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
            self.problem(pointer, "wrong-type", "a list of names or ids is wanted", 'for example ["Xiaomi", "BYD"]')
            return ()
        if len(raw) > MOST_NAMES:
            self.problem(pointer, "too-many", f"at most {MOST_NAMES:,} names")
            return ()
        found = (self.name(item, f"{pointer}/{index}", day) for index, item in enumerate(raw))
        settled = [item for item in found if item is not None]
        return tuple({item.company_id: item for item in settled}.values())

    def name(self, raw: object, pointer: str, day: date) -> Company | None:
        """One company by name or id; a company that is named twice is taken once."""
        name, country = raw, None
        if isinstance(raw, Mapping):
            self.only(raw, _NAME_KEYS, pointer)
            name, country = raw.get("name"), raw.get("country")
        if not isinstance(name, str) or not name.strip() or not isinstance(country, str | None):
            self.problem(pointer, "wrong-type", "a name, an id, or an object with `name` and `country` is wanted")
            return None
        if len(name) > MAX_NAME:
            self.problem(pointer, "too-long", f"at most {MAX_NAME} characters")
            return None
        found = self.workspace.names.resolve(name.strip(), country, as_of=day)
        if isinstance(found, Match):
            company = self.company(found.company_id, day)
            if MISSPELLING in found.reason:
                self._misspelt[pointer.split("/")[1]].append(f"`{name.strip()[:80]}` for {company.name}")
            return company
        near = ", ".join(f"{item.name} (id {item.company_id})" for item in found.candidates[:NEAR])
        hint = f"write the id of one of: {near}" if near else "look the name up with `riskapi resolve`"
        code = "name-ambiguous" if isinstance(found, Ambiguous) else "name-unknown"
        self.problem(pointer, code, f"`{name.strip()[:80]}`: {found.reason}", hint)
        return None

    def corrected(self) -> Iterator[str]:
        """A sentence for each side with names that are nearly those of companies."""
        for side, names in self._misspelt.items():
            if names:
                yield f"{side}: taken as misspellings, see that each company is meant: {joined(names, MOST_CORRECTED)}"

    # Templates

    def templates(self, raw: object, today: date) -> tuple[Template, ...]:
        if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
            hint = 'for example [{"deal": {"type": "joint_venture", "activity_country": "US"}}]'
            self.problem("/templates", "wrong-type", "a list of one or more kinds of deal is wanted", hint)
            return ()
        if len(raw) > MOST_TEMPLATES:
            self.problem("/templates", "too-many", f"at most {MOST_TEMPLATES} templates")
            return ()
        found: dict[str, Template] = {}
        for index, item in enumerate(raw):
            template = self.template(item, index, today)
            if template is not None and template.name in found:
                hint = "give each a `name` of its own"
                self.problem(f"/templates/{index}/name", "duplicate", f"`{template.name}` is there twice", hint)
            elif template is not None:
                found[template.name] = template
        return tuple(found.values())

    def template(self, raw: object, index: int, today: date) -> Template | None:
        pointer = f"/templates/{index}"
        if not isinstance(raw, Mapping):
            self.problem(pointer, "wrong-type", "a template is an object with `deal`")
            return None
        self.only(raw, _TEMPLATE_KEYS, pointer)
        deal = self.deal(raw.get("deal"), pointer, today)
        at_host = raw.get("at_host", False)
        if not isinstance(at_host, bool):
            self.problem(f"{pointer}/at_host", "wrong-type", "true or false is wanted")
            return None
        if at_host and deal.get("deal.activity_country") is not None:
            detail = "the place is told twice: `at_host` and `activity_country`"
            self.problem(f"{pointer}/at_host", "contradiction", detail, "leave one of them out")
        name = raw.get("name")
        if name is None:
            name = self._name_of(deal, index, at_host=at_host)
        elif not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME:
            self.problem(f"{pointer}/name", "wrong-type", f"text of at most {MAX_NAME} characters is wanted")
            return None
        return Template(name=name.strip(), deal=deal, at_host=at_host)

    def deal(self, raw: object, pointer: str, today: date) -> Mapping[str, Value]:
        """The facts of a deal, by the reader of single questions."""
        try:
            parties = ["one", "other"]
            return read_request({"parties": parties, "deal": raw}, self.workspace.vocabulary, today).deal
        except RequestError as error:
            self.problems += [replace(item, pointer=f"{pointer}{item.pointer or ''}") for item in error.problems]
            return {}

    def _name_of(self, deal: Mapping[str, Value], index: int, *, at_host: bool) -> str:
        """`Joint venture, Automotive, United States`, or a number where nothing is told that names it."""
        vocabulary = self.workspace.vocabulary
        facts = ("deal.type", "deal.sector", "deal.activity_country")
        told = [in_words(vocabulary[fact], deal[fact], vocabulary) for fact in facts if deal.get(fact) is not None]
        return ", ".join([*told, *(["in the country of the host"] if at_host else [])]) or f"template {index + 1}"


def _by_name(item: Company) -> tuple[str, str]:
    return item.name.casefold(), item.company_id
