"""Rule files: their form (`model`), reading with places (`source`), compiling (`load`), sentences (`template`), examples."""

from __future__ import annotations

from riskapi.rules.book import Clock, Example, Instrument, LegalSource, Rule, RuleBook, RuleState, Span
from riskapi.rules.load import content_version, load_file, load_rules
from riskapi.rules.model import Confidence, GateKind, Kind, Pillar, Status
from riskapi.rules.version import SemanticVersion, Step

__all__ = [
    "Clock",
    "Confidence",
    "Example",
    "GateKind",
    "Instrument",
    "Kind",
    "LegalSource",
    "Pillar",
    "Rule",
    "RuleBook",
    "RuleState",
    "SemanticVersion",
    "Span",
    "Status",
    "Step",
    "content_version",
    "load_file",
    "load_rules",
]
