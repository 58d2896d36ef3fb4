"""A message of SOAP over several lines, as its page shows it; what is broken or was cut is shown as far as it goes."""

import re

PIECE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|$)|<!--.*?(?:-->|$)|<[^<>]*>|[^<]+|<", re.DOTALL)
OPENING = re.compile(r"<[^/!?][^<>]*(?<!/)>", re.DOTALL)
CLOSING = re.compile(r"</[^<>]*>", re.DOTALL)
BODY = re.compile(r"<(?:[\w.-]{1,100}:)?Body(?:\s[^<>]*)?>")
DEEPEST = 20
"""Levels that are told apart by their indent."""


def looks_like_xml(frame: str) -> bool:
    return frame.lstrip(" \t\r\n\ufeff").startswith("<")


def body(xml: str) -> str:
    """What is said, without the envelope around it."""
    found = BODY.search(xml)
    return xml[found.end() :].lstrip() if found else xml


def laid_out(xml: str) -> str:
    """An element with nothing but text stays on one line; each text is as it was written."""
    pieces = [piece for piece in PIECE.findall(xml) if piece.strip(" \t\r\n\ufeff")]
    written: list[str] = []
    depth, is_alone = 0, False
    for piece in pieces:
        is_end = CLOSING.fullmatch(piece) is not None
        is_tag = is_end or _is_markup(piece)
        depth = max(depth - is_end, 0)
        if is_tag and not (is_end and is_alone):
            written.append("\n" + "  " * min(depth, DEEPEST))
        written.append(piece if is_tag else piece.strip())
        is_begin = OPENING.fullmatch(piece) is not None
        depth += is_begin
        is_alone = is_begin or (is_alone and not is_tag)
    return "".join(written).lstrip("\n")


def _is_markup(piece: str) -> bool:
    return piece.startswith("<") and len(piece) > 1 and not piece.startswith("<![CDATA[")
