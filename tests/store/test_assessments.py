from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from riskapi.errors import NotFoundError, RequestError
from riskapi.store import assessments, audit
from riskapi.store.assessments import NewAssessment
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.listing import Filter, Page
from riskapi.store.listing import page as page_of
from riskapi.store.tables import AssessmentRow, PartyRow
from tests.shipped import shipped_workspace
from tests.store.material import BODY, HARMLESS, NOON, REFUSED, add, later, new_assessment, with_tenants


def page(store: Store, tenant: str = "default", limit: int = 50, cursor: str | None = None, **wanted: Any) -> Page:
    with store.read() as session:
        return page_of(session, tenant, Filter(**wanted), limit=limit, cursor=cursor)


def ids(store: Store, **wanted: Any) -> set[str]:
    return {item.id for item in page(store, **wanted).items}


def get(store: Store, ident: str, tenant: str = "default") -> assessments.Stored:
    with store.read() as session:
        return assessments.get(session, tenant, ident)


BY = Signature("Root", NOON)


# --- one assessment


def test_an_assessment_comes_back_with_the_same_bytes_and_everything_that_made_it(store: Store) -> None:
    made = add(store, label="pilot")
    found = get(store, made.id)
    assert found.body == BODY
    assert found.inputs == new_assessment().inputs
    assert found.is_intact
    assert found.summary == made
    assert (made.created_at, made.created_by, made.label, made.as_of) == (NOON, "Anna", "pilot", date(2026, 11, 22))
    assert (made.score, made.low, made.high) == (61.5, 40.25, 80.125)
    assert made.versions == new_assessment().versions


def test_bytes_that_were_changed_are_noticed(store: Store) -> None:
    made = add(store)
    other = add(store, body=b"{}")
    with store.write() as session:
        body = select(AssessmentRow.body).where(AssessmentRow.id == other.id).scalar_subquery()
        session.execute(update(AssessmentRow).where(AssessmentRow.id == made.id).values(body=body))
    assert not get(store, made.id).is_intact


def test_what_is_kept_of_an_answer_is_what_it_says(store: Store) -> None:
    inputs = {"parties": ["Xiaomi", "Ford"], "as_of": "2026-11-22"}
    answer = shipped_workspace().ask(inputs, today=date(2026, 11, 22))
    with store.write() as session:
        made = assessments.add(session, "default", NewAssessment.of(answer, inputs, created_by="Anna"), NOON)
    assert (made.score, made.low, made.high, made.band) == (answer.score, answer.low, answer.high, answer.band.name)
    assert made.versions == answer.versions
    for name in ("Xiaomi", "xiaomi", answer.parties[1].company_id, answer.parties[1].name.upper()):
        assert ids(store, party=name) == {made.id}


def test_an_id_that_nobody_has_is_not_found(store: Store) -> None:
    add(store)
    for ident in ("", "x", "0" * 36, *HARMLESS, *REFUSED):
        with pytest.raises(NotFoundError):
            get(store, ident)
        with pytest.raises(NotFoundError), store.write() as session:
            assessments.remove(session, "default", ident, BY)


def test_another_tenants_assessment_is_not_found_listed_or_deleted(store: Store) -> None:
    with_tenants(store, "other")
    made = add(store, label="secret")
    with pytest.raises(NotFoundError) as foreign:
        get(store, made.id, "other")
    with pytest.raises(NotFoundError) as unknown:
        get(store, "0" * 36, "other")
    assert str(foreign.value) == str(unknown.value)
    assert page(store, "other").total == 0
    assert page(store, "other", label="secret", party="Xiaomi Corporation").items == ()
    with pytest.raises(NotFoundError), store.write() as session:
        assessments.remove(session, "other", made.id, BY)
    assert get(store, made.id).is_intact


def test_deleting_leaves_nothing_of_an_assessment(store: Store) -> None:
    made, kept = add(store), add(store)
    with store.write() as session:
        assessments.remove(session, "default", made.id, BY)
    with pytest.raises(NotFoundError):
        get(store, made.id)
    with store.read() as session:
        owners = set(session.scalars(select(PartyRow.assessment_id)))
    assert owners == {kept.id}


def test_storing_and_deleting_are_in_the_audit_log_with_the_hash_of_what_was_stored(store: Store) -> None:
    made, other = add(store), add(store, body=b"{}")
    with store.write() as session:
        assessments.remove(session, "default", other.id, BY)
    with store.read() as session:
        assert [entry.action for entry in audit.entries_about(session, "default", other.id)] == [
            "assessment.created", "assessment.deleted",
        ]  # fmt: skip
        assert assessments.logged_hash(session, "default", made.id) == made.content_hash
        assert assessments.logged_hash(session, "default", "0" * 36) is None
        assert audit.verify(session, "default").entries == 3


def test_bytes_and_hash_that_were_exchanged_together_are_noticed_by_the_log(store: Store) -> None:
    made, other = add(store), add(store, body=b"{}")
    with store.write() as session:
        body = select(AssessmentRow.body).where(AssessmentRow.id == other.id).scalar_subquery()
        forged = {"body": body, "content_hash": other.content_hash}
        session.execute(update(AssessmentRow).where(AssessmentRow.id == made.id).values(**forged))
    found = get(store, made.id)
    assert found.is_intact
    with store.read() as session:
        assert assessments.logged_hash(session, "default", made.id) != found.summary.content_hash


def test_an_assessment_that_cannot_be_kept_is_not_in_the_log(store: Store) -> None:
    with pytest.raises(RequestError):
        add(store, label="\x00")
    with store.read() as session:
        assert audit.head(session, "default").seq == 0


# --- texts


def test_texts_that_have_broken_databases_are_kept_and_found_as_they_are(store: Store) -> None:
    for text in HARMLESS:
        keep_and_find(store, text)
    assert page(store).total == len(HARMLESS)


def keep_and_find(store: Store, text: str) -> None:
    made = add(
        store, label=text, created_by=text, question=text, parties=(text,), inputs={text: text, "nul": "\x00"},
        band=text, versions=replace(new_assessment().versions, rule_set=text, dataset=text, engine=text),
    )  # fmt: skip
    found = get(store, made.id)
    assert (found.summary, found.inputs) == (made, {text: text, "nul": "\x00"})
    assert (made.label, made.created_by, made.question, made.band) == (text, text, text, text)
    assert ids(store, label=text) == ids(store, party=text) == ids(store, band=text) == {made.id}


@pytest.mark.parametrize("field", ["label", "created_by", "question"])
def test_texts_that_a_database_would_refuse_are_refused_before(store: Store, field: str) -> None:
    for text in REFUSED:
        changes: dict[str, Any] = {field: text}
        with pytest.raises(RequestError):
            add(store, **changes)
    assert page(store).total == 0


# --- retention


def test_only_what_is_older_is_deleted_the_oldest_first_and_of_one_tenant(store: Store) -> None:
    with_tenants(store, "other")
    made = [add(store, later(days=day)) for day in range(4)]
    foreign = add(store, later(days=-9), tenant="other")
    with store.write() as session:
        assert assessments.remove_before(session, "default", later(days=2), limit=1) == 1
    assert ids(store) == {item.id for item in made[1:]}
    with store.write() as session:
        assert assessments.remove_before(session, "default", later(days=2)) == 1
        assert assessments.remove_before(session, "default", later(days=2)) == 0
        assert session.scalar(select(func.count()).select_from(PartyRow)) == 4 * 3
    assert ids(store) == {item.id for item in made[2:]}
    assert get(store, foreign.id, "other").is_intact
    assert made[2].created_at == NOON + timedelta(days=2)
