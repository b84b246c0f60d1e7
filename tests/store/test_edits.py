from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from riskapi.claims.ledger import DealLedger
from riskapi.errors import NotFoundError, RequestError
from riskapi.settings import shipped_folder
from riskapi.store import audit, edits
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.edits import Edit, Kind, NewEdit, check_cells
from riskapi.store.errors import ConflictError
from riskapi.warehouse.load import domains_of, load_dataset
from riskapi.warehouse.tables import CLAIMS, DEALS
from tests.store.material import HARMLESS, NOON, REFUSED, later, with_tenants

BY = Signature("Edda", NOON)
DEAL = {
    "deal_id": "us-2026-a-b", "title": "A and B", "foreign_country": "CN", "foreign_share": "49.5",
    "announced_on": "2026-11-01", "outcome": "pending", "source_url": "https://example.org/a", "as_of": "2026-11-22",
    "confidence": "medium",
}  # fmt: skip
CLAIM = {
    "claim_id": "us-2026-a-b.1", "deal_id": "us-2026-a-b", "made_on": "2026-11-02", "claimant": "A", "role": "foreign_party",
    "stance": "denies", "anonymous_sources": "0", "source_url": "https://example.org/c", "as_of": "2026-11-22",
    "confidence": "high",
}  # fmt: skip


def write(
    store: Store, cells: dict[str, str] | None = DEAL, *, over: int = 0, tenant: str = "default", **changes: Any
) -> Edit:
    fields: dict[str, Any] = {"kind": Kind.DEAL, "entity_id": "us-2026-a-b", "reason": "read in the press"} | changes
    with store.write() as session:
        return edits.write(session, tenant, NewEdit(cells=cells, over=over, **fields), BY)


def current(store: Store, tenant: str = "default", kind: Kind = Kind.DEAL) -> tuple[Edit, ...]:
    with store.read() as session:
        return edits.current(session, tenant, kind)


def history(store: Store, tenant: str = "default", entity_id: str = "us-2026-a-b") -> tuple[Edit, ...]:
    with store.read() as session:
        return edits.history(session, tenant, Kind.DEAL, entity_id)


def wrong(kind: Kind = Kind.DEAL, /, **changes: str) -> set[tuple[str | None, str]]:
    cells = (DEAL if kind is Kind.DEAL else CLAIM) | changes
    key = "us-2026-a-b" if kind is Kind.DEAL else "us-2026-a-b.1"
    return {(problem.field, problem.code) for problem in check_cells(kind, key, cells, {})}


# --- versions


def test_a_row_comes_back_with_its_author_its_moment_and_its_reason(store: Store) -> None:
    made = write(store)
    assert current(store) == history(store) == (made,)
    assert (made.version, made.cells, made.written_by, made.written_at, made.reason) == (
        1, DEAL, "Edda", NOON, "read in the press",
    )  # fmt: skip


def test_every_version_is_kept_and_the_newest_counts(store: Store) -> None:
    write(store)
    write(store, DEAL | {"outcome": "cleared"}, over=1)
    gone = write(store, None, over=2)
    back = write(store, DEAL, over=3)
    assert [edit.version for edit in history(store)] == [1, 2, 3, 4]
    assert gone.cells is None
    assert current(store) == (back,)


def test_a_row_that_was_taken_back_is_listed_without_cells(store: Store) -> None:
    write(store)
    gone = write(store, None, over=1)
    assert current(store) == (gone,)


@pytest.mark.parametrize("over", [0, 2, -1, 99])
def test_nobody_overwrites_a_version_that_he_has_not_seen(store: Store, over: int) -> None:
    write(store)
    with pytest.raises(ConflictError) as raised:
        write(store, over=over)
    assert raised.value.problems[0].code == "edit-stale"
    assert len(history(store)) == 1


def test_what_was_never_written_cannot_be_taken_back(store: Store) -> None:
    with pytest.raises(ConflictError):
        write(store, None)
    write(store)
    write(store, None, over=1)
    with pytest.raises(ConflictError):
        write(store, None, over=2)


