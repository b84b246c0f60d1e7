"""The real datasets and rules, since the pages are held against them; the database lies apart from the user's.

It is a copy of the one that all other tests use: to build it takes long.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from riskapi.facts.vocabulary import Vocabulary, load_vocabulary
from riskapi.refresh.warehouse import ensure_warehouse
from riskapi.settings import Settings
from riskapi.warehouse.open import code_domains
from tests.docs.pages import ROOT, generator


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    cache = tmp_path_factory.mktemp("cache")
    shutil.copy(ensure_warehouse(Settings.from_environment()), cache)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKAPI_CACHE", str(cache))
        patch.delenv("RISKAPI_RULES", raising=False)
        patch.delenv("RISKAPI_DATASETS", raising=False)
        yield


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary(code_domains(ROOT / "datasets"))


@pytest.fixture(scope="session")
def made(_own_cache: None) -> dict[str, str]:
    """The generated pages as they should be."""
    pages: dict[str, str] = generator().pages()
    return pages
