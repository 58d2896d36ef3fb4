"""QR codes (ISO/IEC 18004), made of our own addresses alone; a part of each may be unreadable."""

import io

import segno
from markupsafe import Markup

STICKER_LEVEL = "q"
"""A quarter of the words: stickers are scratched."""
SCREEN_LEVEL = "m"
PNG_SCALE = 16
"""Pixels for each square: about 600 in all, for a print of 5 cm."""


def svg(text: str, level: str = SCREEN_LEVEL) -> Markup:
    """For a page."""
    drawn = _made(text, level, kind="svg", xmldecl=False, nl=False, omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawn.decode())  # noqa: S704 - segno writes nothing of the text but its squares


def svg_file(text: str) -> bytes:
    """For a printer."""
    return _made(text, STICKER_LEVEL, kind="svg", scale=PNG_SCALE)


def png_file(text: str) -> bytes:
    return _made(text, STICKER_LEVEL, kind="png", scale=PNG_SCALE)


def _made(text: str, level: str, **how: object) -> bytes:
    buffer = io.BytesIO()
    segno.make(text, error=level, micro=False).save(buffer, light="#fff", **how)
    return buffer.getvalue()
