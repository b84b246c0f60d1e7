from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from riskapi.errors import RequestError
from riskapi.store import audit
from riskapi.store.audit import Act, Head, Verification
from riskapi.store.audit_export import json_lines
from riskapi.store.database import Store
from tests.store.material import HARMLESS, NOON, REFUSED, later, with_tenants

ACT = Act(actor="Anna", action="assessment.created", subject="abc", detail={"bytes": 5})


def append(store: Store, number: int = 1, tenant: str = "default") -> None:
    for index in range(number):
        with store.write() as session:
            audit.append(session, tenant, Act(actor="Anna", action="tested", subject=str(index)), later(seconds=index))


def verify(store: Store, tenant: str = "default", noted: Head | None = None) -> Verification:
    with store.read() as session:
        return audit.verify(session, tenant, noted=noted)


def head(store: Store) -> Head:
    with store.read() as session:
        return audit.head(session, "default")


def tamper(store: Store, statement: str) -> None:
    """What somebody can do who owns the database."""
    with store.write() as session:
        if store.is_sqlite:
            for change in ("update", "delete", "replace"):
                session.execute(text(f"DROP TRIGGER IF EXISTS audit_entries_no_{change}"))
        else:
            session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER ALL"))
        session.execute(text(statement))


# --- appending


def test_an_entry_comes_back_as_it_was_written(store: Store) -> None:
    with store.write() as session:
        made = audit.append(session, "default", ACT, NOON)
    with store.read() as session:
        assert list(audit.entries(session, "default")) == [made]
    assert (made.seq, made.at, made.actor, made.detail, made.previous) == (1, NOON, "Anna", {"bytes": 5}, "0" * 64)


def test_entries_are_numbered_without_gaps_and_each_names_the_one_before(store: Store) -> None:
    append(store, 5)
    with store.read() as session:
        found = list(audit.entries(session, "default"))
    assert [entry.seq for entry in found] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in found[1:]] == [entry.hash for entry in found[:-1]]
    assert head(store) == Head(seq=5, hash=found[-1].hash)


def test_an_act_that_is_rolled_back_leaves_no_entry_and_no_gap(store: Store) -> None:
    append(store)

    def fail() -> None:
        with store.write() as session:
            audit.append(session, "default", ACT, NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    append(store)
    assert verify(store).is_sound
    assert verify(store).entries == 2


def test_several_entries_of_one_transaction_follow_each_other(store: Store) -> None:
    with store.write() as session:
        for _ in range(3):
            audit.append(session, "default", ACT, NOON)
    assert (verify(store).entries, verify(store).is_sound) == (3, True)


def test_threads_that_append_at_once_make_one_chain(store: Store) -> None:
    def one(number: int) -> None:
        with store.write() as session:
            audit.append(
                session, "default", Act(actor="t", action="tested", subject=str(number)), later(seconds=number)
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(80)))
    found = verify(store)
    assert (found.entries, found.is_sound) == (80, True)
    with store.read() as session:
        assert sorted(int(entry.subject) for entry in audit.entries(session, "default")) == list(range(80))


def test_each_tenant_has_a_chain_of_its_own(store: Store) -> None:
    with_tenants(store, "a", "b")
    for tenant, number in (("a", 2), ("b", 3)):
        append(store, number, tenant)
    assert [(verify(store, name).entries, verify(store, name).is_sound) for name in ("a", "b")] == [
        (2, True),
        (3, True),
    ]
    assert verify(store).entries == 0


def test_texts_that_have_broken_databases_are_kept_as_they_are(store: Store) -> None:
    with store.write() as session:
        made = [
            audit.append(session, "default", Act(actor=words, action=words[:80], subject=words, detail=detail), NOON)
            for words in HARMLESS
            for detail in [{words: [words, "\x00", None]}]
        ]
    with store.read() as session:
        assert list(audit.entries(session, "default")) == made
    assert verify(store).is_sound


def test_texts_that_a_database_would_refuse_are_refused_before(store: Store) -> None:
    for words in REFUSED:
        with pytest.raises(RequestError), store.write() as session:
            audit.append(session, "default", Act(actor="a", action="b", subject=words), NOON)
    assert verify(store).entries == 0


# --- append-only


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor = 'Bert' WHERE seq = 2",
        "UPDATE audit_entries SET actor = actor",
        "DELETE FROM audit_entries WHERE seq = 3",
        "DELETE FROM audit_entries",
        "INSERT INTO audit_entries SELECT * FROM audit_entries WHERE seq = 1 ON CONFLICT (tenant, seq) DO UPDATE SET seq = 9",
    ],
)
def test_the_database_refuses_to_change_entries(store: Store, statement: str) -> None:
    append(store, 3)
    with pytest.raises(Exception, match=r"never changed"), store.write() as session:
        session.execute(text(statement))
    assert (verify(store).entries, verify(store).is_sound) == (3, True)


def test_what_replaces_or_empties_is_refused_too(store: Store) -> None:
    append(store, 2)
    statement = (
        "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries"
        if store.is_sqlite
        else "TRUNCATE audit_entries"
    )
    with pytest.raises(Exception, match=r"never changed"), store.write() as session:
        session.execute(text(statement))
    assert verify(store).entries == 2


