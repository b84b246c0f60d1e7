"""The score in SQL: the table `said` (pairings, rules, fired or undetermined) in, one row of results for each pairing out.

What `scoring.score` says of one pairing, said once more as one query: hit policies, three totals, floors, pillars, lists.
"""

# ruff: noqa: S608  # queries are made of our own columns and of the numbers of the scorecard

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import duckdb

from riskapi.matrix.schema import MOST_DRIVERS, PILLARS
from riskapi.rules import GateKind, Rule
from riskapi.scoring.score import group_key
from riskapi.scoring.scorecard import LEAST_SCORE, MOST_SCORE, POINT, HitPolicy, Scorecard, points_of

_COLUMNS: Final = (
    "rule VARCHAR, points DOUBLE, kind VARCHAR, grouped VARCHAR, policy VARCHAR, caution BOOLEAN, place INTEGER, "
    "gate VARCHAR, gate_rank INTEGER, floor DOUBLE, pillar VARCHAR"
)
_GATES: Final = {gate: place for place, gate in enumerate(GateKind)}
#: Which answers count towards each end of the interval and towards the score.
_COUNTING: Final = {
    "low": "(fired OR kind = 'mitigating')",
    "score": "(fired OR caution)",
    "high": "(fired OR kind = 'aggravating')",
}


def fill_rules(con: duckdb.DuckDBPyConnection, rules: Sequence[Rule], card: Scorecard) -> None:
    """Make the table `rules`, which says of each rule what the score needs to know."""
    con.execute(f"CREATE TABLE rules ({_COLUMNS})")
    order = sorted(rules, key=lambda rule: (rule.file, rule.line, rule.id))
    for place, rule in enumerate(order):
        policy = card.hit_policy(rule.group) if rule.group else HitPolicy.SUM
        floor = None if rule.gate is None else points_of(card.floors.get(rule.gate, 0))
        known = floor if floor is not None and math.isfinite(floor) else None
        gate = None if rule.gate is None else rule.gate.value
        rank = None if rule.gate is None else _GATES[rule.gate]
        values = (rule.id, rule.points, rule.kind.value, group_key(rule), policy.value, rule.caution, place)
        con.execute(
            f"INSERT INTO rules VALUES ({', '.join('?' * 11)})", [*values, gate, rank, known, rule.pillar.value]
        )


def scores_query(card: Scorecard) -> str:
    """The query over `said`, `rules`, `foreign_side` and `host_side`; columns `f`, `h` and those of results."""
    ends = ", ".join(f"{_range(end, counting)} AS {end}" for end, counting in _COUNTING.items())
    sums = ", ".join(f"{card.base!r} + sum(coalesce({end}, 0)) AS {end}" for end in _COUNTING)
    pillars = ", ".join(
        f"coalesce(sum(points) FILTER (counts AND pillar = '{name.removeprefix('pillar_')}'), 0.0) AS {name}"
        for name in PILLARS
    )
    return f"""
    WITH judged AS (
        SELECT f, h, fired, rules.*, min(CASE WHEN fired THEN place END) OVER (PARTITION BY f, h, grouped) AS stop
        FROM said JOIN rules USING (rule)
    ), ranges AS (
        SELECT f, h, {ends} FROM judged GROUP BY f, h, grouped
    ), totals AS (
        SELECT f, h, {sums} FROM ranges GROUP BY f, h
    ), claims AS (
        SELECT *, (fired OR caution) AND (policy = 'sum' OR 1 = row_number() OVER (
            PARTITION BY f, h, grouped, (fired OR caution)
            ORDER BY CASE WHEN policy = 'first' THEN place END, abs(points) DESC, fired DESC, rule DESC)) AS counts
        FROM judged
    ), listed AS (
        SELECT f, h, max(floor) FILTER (fired) AS certain, max(floor) AS possible,
            coalesce(list(gate || ':' || rule ORDER BY gate_rank, rule) FILTER (fired AND gate IS NOT NULL), []) AS gates,
            coalesce(list(gate || ':' || rule ORDER BY gate_rank, rule) FILTER (NOT fired AND gate IS NOT NULL), [])
                AS possible_gates,
            {pillars},
            coalesce(list(rule ORDER BY points DESC, rule) FILTER (counts AND points > 0), [])[:{MOST_DRIVERS}] AS drivers,
            count(*) FILTER (NOT fired) AS undetermined
        FROM claims GROUP BY f, h
    ), pairs AS (
        SELECT x.place AS f, y.place AS h FROM foreign_side x CROSS JOIN host_side y
    ), floored AS (
        SELECT pairs.f, pairs.h,
            greatest(coalesce(low, {card.base!r}), certain) AS low_points,
            greatest(coalesce(score, {card.base!r}), certain) AS points,
            greatest(coalesce(high, {card.base!r}), possible) AS high_points,
            coalesce(gates, []) AS gates, coalesce(possible_gates, []) AS possible_gates, coalesce(drivers, []) AS drivers,
            {", ".join(f"coalesce({name}, 0.0) AS {name}" for name in PILLARS)},
            coalesce(undetermined, 0) AS undetermined
        FROM pairs LEFT JOIN totals USING (f, h) LEFT JOIN listed USING (f, h)
    )
    SELECT * EXCLUDE (low_points, points, high_points), {_score("points")} AS score, {_score("low_points")} AS low,
        {_score("high_points")} AS high, {_band(card)} AS band
    FROM floored
    """


def _range(end: str, counting: str) -> str:
    """What a group adds to one of the three totals, by its policy."""
    possible = "place <= coalesce(stop, place)"
    first = {
        "low": f"least(min(points) FILTER ({possible}), CASE WHEN any_value(stop) IS NULL THEN 0 END)",
        "score": f"arg_min(points, place) FILTER ({counting})",
        "high": f"greatest(max(points) FILTER ({possible}), CASE WHEN any_value(stop) IS NULL THEN 0 END)",
    }[end]
    return (
        f"CASE any_value(policy) WHEN 'sum' THEN sum(points) FILTER ({counting}) WHEN 'first' THEN {first} "
        f"ELSE arg_max(points, abs(points)) FILTER ({counting}) END"
    )


def _score(points: str) -> str:
    score = f"round(100 / (1 + exp(-{points} * {POINT!r})), 4)"
    return f"least(greatest({score}, {LEAST_SCORE!r}), {MOST_SCORE!r})"


def _band(card: Scorecard) -> str:
    """The highest band whose lower end the score reaches."""
    found = f"100 / (1 + exp(-points * {POINT!r}))"
    arms = " ".join(f"WHEN {found} >= {band.at_least!r} THEN '{band.name}'" for band in reversed(card.bands))
    return f"CASE {arms} END"
