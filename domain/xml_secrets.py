"""The secrets in a message of SOAP, for the message log (domain/messages.py).

A message may be cut, broken or made to hurt, so nothing here parses it: tags and texts are taken as they come, each
sign once, and what is open at the end is taken as closed there.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from xml.sax.saxutils import escape

from domain.secret_parameters import MASK, is_secret

TAG = re.compile(r"<(/?)(?:[\w.-]{1,100}:)?([\w.-]{1,100})[^<>]{0,4000}?(/?)>")
"""The name without its prefix, which each writer chooses."""
PASSAGES = (("<![CDATA[", "]]>"), ("<!--", "-->"))
NAMES_OF_KEYS = frozenset({"key", "unknownkey", "configurationkey"})
"""What is in these is the name of a parameter, or a whole one (OCPP 1.5, 7.20)."""
LOOKED_BACK = 50
"""So many open elements are looked through for the one that a closing tag is of."""

Span = tuple[int, int]
MaskedText = Callable[[str], str]


@dataclass(slots=True)
class _Element:
    """One that is open."""

    name: str
    key: str = ""
    """What its child `key` says."""
    texts: list[Span] = field(default_factory=list)
    values: list[Span] = field(default_factory=list)
    """The texts of its children `value`."""


def masked(xml: str, masked_text: MaskedText) -> str:
    """The text without its secrets, unchanged to the letter where it has none; `masked_text` does so with what stands
    between two tags."""
    secret: set[Span] = set()
    texts: list[Span] = []
    opened = [_Element("")]
    for span, tag in _pieces(xml):
        if tag is None:
            opened[-1].texts.append(span)
            texts.append(span)
            continue
        texts.append(span)
        is_end, name, is_empty = tag
        if not is_end and not is_empty:
            opened.append(_Element(name.lower()))
        elif is_end:
            latest = enumerate(islice(reversed(opened), LOOKED_BACK), 1)
            depth = next((depth for depth, each in latest if each.name == name.lower()), 0)
            for _ in range(depth):
                _close(xml, opened, secret)
    while len(opened) > 1:
        _close(xml, opened, secret)
    return _written(xml, texts, secret, masked_text)


def _close(xml: str, opened: list[_Element], secret: set[Span]) -> None:
    """The innermost element ends: what it says about its parent, and which of its texts are secret."""
    element = opened.pop()
    parent = opened[-1]
    text = html.unescape("".join(xml[begin:end] for begin, end in element.texts)).strip()
    if element.name == "key":
        parent.key = element.key = text
    elif element.name == "value":
        parent.values += element.texts
    elif element.name not in NAMES_OF_KEYS and is_secret(element.name):
        secret.update(element.texts)
    if element.key and is_secret(element.key):
        secret.update(element.values)


def _pieces(xml: str) -> Iterator[tuple[Span, tuple[str, str, str] | None]]:
    """Where each text and each tag stands; with a tag its three parts."""
    at = 0
    while at < len(xml):
        begin = xml.find("<", at)
        begin = len(xml) if begin < 0 else begin
        if at < begin:
            yield (at, begin), None
        if begin == len(xml):
            return
        at = begin
        for opening, closing in PASSAGES:
            if xml.startswith(opening, begin):
                end = xml.find(closing, begin + len(opening))
                end = len(xml) if end < 0 else end
                yield (begin + len(opening), end), None
                at = end + len(closing)
                break
        else:
            tag = TAG.match(xml, begin)
            if tag is None:
                at += 1
            else:
                yield tag.span(), (tag[1], tag[2], tag[3])
                at = tag.end()


def _written(xml: str, texts: list[Span], secret: set[Span], masked_text: MaskedText) -> str:
    pieces: list[str] = []
    written = 0
    for begin, end in texts:
        raw = xml[begin:end]
        if (begin, end) in secret:
            safe = MASK if raw.strip() else raw
        else:
            plain = raw if raw.startswith("<") else html.unescape(raw)
            safe = masked_text(plain)
            safe = raw if safe == plain else safe if raw.startswith("<") else escape(safe)
        pieces += xml[written:begin], safe
        written = end
    return "".join((*pieces, xml[written:]))
