"""A service with a store for tests: opened, with keys where a test wants them, and a clock that tests move."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from litestar.testing import TestClient

from riskapi.api.app import PagesOf, create_app
from riskapi.api.serving.options import Options
from riskapi.store import keys
from riskapi.store.audit import Signature
from riskapi.store.database import Store, open_store
from riskapi.store.keys import ApiKey, NewKey, Scope
from riskapi.workspace import Workspace
from tests.shipped import AS_OF

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Clock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment


@dataclass
class Service:
    """`http` asks; `key` makes keys."""

    http: TestClient[Any]
    store: Store
    clock: Clock = field(default_factory=Clock)

    def key(self, scope: str = "analyst", tenant: str = "default", **more: Any) -> tuple[ApiKey, dict[str, str]]:
        """A new key, and the header that shows it."""
        wanted = NewKey(tenant=tenant, name=f"{scope} of {tenant}", scope=Scope(scope), **more)
        with self.store.write() as session:
            made, text = keys.create(session, wanted, Signature("a test", self.clock()))
        return made, {"authorization": f"Bearer {text}"}

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Any:
        return self.http.request(method, path, headers=dict(headers or {}), **more)


@lru_cache(maxsize=1)
def empty_store() -> Path:
    """The file of an empty store, to be copied: to make its tables takes longer than most tests."""
    folder = Path(tempfile.mkdtemp(prefix="riskapi-empty-store-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    open_store(str(folder / "store.sqlite")).close()
    return folder / "store.sqlite"


@contextmanager
def service(workspace: Workspace, file: Path, pages: PagesOf | None = None, **options: Any) -> Iterator[Service]:
    """The service over a store in that file, new or kept by an earlier service; nobody works on its jobs."""
    if not file.exists():
        shutil.copy(empty_store(), file)
    clock = Clock()
    wanted = Options(**{"rate": 0, "job_threads": 0, **options})
    with open_store(str(file)) as store:
        app = create_app(workspace=workspace, clock=lambda: AS_OF, now=clock, store=store, options=wanted, pages=pages)
        with TestClient(app) as http:
            yield Service(http, store, clock)
