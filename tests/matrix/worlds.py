"""Small worlds for tests of what moved: tables and two rules in, open workspaces with a cache of their own out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeAlias

from riskapi.assessment.request import ScoreRequest, read_request
from riskapi.matrix.behind import Asked
from riskapi.matrix.request import MatrixRequest, read_matrix
from riskapi.settings import Settings
from riskapi.workspace import Workspace
from tests.cli.world import FURTHER_CODES
from tests.warehouse.folder import CODES, company, write_datasets

DAY: Final = date(2026, 11, 22)
Row: TypeAlias = dict[str, str]
LIST_URL: Final = "https://example.org/list"
LISTED: Final = "us.test.listed"
STATE: Final = "us.test.state"
_RULES: Final = """
instrument: us.test
title: Test instrument
jurisdiction: US
authority: Test authority
citation: Act of Tests, part 7
sources: [{url: "https://example.org/law", retrieved: 2026-11-22}]
checked: {on: 2026-11-22, how: made up for tests}
confidence: high
rules:
  - id: us.test.listed
    title: The foreign party is on the list
    citation: Act of Tests, section 7.1
    kind: aggravating
    in_force: [{from: 2020-01-01}]
    where: {on_the_list: "'us_1260h' in foreign.designations"}
    when: on_the_list
    effect: {pillar: threat, points: 30, why: test, gate: prohibition}
    if_unknown: caution
    because: "{foreign.name} is listed"
    no_undetermined: all facts are closed-world
    examples:
      - {name: listed, given: {foreign.designations: [us_1260h]}, expect: fired}
      - {name: not listed, given: {foreign.designations: []}, expect: not_fired}
  - id: us.test.state
    title: A state holds the foreign party
    citation: Act of Tests, section 7.2
    kind: aggravating
    in_force: [{from: 2020-01-01}]
    where: {state_holds: "foreign.state_ownership in ('majority', 'full')"}
    when: state_holds
    effect: {pillar: threat, points: 20, why: test}
    if_unknown: ignore
    because: "A state holds {foreign.name}"
    examples:
      - {name: full, given: {foreign.state_ownership: full}, expect: fired}
      - {name: none, given: {foreign.state_ownership: none}, expect: not_fired}
      - {name: not known, given: {}, expect: undetermined}
"""


def settings_in(folder: Path, *, points: int = 30) -> Settings:
    """Rules and scorecard below the folder; `points` are those of the list."""
    rules = folder / f"rules-{points}"
    (rules / "us").mkdir(parents=True, exist_ok=True)
    text = _RULES.replace("points: 30", f"points: {points}")
    (rules / "us" / "us.test.yaml").write_text(text, encoding="utf-8")
    shutil.copy(Settings.from_environment().rules / "scorecard.yaml", rules / "scorecard.yaml")
    return Settings(rules=rules, datasets=folder, cache=folder / "cache")


def tables(
    folder: Path, *more: dict[str, str], designations: Sequence[Row] = (), deals: Sequence[Row] = (), **alpha: str
) -> Path:
    """Alpha of China, Beta of the United States, and more companies; a value of `alpha` replaces a cell of Alpha."""
    rows = [
        company("alpha", seat_country="CN", state_ownership="none") | alpha,
        company("beta", seat_country="US", state_ownership="none"),
        *more,
    ]
    codes = [*CODES, *FURTHER_CODES]
    return write_datasets(folder, codes=codes, companies=rows, designations=[*designations], deals=[*deals])


def deal(host: str) -> Row:
    """A row of deals.csv: Alpha and the host."""
    return {
        "deal_id": f"alpha-{host}",
        "title": "Alpha and a host",
        "foreign_company_id": "alpha",
        "host_company_id": host,
        "activity_country": "US",
        "deal_type": "joint_venture",
    }


def listing(company_id: str = "alpha", listed_on: str = "2026-01-05") -> dict[str, str]:
    """A row of designations.csv."""
    return {
        "company_id": company_id,
        "list": "us_1260h",
        "listed_on": listed_on,
        "citation": "91 FR 1",
        "source_url": LIST_URL,
    }


def gamma(**cells: str) -> dict[str, str]:
    """A third company."""
    return company("gamma", seat_country="CN", state_ownership="none") | cells


def opened(settings: Settings, datasets: Path) -> Workspace:
    """A workspace over these tables."""
    return Workspace.open(replace(settings, datasets=datasets))


def asked(workspace: Workspace, foreign: str = "alpha", host: str = "beta", day: date = DAY) -> Asked:
    """A joint venture in the United States."""
    return Asked(workspace, score_request(workspace, foreign, host, day))


def score_request(workspace: Workspace, foreign: str = "alpha", host: str = "beta", day: date = DAY) -> ScoreRequest:
    """The question of it."""
    body = {"parties": [foreign, host], "foreign_party": foreign, "deal": {"type": "joint_venture", **_PLACE}}
    return read_request(body, workspace.vocabulary, day)


_PLACE: Final[dict[str, Any]] = {"activity_country": "US", "market_countries": ["US"]}


def matrix_request(workspace: Workspace, *days: str) -> MatrixRequest:
    """All companies of China with all of the United States."""
    body = {
        "foreign": {"select": "control_country=CN"},
        "hosts": {"select": "control_country=US"},
        "templates": [{"name": "venture", "deal": {"type": "joint_venture", **_PLACE}}],
        "dates": list(days) or [DAY.isoformat()],
    }
    return read_matrix(body, workspace, DAY)
