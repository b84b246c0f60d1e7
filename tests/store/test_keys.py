from __future__ import annotations

import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import text

from riskapi.errors import NotFoundError, RequestError
from riskapi.store import audit, keys
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.errors import ConflictError, KeyRefusedError, StoreError
from riskapi.store.keys import ApiKey, NewKey, Scope, authenticate
from tests.store.material import HARMLESS, NOON, REFUSED, later

BY = Signature("Root", NOON)
WEEK = timedelta(days=7)


def create(
    store: Store,
    *,
    tenant: str = "default",
    name: str = "Anna",
    expires_at: datetime | None = None,
    at: datetime = NOON,
) -> tuple[ApiKey, str]:
    wanted = NewKey(tenant=tenant, name=name, scope=Scope.ANALYST, expires_at=expires_at)
    with store.write() as session:
        return keys.create(session, wanted, Signature("Root", at))


def rotate(
    store: Store, ident: str, overlap: timedelta = WEEK, at: datetime = NOON, tenant: str = "default"
) -> tuple[ApiKey, str]:
    with store.write() as session:
        return keys.rotate(session, tenant, ident, overlap=overlap, signature=Signature("Root", at))


def refusal(store: Store, presented: str, now: datetime = NOON) -> str:
    with pytest.raises(KeyRefusedError) as raised:
        authenticate(store, presented, now)
    (problem,) = raised.value.problems
    return problem.code


def actions(store: Store, tenant: str = "default") -> list[tuple[str, str]]:
    with store.read() as session:
        return [(entry.action, entry.subject) for entry in audit.entries(session, tenant)]


# --- making and using


def test_a_new_key_stands_for_its_tenant_and_scope(store: Store) -> None:
    made, shown = create(store, tenant="ministry")
    found = authenticate(store, shown, NOON)
    assert (found.id, found.tenant, found.name, found.scope) == (made.id, "ministry", "Anna", Scope.ANALYST)


def test_the_secret_is_long_random_and_nowhere_in_the_store(store: Store) -> None:
    shown = [create(store)[1] for _ in range(20)]
    secrets = {item.split("_", 2)[2] for item in shown}
    assert len(secrets) == 20
    assert {len(bytes.fromhex(item)) for item in secrets} == {32}
    with store.read() as session:
        for table in ("api_keys", "audit_entries"):
            kept = str(session.execute(text(f"SELECT * FROM {table}")).all())
            assert not any(item in kept for item in secrets)
            assert table != "api_keys" or hashlib.sha256(min(secrets).encode()).hexdigest() in kept


def test_every_other_text_is_refused_in_the_same_words(store: Store) -> None:
    made, shown = create(store)
    _, other = create(store)
    wrong = f"rk_{made.id}_{other.split('_', 2)[2]}"
    texts = [
        "", "rk_", shown[:-1], shown + "0", shown.upper(), f" {shown}", f"{shown}\n", wrong, f"rk_{'0' * 16}_{'0' * 64}",
        *HARMLESS, *REFUSED, "rk_' OR 1=1 --_x", "a" * 100_000,
    ]  # fmt: skip
    said = set()
    for presented in texts:
        with pytest.raises(KeyRefusedError) as raised:
            authenticate(store, presented, NOON)
        said.add(str(raised.value))
    assert len(said) == 1
    assert shown not in said.pop()


