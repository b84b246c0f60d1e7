"""A fresh repository for private rules: a name and the shipped rule book in, a folder of files from the template out.

The template holds examples that change shipped rules: their fingerprints, like the version range, are filled in from the book
at hand, so that a fresh folder always fits it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from riskapi.errors import Problem, RequestError
from riskapi.rules import RuleBook
from riskapi.rules.fingerprint import fingerprint
from riskapi.rules.layer_model import LayerModel
from riskapi.settings import shipped_folder

#: Where the template lies among the shipped files.
TEMPLATE = "rule-repository"
# Not with a `$` before it: that is how a workflow speaks of its own values.
_SLOT = re.compile(r"(?<!\$)\{\{(\w+)(?: ([a-z0-9._-]+))?\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """What is filled into the template."""

    name: str
    engine: str
    today: date


def write_layer(folder: Path, fresh: Fresh, book: RuleBook) -> tuple[Path, ...]:
    """Write the files, and say which; raises `RequestError` where the folder holds anything but `.git` already."""
    _check(folder, fresh)
    template = shipped_folder("templates") / TEMPLATE
    written = []
    for source in sorted(path for path in template.rglob("*") if path.is_file()):
        target = folder / source.relative_to(template)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_filled(source.read_text(encoding="utf-8"), _values(fresh, book), book), encoding="utf-8")
        written.append(target)
    return tuple(written)


def usual_name(folder: Path) -> str:
    """A name for the layer, made from that of its folder."""
    words = re.findall("[a-z0-9]+", folder.resolve().name.casefold())
    name = "-".join(words)[:40].strip("-")
    return name if re.match("[a-z].{2}", name) else "private-rules"


def _check(folder: Path, fresh: Fresh) -> None:
    problems = []
    if folder.exists() and (not folder.is_dir() or any(path.name != ".git" for path in folder.iterdir())):
        detail = f"`{folder}` is there already and not empty"
        problems.append(Problem(code="not-empty", field="DIR", detail=detail, hint="name a new or an empty folder"))
    try:
        LayerModel(name=fresh.name, title="-", version="0.1.0", extends="nothing")
    except ValidationError:
        detail = f"`{fresh.name[:60]}` cannot be the name of a layer"
        hint = "three to forty small letters and digits, with hyphens between words, as in acme-house-view"
        problems.append(Problem(code="layer-name", field="--name", detail=detail, hint=hint))
    if problems:
        raise RequestError(problems)


def _values(fresh: Fresh, book: RuleBook) -> Mapping[str, str]:
    number = book.number
    return {
        "name": fresh.name,
        "engine": fresh.engine,
        "today": fresh.today.isoformat(),
        "made_for": f">={number}, <{number.major + 1}",
    }


def _filled(text: str, values: Mapping[str, str], book: RuleBook) -> str:
    def value(found: re.Match[str]) -> str:
        return fingerprint(book.by_id[found[2]]) if found[1] == "of" else values[found[1]]

    return _SLOT.sub(value, text)
