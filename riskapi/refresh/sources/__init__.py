"""The sources, one module each. A module here that defines `SOURCE` is found by itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from riskapi.errors import NotFoundError, Problem, did_you_mean
from riskapi.refresh.source import Source


@cache
def all_sources() -> Mapping[str, Source]:
    """Id -> source, in the order of the ids."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    sources: list[Source] = [module.SOURCE for module in modules]
    return {source.id: source for source in sorted(sources, key=lambda source: source.id)}


def source_named(source_id: str) -> Source:
    """The source with this id; raises `NotFoundError`."""
    known = all_sources()
    if source_id not in known:
        hint = did_you_mean(source_id, known) or f"use one of {', '.join(known)}"
        raise NotFoundError(Problem(code="source-unknown", detail=f"there is no source `{source_id}`", hint=hint))
    return known[source_id]
