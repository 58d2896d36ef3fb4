"""XML from strangers, read into elements without trusting any of it.

expat reads it: it fetches nothing, and what it has read is gone with the document, while lxml keeps each name that it
ever saw. A document type is refused before anything in it is looked at, so there are no entities but the five that all
XML has. Comments and processing instructions are passed over.
"""

import codecs
import re
from dataclasses import dataclass, field
from xml.parsers import expat

from ocpp_soap.faults import protocol_error

DEEPEST = 32
"""OCPP has nine elements within each other at most."""
MOST_ELEMENTS = 50_000
"""More than fit into a message of a megabyte that says something."""

UTF_16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""How a document in UTF-16 begins."""
PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
DOCUMENT_TYPE = b"<!DOCTYPE"
NO_DOCUMENT_TYPE = "a SOAP message has no document type (SOAP 1.2 part 1, 5)"


@dataclass(slots=True)
class Element:
    """One element of a document."""

    namespace: str
    name: str
    attributes: dict[str, str]
    """By their names; one of a namespace has that and a brace before it: `http://…}name`."""
    text: str = ""
    """All that stands right in it."""
    children: list["Element"] = field(default_factory=list)

    def find_all(self, namespace: str, name: str) -> list["Element"]:
        """Its children of a name."""
        return [each for each in self.children if each.name == name and each.namespace == namespace]

    def find(self, namespace: str, name: str) -> "Element | None":
        """The first of them."""
        return next(iter(self.find_all(namespace, name)), None)

    def __str__(self) -> str:
        return f"{{{self.namespace}}}{self.name}"


def read(data: bytes) -> Element:
    """The root of a document. Raises SoapFault."""
    try:
        wide = UTF_16.get(data[:2])
        return _read(data.decode(wide).encode(), "utf-8") if wide else _read(data, None)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise protocol_error(f"the document is not well-formed XML: {error}") from None


def _read(data: bytes, encoding: str | None) -> Element:
    """An encoding that is told outweighs what the document says of itself."""
    prolog = PROLOG.match(data)
    if prolog and data.startswith(DOCUMENT_TYPE, prolog.end()):
        raise protocol_error(NO_DOCUMENT_TYPE)
    top = Element("", "", {})
    parser = expat.ParserCreate(encoding, namespace_separator="}")
    parser.buffer_text = True
    _listen(parser, top)
    parser.Parse(data, True)
    return top.children[0]


def _listen(parser: expat.XMLParserType, top: Element) -> None:
    """Have what is read put below `top`."""
    path = [top]
    count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MOST_ELEMENTS:
            raise protocol_error(f"a message has at most {MOST_ELEMENTS} elements")
        if len(path) > DEEPEST:
            raise protocol_error(f"a message has at most {DEEPEST} elements within each other")
        namespace, _, name = tag.rpartition("}")
        element = Element(namespace, name, attributes)
        path[-1].children.append(element)
        path.append(element)

    def end(_: str) -> None:
        path.pop()

    def text(data: str) -> None:
        path[-1].text += data

    def document_type(*_: object) -> None:
        raise protocol_error(NO_DOCUMENT_TYPE)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = document_type
