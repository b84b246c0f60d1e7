from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from riskapi.errors import NotFoundError
from riskapi.refresh.source import Needs, Source, nothing_more, one_file
from riskapi.refresh.sources import all_sources, source_named
from riskapi.warehouse.tables import SLUG
from tests.refresh.material import DATA

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to-add-a-source.md"
SOURCES = list(all_sources().values())
needs_all = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)


def test_the_sources_are_found_by_themselves() -> None:
    assert {"us-csl", "us-federal-register", "gleif", "uk-sanctions", "eu-sanctions"} <= set(all_sources())


@needs_all
def test_every_source_has_a_fixture(source: Source) -> None:
    assert list(DATA.glob(f"{source.id}*"))


@needs_all
def test_every_source_is_asked_over_a_safe_connection_and_tells_its_terms(source: Source) -> None:
    assert urlsplit(source.base_url).scheme == "https"
    assert urlsplit(source.page_url).scheme == "https"
    assert source.licence
    assert source.publisher


@needs_all
def test_every_source_has_an_id_that_can_name_a_folder(source: Source) -> None:
    assert re.fullmatch(SLUG, source.id)


@needs_all
def test_every_source_refuses_what_is_not_its_format(source: Source) -> None:
    from riskapi.refresh.errors import RefreshError

    for garbage in (b"", b"<html><body>Service unavailable</body></html>", b"[1, 2]", b"\x00\xff\xfe", b'{"error": 1}'):
        with pytest.raises(RefreshError):
            source.parse(garbage)


@needs_all
def test_a_source_asks_for_paths_below_its_base(source: Source) -> None:
    assert all(resource.path.startswith("/") for resource in source.plan(Needs(leis=("RISKAPITESTCHILD0059",))))


def test_a_source_that_reads_a_mirror_may_ask_no_other_host() -> None:
    source = source_named("us-csl").at("https://mirror.example.org/")
    assert source.base_url == "https://mirror.example.org"
    assert source.allowed_hosts == {"mirror.example.org"}


def test_an_unknown_source_is_told_with_the_nearest_name() -> None:
    with pytest.raises(NotFoundError, match="did you mean `us-csl`"):
        source_named("us-cls")


def test_a_source_of_one_file_leads_to_no_other() -> None:
    assert [resource.path for resource in one_file("/x")(Needs())] == ["/x"]
    assert nothing_more(b"anything") == ()


def test_the_how_to_names_every_source_and_every_file_that_it_sends_the_reader_to() -> None:
    text = HOW_TO.read_text(encoding="utf-8")
    assert all(f"`{source_id}`" in text for source_id in all_sources())
    named = re.findall(r"`((?:riskapi|tests|docs)/[a-z_/.-]+\.(?:py|json|xml|md))`", text)
    assert named
    assert [path for path in named if not (HOW_TO.parents[1] / path).is_file()] == []
