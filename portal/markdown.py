"""Markdown that people write, as HTML that is safe to show.

CommonMark without raw HTML. What comes out is cleaned once more by a second library, so that a fault in one is not yet
a hole: no scripts, no styles, no pictures (they would tell a stranger who reads), links only to the web and to mail.
"""

import re
from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape

TAGS = {
    "a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
SCHEME = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
HEADINGS_BELOW, LOWEST_HEADING = 2, 6
"""The page has the first level, the title of what is written the second."""


def to_html(text: str) -> Markup:
    """What `text` says, as a fragment of a page."""
    cleaned = nh3.clean(
        PARSER.render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel="noopener noreferrer",
    )
    return Markup(cleaned)  # noqa: S704 - this is the one place that makes it safe


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + HEADINGS_BELOW, LOWEST_HEADING)}"


def _words_of_image(tokens: Sequence[Token], index: int, *_: object) -> str:
    return str(escape(tokens[index].content))


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.validateLink = lambda url: SCHEME.match(url) is not None  # type: ignore[method-assign]
    parser.core.ruler.push("lower_headings", _lower_headings)
    parser.renderer.rules["image"] = _words_of_image  # type: ignore[attr-defined]
    return parser


PARSER = _make_parser()
