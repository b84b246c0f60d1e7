"""Rule engines that are not ours, each driven by its own best documented way; runs in the environment of the peers.

    python -m benchmarks.peer_engines zen|cel|openfisca

Answers the questions of `bench_engines.py`: rules and records come from `rule_set`, by the same seeds on both sides. A way to
drive an engine is a function that takes the rules and gives another one, from a record to the engine's own result; a way
that gives the outcomes one by one tells which of them raised, one that gives them all at once raises for all.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import Any, TypeAlias

from benchmarks.figures import seconds_each, timed
from benchmarks.peers import serve, versions
from benchmarks.rule_set import (
    ARRAYS,
    BOOLS,
    CEL,
    CODES,
    FLOATS,
    INTS,
    RAISED,
    TEXTS,
    ZEN,
    Record,
    Rule,
    letters,
    make_records,
    make_rules,
    render,
)

Outcomes: TypeAlias = Callable[[Record], Sequence[object]]


def each(programs: Sequence[Callable[[Any], object]], facts: object) -> list[object]:
    """What each program gives; an error is an outcome, too."""
    found: list[object] = []
    for program in programs:
        try:
            found.append(program(facts))
        except Exception:  # noqa: BLE001  # engines raise what they like
            found.append(RAISED)
    return found


# zen-engine


def _zen() -> Any:  # noqa: ANN401  # not installed where types are checked
    return import_module("zen")


def zen_expressions(rules: Sequence[Rule]) -> Outcomes:
    programs = [_zen().compile_expression(render(rule, ZEN)).evaluate for rule in rules]
    return lambda record: each(programs, record)


def zen_list(rules: Sequence[Rule]) -> Outcomes:
    evaluate: Outcomes = _zen().compile_expression(f"[{', '.join(render(rule, ZEN) for rule in rules)}]").evaluate
    return evaluate


def zen_content(rules: Sequence[Rule]) -> Any:  # noqa: ANN401  # see `_zen`
    """A decision graph with one expression node, compiled."""
    expressions = [{"id": f"e{at}", "key": f"r{at}", "value": render(rule, ZEN)} for at, rule in enumerate(rules)]
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "rules", "type": "expressionNode", "name": "rules", "content": {"expressions": expressions}},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}
        for source, target in (("in", "rules"), ("rules", "out"))
    ]
    return _zen().ZenDecisionContent(json.dumps({"nodes": nodes, "edges": edges}))


def zen_graph(rules: Sequence[Rule]) -> Outcomes:
    decision, keys = _zen().ZenEngine().create_decision(zen_content(rules)), [f"r{at}" for at in range(len(rules))]

    def outcomes(record: Record) -> list[object]:
        found = decision.evaluate(record)["result"]
        return [found[key] for key in keys]

    return outcomes


def zen_bulk(rules: Sequence[Rule], records: Sequence[Record]) -> Callable[[], Any]:
    """The documented way for many: a batch of requests to one loaded decision."""
    content = zen_content(rules)
    engine = _zen().ZenEngine({"loader": lambda _: content})
    return lambda: engine.evaluate_batch([{"key": "rules", "context": record} for record in records])


def zen_columns(found: Any, count: int) -> list[bytes]:  # noqa: ANN401  # see `_zen`
    """The letters of each rule over all records."""
    results = [item["data"]["result"] for item in found]
    return [letters([result[f"r{at}"] for result in results]).encode() for at in range(count)]


# The Rust binding of CEL


def _cel() -> Any:  # noqa: ANN401  # not installed where types are checked
    return import_module("cel")


def cel_programs(rules: Sequence[Rule]) -> Outcomes:
    cel = _cel()
    programs = [cel.compile(render(rule, CEL)).execute for rule in rules]
    return lambda record: each(programs, cel.Context(variables=record))


def cel_list(rules: Sequence[Rule]) -> Outcomes:
    cel = _cel()
    program = cel.compile(f"[{', '.join(render(rule, CEL) for rule in rules)}]")
    return lambda record: program.execute(cel.Context(variables=record))


def cel_without_nulls(rules: Sequence[Rule]) -> Outcomes:
    """What is not known is left out, which CEL calls an undeclared reference."""
    outcomes = cel_programs(rules)
    return lambda record: outcomes({name: value for name, value in record.items() if value is not None})


# OpenFisca-core

MONTH = "2026-11"


class Fisca:
    """A tax and benefit system whose variables are the facts and the rules.

    A text is an integer, the place of its code, which is faster than OpenFisca's own enumerations; what is not told has
    the default of its variable, as OpenFisca has no other way: 0, false, and for texts a code that no rule names.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        core = {
            name: import_module(f"openfisca_core.{name}") for name in ("entities", "simulations", "taxbenefitsystems")
        }
        self.numpy: Any = import_module("numpy")
        self._builder: Any = core["simulations"].SimulationBuilder
        self._person = core["entities"].build_entity(key="deal", plural="deals", label="", is_person=True)
        self.system: Any = core["taxbenefitsystems"].TaxBenefitSystem([self._person])
        for name in (*FLOATS, *INTS, *TEXTS, *BOOLS):
            kind = float if name in FLOATS else bool if name in BOOLS else int
            self._add(name, kind, default_value=len(CODES) if name in TEXTS else kind())
        self.rules = [f"r{at}" for at in range(len(rules))]
        scope = {"table": cache(self._table)}
        for name, rule in zip(self.rules, rules, strict=True):
            formula = eval(f"lambda of, when: {render(rule, ARRAYS)}", scope)  # noqa: S307  # our own text
            self._add(name, bool, formula=formula)

    def _add(self, name: str, kind: type, **more: object) -> None:
        variable = import_module("openfisca_core.variables").Variable
        month = import_module("openfisca_core.periods").DateUnit.MONTH
        body = {"value_type": kind, "entity": self._person, "label": name, "definition_period": month, **more}
        self.system.add_variable(type(name, (variable,), body))

    def _table(self, codes: Sequence[str]) -> Any:  # noqa: ANN401  # an array
        return self.numpy.array([*(code in codes for code in CODES), False])

    def columns(self, records: Sequence[Record]) -> dict[str, Any]:
        """Arrays as OpenFisca takes them, without those of which nothing is known."""
        found = {}
        for name in records[0]:
            kept = [record[name] for record in records]
            if None not in kept:
                found[name] = self.numpy.array([CODES.index(str(value)) for value in kept] if name in TEXTS else kept)
        return found

    def outcomes(self, columns: dict[str, Any], count: int) -> list[Any]:
        """One array for each rule."""
        simulation = self._builder().build_default_simulation(self.system, count=count)
        for name, values in columns.items():
            simulation.set_input(name, MONTH, values)
        return [simulation.calculate(name, MONTH) for name in self.rules]


