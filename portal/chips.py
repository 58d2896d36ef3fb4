"""A state as a person sees it: a symbol, a word and a colour, always together (static/look.css)."""

from typing import Any

from markupsafe import Markup

CHIP = Markup('<span class="chip {}"><span aria-hidden="true">{}</span> {}</span>')


def chip(sign: tuple[str, str], word: Any) -> Markup:
    """`sign` is the symbol, and the class of the colour."""
    symbol, look = sign
    return CHIP.format(look, symbol, word)