# --- verifying


def test_an_empty_log_is_sound(store: Store) -> None:
    assert verify(store) == Verification(tenant="default", entries=0, head=Head(seq=0, hash="0" * 64))


@pytest.mark.parametrize(
    ("statement", "broken_at", "reason"),
    [
        ("UPDATE audit_entries SET actor = 'Bert' WHERE seq = 3", 3, "content was changed"),
        ("UPDATE audit_entries SET subject = 'x' WHERE seq = 1", 1, "content was changed"),
        ("UPDATE audit_entries SET detail = '{ }' WHERE seq = 2", 2, "content was changed"),
        ("UPDATE audit_entries SET detail = 'no json' WHERE seq = 2", 2, "content was changed"),
        ("UPDATE audit_entries SET at = '2020-01-01 00:00:00.000000' WHERE seq = 4", 4, "content was changed"),
        ("UPDATE audit_entries SET hash = previous WHERE seq = 2", 2, "content was changed"),
        ("UPDATE audit_entries SET previous = hash WHERE seq = 2", 2, "does not follow"),
        ("DELETE FROM audit_entries WHERE seq = 3", 3, "entry 3 is missing"),
        ("DELETE FROM audit_entries WHERE seq = 1", 1, "entry 1 is missing"),
        ("DELETE FROM audit_entries WHERE seq >= 4", 4, "end are missing"),
        ("DELETE FROM audit_entries", 1, "end are missing"),
        ("UPDATE audit_entries SET seq = 9 WHERE seq = 5", 5, "entry 5 is missing"),
        ("UPDATE audit_heads SET seq = 4", 5, "goes on after"),
        ("DELETE FROM audit_heads", 1, "goes on after"),
        ("UPDATE audit_heads SET hash = 'x'", 6, "recorded end has another hash"),
    ],
)
def test_the_first_broken_entry_is_named(store: Store, statement: str, broken_at: int, reason: str) -> None:
    append(store, 5)
    tamper(store, statement)
    found = verify(store)
    assert (found.is_sound, found.broken_at) == (False, broken_at)
    assert reason in (found.reason or "")


def test_a_log_that_was_written_anew_is_caught_by_a_head_that_was_noted(store: Store) -> None:
    append(store, 3)
    noted = head(store)
    append(store, 2)
    assert verify(store, noted=noted).is_sound
    tamper(store, "DELETE FROM audit_entries")
    tamper(store, "DELETE FROM audit_heads")
    for index in range(5):
        with store.write() as session:
            audit.append(session, "default", Act(actor="Bert", action="forged", subject=str(index)), NOON)
    assert verify(store).is_sound, "the chain alone cannot know"
    found = verify(store, noted=noted)
    assert (found.is_sound, found.broken_at) == (False, 3)
    assert "another hash" in (found.reason or "")


def test_a_log_whose_end_was_cut_off_with_its_head_is_caught_by_a_head_that_was_noted(store: Store) -> None:
    append(store, 5)
    noted = head(store)
    with store.read() as session:
        third = list(audit.entries(session, "default"))[2]
    tamper(store, "DELETE FROM audit_entries WHERE seq > 3")
    tamper(store, f"UPDATE audit_heads SET seq = 3, hash = '{third.hash}'")
    assert verify(store).is_sound, "the chain alone cannot know"
    assert "not in the log" in (verify(store, noted=noted).reason or "")


def test_anybody_can_check_the_exported_lines_with_a_few_lines_of_his_own(store: Store) -> None:
    for words in HARMLESS:
        with store.write() as session:
            audit.append(
                session, "default", Act(actor="Anna", action="tested", subject=words, detail={"a": words}), NOON
            )
    with store.read() as session:
        lines = list(json_lines(audit.entries(session, "default")))
    previous = "0" * 64
    for line in lines:
        entry = json.loads(line)
        told = entry.pop("hash")
        assert entry["previous"] == previous
        plain = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256(plain.encode()).hexdigest()
        assert told == previous


def test_entries_are_read_in_parts_that_fit_together(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_CHUNK", 3)
    append(store, 10)
    with store.read() as session:
        assert [entry.seq for entry in audit.entries(session, "default")] == list(range(1, 11))
        assert [entry.seq for entry in audit.entries(session, "default", after=4, limit=4)] == [5, 6, 7, 8]
    assert verify(store).entries == 10


def test_entries_that_are_added_during_a_look_through_are_not_taken_for_forged(store: Store) -> None:
    append(store, 4)
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(append, store, 20)
        while not writing.done():
            assert verify(store).is_sound
        writing.result()
    assert verify(store).entries == 24


@pytest.mark.parametrize("words", ["", "5", "5:abc", "-1:" + "0" * 64, "5:" + "G" * 64, "٣:" + "0" * 64 + "0"])
def test_what_is_no_head_is_refused(words: str) -> None:
    with pytest.raises(RequestError):
        audit.read_head(words)


def test_a_head_reads_back_as_it_is_printed() -> None:
    made = Head(seq=12, hash="ab" * 32)
    assert audit.read_head(f" {made}\n") == made