def openfisca_one(rules: Sequence[Rule]) -> Outcomes:
    fisca = Fisca(rules)
    return lambda record: [bool(found[0]) for found in fisca.outcomes(fisca.columns([record]), 1)]


def openfisca_bulk(rules: Sequence[Rule], records: Sequence[Record]) -> Callable[[], Any]:
    fisca = Fisca(rules)
    columns = fisca.columns(records)
    return lambda: fisca.outcomes(columns, len(records))


WAYS: dict[str, dict[str, Callable[[Sequence[Rule]], Outcomes]]] = {
    "zen": {"one list": zen_list, "decision graph": zen_graph, "an expression each": zen_expressions},
    "cel": {"one list": cel_list, "a program each": cel_programs, "a program each, nulls left out": cel_without_nulls},
    "openfisca": {"a simulation of one": openfisca_one},
}
PACKAGES = {"zen": ("zen-engine",), "cel": ("common-expression-language",), "openfisca": ("openfisca-core", "numpy")}


class Session:
    """Rules and records that were asked for, and the ways that were made of them."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self._ways: dict[str, Outcomes] = {}

    def about(self) -> str:
        return versions(*PACKAGES[self.peer])

    def prepare(self, rules: int, seed: int, way: str) -> float:
        """Make a way ready; seconds that it took."""
        self._rules = make_rules(rules, seed)
        seconds, self._ways[way] = timed(lambda: WAYS[self.peer][way](self._rules))
        return seconds

    def records(self, count: int, seed: int, nulls: float) -> None:
        """The records that further questions are about."""
        self._records = make_records(count, seed, nulls)

    def outcomes(self, way: str, count: int) -> list[str]:
        """Letters of the first records."""
        return [self._letters(way, record) for record in self._records[:count]]

    def _letters(self, way: str, record: Record) -> str:
        try:
            return letters(self._ways[way](record))
        except Exception:  # noqa: BLE001  # a way that raises for all rules at once
            return RAISED * len(self._rules)

    def times(self, way: str, start: int, seconds: float) -> list[float]:
        """Seconds of each record from `start` on, for about so long."""
        turned = self._records[start:] + self._records[:start]
        return seconds_each(self._ways[way], turned, seconds)

    def bulk(self, repeats: int) -> dict[str, object]:
        """All records at once: seconds of each repetition, and a digest of the outcomes, rule by rule."""
        run = (zen_bulk if self.peer == "zen" else openfisca_bulk)(self._rules, self._records)
        seconds, found = zip(*(timed(run) for _ in range(repeats)), strict=True)
        if self.peer == "zen":
            columns = zen_columns(found[0], len(self._rules))
        else:
            columns = [(array.astype("uint8") + ord("0")).tobytes() for array in found[0]]
        return {"seconds": seconds, "digest": sha256(b"".join(columns)).hexdigest()}


def main() -> None:
    session = Session(sys.argv[1])
    actions = ("about", "prepare", "records", "outcomes", "times", "bulk")
    serve({name: getattr(session, name) for name in actions})


if __name__ == "__main__":
    main()
