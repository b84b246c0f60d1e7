"""Values that tests of the store put in: moments, assessments, and texts that have broken databases before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from riskapi.assessment.answer import Versions
from riskapi.store import assessments
from riskapi.store.assessments import NewAssessment
from riskapi.store.database import Store
from riskapi.store.shown import AssessmentRecord
from riskapi.store.tenants import ensure_tenant

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY = '{"score":61.5,"note":"Žluťoučký 小米 \\u0000"}'.encode()

#: Texts that are kept as they are: none of them means anything to the store.
HARMLESS = (
    "'; DROP TABLE assessments; --",
    '" OR 1=1 --',
    "%' OR '1'='1",
    "100% _under_ :name %(name)s {0} $1 ?",
    "\\'; DELETE FROM audit_entries; --",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "小米 — Ford\u2019s 🚗 \u202eabc",
    "<script>alert(1)</script>",
    "a" * 120,
)
#: Texts that no row holds.
REFUSED = ("\x00", "a\x00b", "line\nbreak", "\ud800", "\x1b[2J", "\x7f", "   ", "")


def later(**times: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(**times)


def new_assessment(**changes: Any) -> NewAssessment:
    """An assessment with every field filled in."""
    fields: dict[str, Any] = {
        "inputs": {"parties": ["Xiaomi", "Ford"], "as_of": "2026-11-22"},
        "question": "Xiaomi and Ford",
        "as_of": date(2026, 11, 22),
        "band": "high",
        "score": 61.5,
        "low": 40.25,
        "high": 80.125,
        "versions": Versions(engine="0.1.0", rule_set="1.2.0+abc", dataset="def"),
        "parties": ("xiaomi", "Xiaomi Corporation", "ford", "Ford Motor Company"),
        "body": BODY,
        "created_by": "Anna",
    }
    return NewAssessment(**(fields | changes))


def add(store: Store, now: datetime = NOON, tenant: str = "default", **changes: Any) -> AssessmentRecord:
    """Store an assessment."""
    with store.write() as session:
        return assessments.add(session, tenant, new_assessment(**changes), now)


def with_tenants(store: Store, *names: str) -> None:
    """Make tenants."""
    with store.write() as session:
        for name in names:
            ensure_tenant(session, name)
