"""What callers rely on: an OpenAPI document now and then. Enters: two documents. Leaves: a sentence for each broken promise.

    python -m riskapi.api.contract FILE            write what callers rely on now
    python -m riskapi.api.contract FILE --check    exit code 1 where something that the file promises is broken

The file leaves out what promises nothing: descriptions and examples. More paths, fields, codes and kinds of error break
nothing, since callers are told to let pass what they do not know.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]

_TOLD: Final = ("description", "summary", "examples", "example", "title", "tags", "info", "license", "default")
#: Keywords whose values may only fall, and may only rise, for a request that was good to stay good.
_MAY_FALL: Final = ("minimum", "minLength", "minItems")
_MAY_RISE: Final = ("maximum", "maxLength", "maxItems")
_MISSING: Final[Json] = {}


class Side(Enum):
    """Who writes what a schema describes."""

    CALLER = "caller"
    SERVICE = "service"


def skeleton(node: Any, *, names: bool = False) -> Any:  # noqa: ANN401  # any JSON
    """The document without what promises nothing; `names` says that the keys are names and no keywords."""
    if isinstance(node, list):
        return [skeleton(item) for item in node]
    if not isinstance(node, dict):
        return node
    named = ("properties", "schemas", "headers", "paths", "responses", "content", "$defs")
    return {
        key: skeleton(value, names=key in named and not names)
        for key, value in sorted(node.items())
        if names or key not in _TOLD
    }


def broken_promises(then: Json, now: Json) -> list[str]:
    """One sentence for each thing on which callers relied and no longer can."""
    found: list[str] = []
    for path, methods in then["paths"].items():
        for method, operation in methods.items():
            place = f"{method.upper()} {path}"
            newer = now["paths"].get(path, {}).get(method)
            if newer is None:
                found.append(f"{place} is gone")
            else:
                found += _Comparison(then, now).operation(operation, newer, place)
    return found


class _Comparison:
    """Compares schemas of two documents; each pair of named schemas once, so that circles end."""

    def __init__(self, then: Json, now: Json, seen: Iterable[tuple[str, str, Side]] = ()) -> None:
        self._then, self._now = then, now
        self._seen = set(seen)

    def operation(self, then: Json, now: Json, place: str) -> Iterator[str]:
        """What was promised of an operation and is broken."""
        yield from self._parameters(then.get("parameters", []), now.get("parameters", []), place)
        yield from self._body(then.get("requestBody"), now.get("requestBody"), place)
        for status, response in then["responses"].items():
            newer = now["responses"].get(status)
            if newer is None and status.startswith("2"):
                yield f"{place} no longer answers {status}"
            elif newer is not None:
                where = f"{place} answer {status}"
                yield from self._content(response.get("content", {}), newer.get("content", {}), Side.SERVICE, where)

    def _parameters(self, then: list[Json], now: list[Json], place: str) -> Iterator[str]:
        older, newer = _by_name(then), _by_name(now)
        for key, parameter in older.items():
            where = f"{place} parameter {key[0]}"
            if key not in newer:
                yield f"{where} is gone"
                continue
            if newer[key].get("required") and not parameter.get("required"):
                yield f"{where} is now required"
            yield from self.schema(parameter["schema"], newer[key]["schema"], Side.CALLER, where)
        for key in newer.keys() - older.keys():
            if newer[key].get("required"):
                yield f"{place} has a new required parameter {key[0]}"

    def _body(self, then: Json | None, now: Json | None, place: str) -> Iterator[str]:
        if then is None and now is not None and now.get("required"):
            yield f"{place} now needs a body"
        elif then is not None and now is None:
            yield f"{place} no longer takes a body"
        elif then is not None and now is not None:
            yield from self._content(then["content"], now["content"], Side.CALLER, f"{place} body")

    def _content(self, then: Json, now: Json, side: Side, place: str) -> Iterator[str]:
        for media_type, described in then.items():
            if media_type not in now:
                yield f"{place} is no longer {media_type}"
            else:
                yield from self.schema(described["schema"], now[media_type]["schema"], side, place)

    def schema(self, then: Json, now: Json, side: Side, place: str) -> Iterator[str]:
        """What was promised by the older schema and is broken by the newer one."""
        names = (then.get("$ref", ""), now.get("$ref", ""), side)
        if any(names[:2]):
            if names in self._seen:
                return
            self._seen.add(names)
        then, now = _resolved(then, self._then), _resolved(now, self._now)
        older, newer = _branches(then), _branches(now)
        if older is not None or newer is not None:
            yield from self._choices(older or [then], newer or [now], side, place)
            return
        yield from _values(then, now, side, place)
        yield from self._fields(then, now, side, place)
        for part in ("items", "additionalProperties"):
            if isinstance(then.get(part), dict) and isinstance(now.get(part), dict):
                yield from self.schema(then[part], now[part], side, f"{place}[]")

    def _choices(self, then: list[Json], now: list[Json], side: Side, place: str) -> Iterator[str]:
        """Every form that a caller may send is still taken; every form that is now answered was known."""
        left, right = (then, now) if side is Side.CALLER else (now, then)
        for form in left:
            pairs = [(form, other) if side is Side.CALLER else (other, form) for other in right]
            tried = [list(_Comparison(self._then, self._now, self._seen).schema(*pair, side, place)) for pair in pairs]
            if all(tried):
                yield min(tried, key=len)[0]

    def _fields(self, then: Json, now: Json, side: Side, place: str) -> Iterator[str]:
        older, newer = then.get("properties", _MISSING), now.get("properties", _MISSING)
        for name, schema in older.items():
            if name in newer:
                yield from self.schema(schema, newer[name], side, f"{place}.{name}")
            elif not (side is Side.CALLER and now.get("additionalProperties", True)):
                yield f"{place}.{name} is gone"
        before, after = set(then.get("required", ())), set(now.get("required", ()))
        if side is Side.CALLER:
            yield from (f"{place}.{name} is now required" for name in sorted(after - before))
        else:
            yield from (f"{place}.{name} may now be left out" for name in sorted((before - after) & newer.keys()))


def _values(then: Json, now: Json, side: Side, place: str) -> Iterator[str]:
    older, newer = _types(then), _types(now)
    narrower, wider = (newer, older) if side is Side.CALLER else (older, newer)
    if (older or newer) and narrower and not wider <= narrower:
        yield f"{place} was {_listed(_named(then))} and is {_listed(_named(now))}"
    gone = [value for value in _codes(then) if _codes(now) and value not in _codes(now)]
    if gone:
        yield f"{place} has lost {_listed(map(repr, gone))}"
    if side is Side.CALLER:
        yield from _limits(then, now, place)


def _limits(then: Json, now: Json, place: str) -> Iterator[str]:
    if _codes(now) and not _codes(then):
        yield f"{place} now takes listed values only"
    for word in (*_MAY_FALL, *_MAY_RISE):
        before, after = then.get(word), now.get(word)
        sign = 1 if word in _MAY_RISE else -1
        if after is not None and (before is None or sign * after < sign * before) and not _is_idle(word, after):
            yield f"{place}: {word} was {before} and is {after}"
    if now.get("pattern") not in (None, then.get("pattern")):
        yield f"{place}: the pattern has changed"


def _is_idle(word: str, value: float) -> bool:
    return word in {"minLength", "minItems"} and value == 0


def _named(schema: Json) -> set[str]:
    given = schema.get("type", [])
    return set(given if isinstance(given, list) else [given])


def _types(schema: Json) -> set[str]:
    types = _named(schema)
    return types | {"integer"} if "number" in types else types


def _codes(schema: Json) -> list[Any]:
    return list(schema["enum"]) if "enum" in schema else [schema["const"]] if "const" in schema else []


def _branches(schema: Json) -> list[Json] | None:
    return schema.get("anyOf") or schema.get("oneOf")


def _resolved(schema: Json, document: Json) -> Json:
    name = schema.get("$ref")
    return document["components"]["schemas"].get(name.rsplit("/", 1)[-1], _MISSING) if name else schema


def _by_name(parameters: Iterable[Json]) -> dict[tuple[str, str], Json]:
    return {(item["name"], item["in"]): item for item in parameters}


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)) or "anything"


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or hold the service against it."""
    from riskapi.api.app import OPERATIONS  # noqa: PLC0415 - the comparison itself needs no service
    from riskapi.api.description.openapi import describe  # noqa: PLC0415
    from riskapi.workspace import Workspace  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="python -m riskapi.api.contract", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args(arguments)
    with Workspace.open() as workspace:
        now = skeleton(describe(OPERATIONS, workspace))
    if not asked.check:
        asked.file.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return 0
    broken = broken_promises(json.loads(asked.file.read_text(encoding="utf-8")), now)
    for sentence in broken:
        sys.stderr.write(sentence + "\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
