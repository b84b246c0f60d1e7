from __future__ import annotations

import pytest

from riskapi.refresh.errors import RefreshError
from riskapi.refresh.safe_xml import DEEPEST, elements

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE list [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<list><item>&b;</item></list>"""
OUTSIDE = b"""<!DOCTYPE list [<!ENTITY file SYSTEM "file:///etc/hostname">]><list><item>&file;</item></list>"""


def refusal(body: bytes) -> RefreshError:
    with pytest.raises(RefreshError) as caught:
        list(elements(body, root="list", wanted="item"))
    return caught.value


def test_elements_come_in_order_with_text_and_attributes_and_without_namespaces() -> None:
    body = b'<n:list xmlns:n="urn:x"><n:item n:a="1">one<n:b>two</n:b></n:item><other/><n:item/></n:list>'
    first, second = elements(body, root="list", wanted="item")
    assert (first.text, first.get("a"), first.findtext("b")) == ("one", "1", "two")
    assert second.text is None


@pytest.mark.parametrize("body", [BOMB, OUTSIDE, b"<!DOCTYPE list><list/>"])
def test_a_document_type_is_refused_with_its_place(body: bytes) -> None:
    problem = refusal(body).problems[0]
    assert problem.code == "xml-refused"
    assert problem.line in (1, 2)


def test_an_entity_that_nobody_declared_is_refused() -> None:
    assert refusal(b"<list><item>&secret;</item></list>").problems[0].code == "xml-malformed"


def test_a_text_that_was_cut_off_is_refused_even_between_two_elements() -> None:
    assert refusal(b"<list><item>a</item>").problems[0].code == "xml-malformed"


def test_another_root_is_refused_by_name() -> None:
    assert "`html`" in str(refusal(b"<html><item/></html>"))


def test_elements_may_not_lie_without_end() -> None:
    deep = b"<list>" + b"<a>" * DEEPEST + b"</a>" * DEEPEST + b"</list>"
    assert "deep" in str(refusal(deep))


def test_text_in_the_middle_of_a_piece_border_is_whole() -> None:
    body = b"<list>" + b"<item>" + b"x" * 3_000_000 + b"</item></list>"
    (item,) = elements(body, root="list", wanted="item")
    assert len(item.text or "") == 3_000_000


def test_another_encoding_is_understood() -> None:
    (item,) = elements(
        '<?xml version="1.0" encoding="utf-16"?><list><item>é</item></list>'.encode("utf-16"),
        root="list",
        wanted="item",
    )
    assert item.text == "é"
