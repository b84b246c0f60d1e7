"""The condition language: text to typed tree (`parse`), tree to Python (`python`), to SQL (`sql`), and why (`explain`).

Pure: nothing here reads a file, a clock or a database.
"""

from __future__ import annotations

from riskapi.language.explain import Atom, determining, nearest_flip, unknown_facts
from riskapi.language.nodes import Node, Part, facts_of, is_monotone, text
from riskapi.language.parse import ConditionError, parse
from riskapi.language.python import Condition, Facts, compile_condition
from riskapi.language.screen import Finding
from riskapi.language.sql import CONNECTION_SETTINGS, to_sql
from riskapi.language.trace import Trace, compile_trace, trace

__all__ = [
    "CONNECTION_SETTINGS",
    "Atom",
    "Condition",
    "ConditionError",
    "Facts",
    "Finding",
    "Node",
    "Part",
    "Trace",
    "compile_condition",
    "compile_trace",
    "determining",
    "facts_of",
    "is_monotone",
    "nearest_flip",
    "parse",
    "text",
    "to_sql",
    "trace",
    "unknown_facts",
]