def test_an_unknown_id_costs_the_same_comparison_as_a_wrong_secret(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = create(store)
    compared: list[tuple[int, int]] = []

    def note(one: str, two: str) -> bool:
        compared.append((len(one), len(two)))
        return hmac.compare_digest(one, two)

    monkeypatch.setattr(keys, "hmac", type("Hmac", (), {"compare_digest": staticmethod(note)}))
    for presented in ("nonsense", f"rk_{'0' * 16}_{'0' * 64}", f"rk_{made.id}_{'0' * 64}"):
        refusal(store, presented)
    assert compared == [(64, 64)] * 3


@pytest.mark.parametrize(("has", "needs"), list(product(Scope, Scope)))
def test_a_scope_includes_those_before_it(has: Scope, needs: Scope) -> None:
    rank = {"viewer": 0, "analyst": 1, "editor": 2, "admin": 3}
    assert has.allows(needs) is (rank[has] >= rank[needs])


def test_any_name_is_kept_as_it_is(store: Store) -> None:
    for name in HARMLESS:
        assert authenticate(store, create(store, name=name)[1], NOON).name == name


def test_a_name_that_a_database_would_refuse_is_refused_before(store: Store) -> None:
    for name in REFUSED:
        with pytest.raises(RequestError):
            create(store, name=name)


# --- the end of a key


def test_a_key_works_until_it_expires(store: Store) -> None:
    _, shown = create(store, expires_at=later(days=1))
    authenticate(store, shown, later(days=1, microseconds=-1))
    assert refusal(store, shown, later(days=1)) == "key-expired"


def test_a_key_that_would_never_work_is_not_made(store: Store) -> None:
    with pytest.raises(RequestError):
        create(store, expires_at=NOON)


def test_a_revoked_key_is_refused_at_once_and_stays_so(store: Store) -> None:
    made, shown = create(store)
    for at in (NOON, later(days=1)):
        with store.write() as session:
            assert keys.revoke(session, "default", made.id, Signature("Root", at)).revoked_at == NOON
    assert refusal(store, shown) == "key-revoked"
    assert [action for action, _ in actions(store)] == ["key.created", "key.revoked"]


def test_only_who_holds_the_secret_learns_why_a_key_is_refused(store: Store) -> None:
    made, _ = create(store, expires_at=later(days=1))
    assert refusal(store, f"rk_{made.id}_{'0' * 64}", later(days=2)) == "key-unknown"


# --- rotation


def test_after_a_rotation_both_keys_work_until_the_overlap_is_over(store: Store) -> None:
    old, old_shown = create(store)
    new, new_shown = rotate(store, old.id)
    assert authenticate(store, old_shown, later(days=6)).replaced_by == new.id
    assert authenticate(store, new_shown, later(days=6)).scope is old.scope
    assert refusal(store, old_shown, later(days=7)) == "key-expired"
    authenticate(store, new_shown, later(days=700))


def test_an_overlap_does_not_lengthen_the_life_of_the_old_key(store: Store) -> None:
    old, shown = create(store, expires_at=later(days=2))
    new, _ = rotate(store, old.id, at=later(days=1))
    assert refusal(store, shown, later(days=2)) == "key-expired"
    assert new.expires_at == later(days=3), "as long a life as the old one had"


def test_without_an_overlap_the_old_key_ends_now(store: Store) -> None:
    old, shown = create(store)
    rotate(store, old.id, overlap=timedelta(0))
    assert refusal(store, shown) == "key-expired"


def test_a_key_is_rotated_once_and_only_while_it_works(store: Store) -> None:
    replaced, revoked, expired = (create(store, expires_at=later(days=30))[0] for _ in range(3))
    rotate(store, replaced.id)
    with store.write() as session:
        keys.revoke(session, "default", revoked.id, BY)
    for ident, at in ((replaced.id, NOON), (revoked.id, NOON), (expired.id, later(days=31))):
        with pytest.raises(ConflictError):
            rotate(store, ident, at=at)


def test_of_two_who_rotate_one_key_at_once_one_wins(store: Store) -> None:
    old, _ = create(store)

    def attempt(_: int) -> bool:
        try:
            rotate(store, old.id)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1


def test_a_key_that_is_not_there_cannot_be_rotated_or_revoked(store: Store) -> None:
    for ident in ("", "0" * 16, *HARMLESS, *REFUSED):
        with pytest.raises(NotFoundError):
            rotate(store, ident)
        with pytest.raises(NotFoundError), store.write() as session:
            keys.revoke(session, "default", ident, BY)


def test_a_key_of_another_tenant_is_not_there(store: Store) -> None:
    made, shown = create(store, tenant="one")
    create(store, tenant="two")
    with pytest.raises(NotFoundError):
        rotate(store, made.id, tenant="two")
    with pytest.raises(NotFoundError), store.write() as session:
        keys.revoke(session, "two", made.id, BY)
    authenticate(store, shown, NOON)


# --- lists, last use, audit


def test_lists_are_of_one_tenant_or_of_all_and_hold_no_secret(store: Store) -> None:
    one, two = create(store, tenant="one")[0], create(store, tenant="two", at=later(hours=1))[0]
    with store.read() as session:
        assert keys.keys(session, "one") == (one,)
        assert keys.keys(session) == (one, two)
    assert "hash" not in str(one)


def test_last_use_is_noted_at_most_once_a_minute(store: Store) -> None:
    _, shown = create(store)
    noted = []
    for seconds in (0, 59, 60, 61, 119, 120):
        authenticate(store, shown, later(seconds=seconds))
        with store.read() as session:
            noted.append(keys.keys(session)[0].last_used_at)
    assert noted == [later(seconds=at) for at in (0, 0, 60, 60, 60, 120)]


def test_a_refused_key_is_not_noted_as_used(store: Store) -> None:
    made, shown = create(store, expires_at=later(days=1))
    refusal(store, shown, later(days=2))
    refusal(store, f"rk_{made.id}_{'0' * 64}")
    with store.read() as session:
        assert keys.keys(session)[0].last_used_at is None


def test_a_store_that_cannot_be_written_still_lets_keys_in(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    _, shown = create(store)

    def full() -> None:
        raise StoreError("full")

    monkeypatch.setattr(Store, "write", lambda self: full())
    assert authenticate(store, shown, NOON).name == "Anna"


def test_whether_any_key_is_in_use(store: Store) -> None:
    def any_in_use(now: datetime = NOON) -> bool:
        with store.read() as session:
            return keys.any_in_use(session, now)

    assert not any_in_use()
    create(store, expires_at=later(days=1))
    assert any_in_use()
    assert not any_in_use(later(days=1))


def test_every_change_of_a_key_is_in_the_audit_log_of_its_tenant(store: Store) -> None:
    old, _ = create(store, tenant="one")
    new, _ = rotate(store, old.id, tenant="one")
    assert actions(store, "one") == [("key.created", old.id), ("key.created", new.id), ("key.rotated", old.id)]
    assert actions(store) == []


# --- a key whose text was made elsewhere

ELSEWHERE = f"rk_{'ab' * 8}_{'cd' * 32}"


def adopted(store: Store, text: str = ELSEWHERE) -> ApiKey:
    with store.write() as session:
        return keys.adopt(
            session, text, NewKey(tenant="default", name="first", scope=Scope.ADMIN), Signature("start", NOON)
        )


def test_a_key_that_was_made_elsewhere_is_taken_once(store: Store) -> None:
    first = adopted(store)
    assert adopted(store) == first
    assert keys.authenticate(store, ELSEWHERE, NOON).id == "ab" * 8


def test_a_taken_key_that_was_revoked_does_not_come_back(store: Store) -> None:
    made = adopted(store)
    with store.write() as session:
        keys.revoke(session, "default", made.id, Signature("Anna", NOON))
    assert adopted(store).revoked_at == NOON


def test_a_known_id_with_another_secret_is_refused(store: Store) -> None:
    adopted(store)
    with pytest.raises(ConflictError):
        adopted(store, ELSEWHERE[:-2] + "00")
    with pytest.raises(RequestError):
        adopted(store, "no key")


def test_of_many_who_take_it_at_once_all_have_the_same_one(store: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(lambda _: adopted(store).id, range(6)))
    assert found == {"ab" * 8}
    with store.read() as session:
        assert audit.verify(session, "default").is_sound
