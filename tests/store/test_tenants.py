from __future__ import annotations

import pytest

from riskapi.errors import NotFoundError, RequestError
from riskapi.store.database import Store
from riskapi.store.tenants import ensure_tenant, require_tenant, tenants
from tests.store.material import HARMLESS, REFUSED, with_tenants


def test_a_new_store_has_one_tenant(store: Store) -> None:
    with store.read() as session:
        assert tenants(session) == ("default",)


def test_making_a_tenant_twice_makes_one(store: Store) -> None:
    with_tenants(store, "b", "a", "b")
    with store.read() as session:
        assert tenants(session) == ("a", "b", "default")
        require_tenant(session, "a")


def test_a_name_that_cannot_be_a_tenant_is_neither_made_nor_found(store: Store) -> None:
    for name in (*HARMLESS, *REFUSED):
        with pytest.raises(RequestError), store.write() as session:
            ensure_tenant(session, name)
        with pytest.raises(NotFoundError), store.read() as session:
            require_tenant(session, name)