def test_of_many_first_versions_at_once_one_is_kept(store: Store) -> None:
    def attempt(_: int) -> bool:
        try:
            write(store)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1


def test_edits_of_another_tenant_are_not_there(store: Store) -> None:
    with_tenants(store, "other")
    write(store)
    assert current(store, "other") == ()
    with pytest.raises(NotFoundError):
        history(store, "other")
    assert write(store, tenant="other").version == 1


def test_each_change_is_in_the_audit_log(store: Store) -> None:
    write(store)
    write(store, None, over=1)
    with store.read() as session:
        found = [(entry.action, entry.subject, dict(entry.detail)) for entry in audit.entries(session, "default")]
    assert found == [
        ("deal.written", "us-2026-a-b", {"version": 1}), ("deal.taken_back", "us-2026-a-b", {"version": 2})
    ]  # fmt: skip


def test_what_was_written_makes_a_ledger(store: Store) -> None:
    write(store)
    write(store, CLAIM, kind=Kind.CLAIM, entity_id="us-2026-a-b.1")
    rows = [[edit.cells for edit in current(store, kind=kind) if edit.cells] for kind in Kind]
    (deal,) = DealLedger.from_rows(*rows).deals()
    assert (deal.foreign_share, deal.claims[0].claimant) == (49.5, "A")
    assert deal.known_on(later(days=1).date()) is not None


# --- checks


def test_texts_that_have_broken_databases_are_kept_as_they_are(store: Store) -> None:
    for over, text in enumerate(HARMLESS):
        made = write(store, DEAL | {"title": text, "summary": text}, over=over, reason=text)
        assert (made.cells or {})["title"] == text
    assert [edit.reason for edit in history(store)] == list(HARMLESS)


def test_texts_that_a_database_would_refuse_are_refused_before(store: Store) -> None:
    for text in REFUSED:
        changes: list[dict[str, Any]] = [{"entity_id": text}]
        if "\n" not in text:  # a summary and a reason may have several lines
            changes += [{"reason": text}, {"cells": DEAL | {"summary": text or " "}}]
        for change in changes:
            with pytest.raises(RequestError):
                write(store, **change)
    assert current(store) == ()


@pytest.mark.parametrize("field", ["deal_id", "title", "as_of", "source_url"])
def test_a_row_needs_its_id_its_title_and_where_it_was_read(field: str) -> None:
    assert field in {name for name, _ in wrong(Kind.DEAL, **{field: ""})}


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("outcome", "unclear", "value-unknown"),
        ("deal_id", "Upper Case", "value-malformed"),
        ("source_url", "javascript:alert(1)", "value-malformed"),
        ("announced_on", "01.11.2026", "date-malformed"),
        ("announced_on", "2026-02-30", "date-invalid"),
        ("announced_on", "20261101", "date-malformed"),
        ("foreign_share", "101", "number-out-of-range"),
        ("foreign_share", "-1", "number-out-of-range"),
        ("foreign_share", "49,5", "number-malformed"),
        ("foreign_share", "nan", "number-malformed"),
        ("foreign_share", "٤٩", "number-malformed"),
        ("foreign_share", "1e5", "number-malformed"),
        ("forein_name", "x", "column-unknown"),
        ("title", "a\x00b", "control-character"),
    ],
)
def test_a_cell_is_checked_like_one_of_the_tables(field: str, cell: str, code: str) -> None:
    assert (field, code) in wrong(Kind.DEAL, **{field: cell})


def test_a_claim_is_checked_like_one_of_the_tables() -> None:
    assert wrong(Kind.CLAIM) == set()
    found = wrong(Kind.CLAIM, role="king", stance="", anonymous_sources="1.5")
    assert found == {("role", "value-unknown"), ("stance", "value-missing"), ("anonymous_sources", "number-malformed")}


def test_the_id_of_the_row_is_the_one_that_it_is_written_under() -> None:
    assert wrong(deal_id="us-2026-other") == {("deal_id", "id-differs")}


