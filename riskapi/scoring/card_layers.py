"""The scorecard of all layers: settings in, one checked `Scorecard` out.

A layer's `rules/scorecard.yaml` holds only what it changes, and a reason: single numbers and texts, single floors and
groups, or the whole list of bands. No two layers may change the same entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from riskapi.errors import Problem, RuleError, did_you_mean
from riskapi.rules.layer_files import RULES_FOLDER
from riskapi.rules.source import Path_, Source, read_source
from riskapi.scoring.scorecard import Scorecard, load_scorecard
from riskapi.settings import Settings

CARD_FILE = "scorecard.yaml"


def load_card(settings: Settings) -> Scorecard:
    """The scorecard of the settings; raises `RuleError` with the place of each problem and conflict."""
    card = load_scorecard(settings.rules)
    files = [folder / RULES_FOLDER / CARD_FILE for folder in settings.layers]
    changes = [read_source(path, path.as_posix()) for path in files if path.is_file()]
    if not changes:
        return card
    data: dict[str, Any] = _data(settings.rules)
    problems: list[Problem] = []
    told: dict[Path_, Source] = {}
    for source in changes:
        problems += _objections(source, told)
        for path, value in _entries(source.data):
            told.setdefault(path, source)
            _put(data, path, value)
    if problems:
        raise RuleError(problems)
    try:
        return Scorecard.model_validate(data)
    except ValidationError as error:
        raise RuleError(
            [_problem(tuple(item["loc"]), str(item["msg"]), told, changes) for item in error.errors()]
        ) from None


def _data(folder: Path) -> dict[str, Any]:
    data = read_source(folder / CARD_FILE, CARD_FILE).data
    return {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}  # type: ignore[union-attr]  # it was read before


def _entries(data: object) -> Iterator[tuple[Path_, Any]]:
    """What a layer changes: entries of the first level, and those of floors, pillars and groups one by one."""
    for key, value in data.items() if isinstance(data, Mapping) else ():
        if key == "reason":
            continue
        if isinstance(value, Mapping):
            yield from (((key, inner), item) for inner, item in value.items())
        else:
            yield (key,), value


def _put(data: dict[str, Any], path: Path_, value: object) -> None:
    *above, last = path
    inner = data
    for key in above:
        held = inner.get(str(key))
        inner[str(key)] = held if isinstance(held, dict) else {}
        inner = inner[str(key)]
    inner[str(last)] = value


def _objections(source: Source, told: Mapping[Path_, Source]) -> Iterator[Problem]:
    if not isinstance(source.data, dict) or not source.data.get("reason"):
        hint = "write `reason:` with the grounds for every number that the layer changes"
        yield source.problem((), "scorecard", "`reason` is missing", hint)
    for path, _ in _entries(source.data):
        name = ".".join(map(str, path))
        if path in told:
            place = told[path]
            detail = f"`{name}` is changed twice: also at {place.file}:{place.place(path)[0]}"
            hint = "one layer alone may change it: take the change out of one of the two places"
            yield source.problem(path, "layer-conflict", detail, hint)
        elif path[0] not in Scorecard.model_fields:
            near = did_you_mean(str(path[0]), Scorecard.model_fields)
            yield source.problem(path[:1], "scorecard", f"the scorecard has no `{path[0]}`", near)


def _problem(path: Path_, message: str, told: Mapping[Path_, Source], changes: list[Source]) -> Problem:
    """At the layer's entry that the message is about, or at the head of the last layer's file."""
    near = next((entry for entry in told if entry == path[: len(entry)]), None)
    source = told[near] if near else changes[-1]
    return source.problem(path, "scorecard", message.removeprefix("Value error, "))
