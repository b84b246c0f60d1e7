"""Reads XML from outside: no document type, no entities, no depth without end, one element at a time.

Enters: bytes, the root's name and the name of the elements that are wanted. Leaves: these elements, without namespaces.
A document type declaration is refused as such: no publication read here has one, and every attack with entities needs one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element
from xml.parsers import expat

from riskapi.errors import Problem
from riskapi.refresh.errors import RefreshError

DEEPEST = 40
_CHUNK = 1 << 20


class _Refused(Exception):  # noqa: N818  # never leaves this module
    """Something that a publication has no need of."""


class _Builder:
    """Builds elements from events, and lets go of each wanted one once it is complete."""

    def __init__(self, root: str, wanted: str) -> None:
        self.root, self.wanted = root, wanted
        self.open: list[Element] = []
        self.complete: list[Element] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        if not self.open and name != self.root:
            raise _Refused(f"the document is a `{name}`, not a `{self.root}`")
        if len(self.open) >= DEEPEST:
            raise _Refused(f"elements lie more than {DEEPEST} deep")
        element = Element(name, {_local(key): value for key, value in attributes.items()})
        self.open.append(element)

    def data(self, text: str) -> None:
        element = self.open[-1]
        element.text = (element.text or "") + text

    def end(self, _: str) -> None:
        element = self.open.pop()
        if element.tag == self.wanted:
            self.complete.append(element)
        elif len(self.open) > 1:  # what stands beside the wanted elements is not kept
            self.open[-1].append(element)

    def refuse(self, *_: object) -> None:
        raise _Refused("the document declares a document type, and with it perhaps entities")


def elements(body: bytes, *, root: str, wanted: str) -> Iterator[Element]:
    """Each `wanted` element, in order; raises `RefreshError` with line and column where the text is not sound XML."""
    builder = _Builder(root, wanted)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    for start in range(0, len(body) + 1, _CHUNK):
        chunk = body[start : start + _CHUNK]
        try:
            parser.Parse(chunk, start + _CHUNK > len(body))
        except (expat.ExpatError, _Refused) as error:
            raise _not_sound(error, parser) from None
        yield from builder.complete
        builder.complete.clear()


def text_of(element: Element, path: str) -> str:
    """The text below `path`, empty where there is none."""
    return (element.findtext(path) or "").strip()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _not_sound(error: Exception, parser: expat.XMLParserType) -> RefreshError:
    return RefreshError(
        Problem(
            code="xml-refused" if isinstance(error, _Refused) else "xml-malformed",
            detail=f"the publication cannot be read: {error}",
            line=parser.CurrentLineNumber,
            column=parser.CurrentColumnNumber + 1,
            hint="try again later; if it stays, the publisher has changed the format",
        )
    )