def test_a_cell_that_is_no_text_is_refused() -> None:
    cells: Any = DEAL | {"title": 5}
    assert [problem.code for problem in check_cells(Kind.DEAL, "us-2026-a-b", cells, {})] == ["wrong-type"]


def test_codes_are_checked_where_their_lists_are_given() -> None:
    cells = DEAL | {"sector": "nowhere"}
    assert check_cells(Kind.DEAL, "us-2026-a-b", cells, {}) == []
    found = check_cells(Kind.DEAL, "us-2026-a-b", cells, {"sector": ["automotive"]})
    assert [(problem.field, problem.code) for problem in found] == [("sector", "value-unknown")]


def test_everything_that_is_wrong_is_told_at_once(store: Store) -> None:
    with pytest.raises(RequestError) as raised:
        write(store, {"deal_id": "x y", "outcome": "no"})
    assert len(raised.value.problems) >= 5


def test_every_shipped_row_with_a_source_would_pass() -> None:
    dataset = load_dataset(shipped_folder("datasets"))
    codes = domains_of(dataset.rows["codes"])
    for kind, table in ((Kind.DEAL, DEALS), (Kind.CLAIM, CLAIMS)):
        for row in dataset.rows[table.name]:
            cells = {name: _as_text(value) for name, value in row.cells.items() if value is not None}
            if "source_url" in cells:
                assert check_cells(kind, cells[table.key[0]], cells, codes) == []


def _as_text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and value == int(value) else str(value)


# --- what the service asks


def test_the_state_grows_with_every_change_of_the_tenant_and_with_no_other(store: Store) -> None:
    def state(tenant: str = "default") -> int:
        with store.read() as session:
            return edits.state_of(session, tenant)

    with_tenants(store, "other")
    seen = [state()]
    write(store)
    seen.append(state())
    write(store, None, over=1)
    seen.append(state())
    write(store, tenant="other")
    assert seen == sorted(set(seen))
    assert state() == seen[-1]


def test_the_newest_version_is_found_also_where_it_takes_back(store: Store) -> None:
    def newest(ident: str = "us-2026-a-b") -> Edit | None:
        with store.read() as session:
            return edits.newest(session, "default", Kind.DEAL, ident)

    assert newest() is None
    write(store)
    gone = write(store, None, over=1)
    assert newest() == gone
    assert newest("a\x00b") is None
    assert newest("x" * 9_000) is None


def test_claims_are_numbered_apart_from_those_of_the_datasets_and_never_twice(store: Store) -> None:
    def next_id(deal: str = "us-2026-a-b") -> str:
        with store.read() as session:
            return edits.next_claim_id(session, "default", deal)

    def say(ident: str, cells: dict[str, str] | None = CLAIM, over: int = 0) -> None:
        told = None if cells is None else cells | {"claim_id": ident, "deal_id": ident.rpartition(".")[0]}
        write(store, told, kind=Kind.CLAIM, entity_id=ident, over=over)

    assert next_id() == "us-2026-a-b.1001"
    say("us-2026-a-b.3")  # a correction of one of the datasets
    assert next_id() == "us-2026-a-b.1001"
    say("us-2026-a-b.1001")
    say("us-2026-a-b.1001", None, 1)
    assert next_id() == "us-2026-a-b.1002"
    say("us-2026-a-b-c.1005")  # another deal, whose id begins alike
    assert next_id() == "us-2026-a-b.1002"
    assert next_id("us-2026-a") == "us-2026-a.1001"


def test_a_claim_stays_with_its_deal_and_an_outcome_does_not_come_first() -> None:
    assert wrong(Kind.CLAIM, deal_id="us-2026-other") == {("deal_id", "deal-differs")}
    assert wrong(outcome_on="2026-10-31") == {("outcome_on", "outcome-before-announcement")}


def test_a_tenant_writes_so_many_rows_and_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "MOST_ROWS", 1)
    write(store)
    write(store, DEAL | {"title": "Another"}, over=1)
    with pytest.raises(ConflictError) as raised:
        write(store, DEAL | {"deal_id": "us-2026-c-d"}, entity_id="us-2026-c-d")
    assert raised.value.problems[0].code == "edits-full"
