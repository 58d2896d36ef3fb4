"""Words in a template that nobody marked for translation."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

JINJA = re.compile(
    r"{#.*?#}|{%-?\s*trans\b.*?{%-?\s*endtrans\s*-?%}|{%-?\s*block \w*class\b.*?{%-?\s*endblock\s*-?%}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
COMPUTED = "…"
WORD = re.compile(r"[^\W\d_]{2,}")
SHOWN_ATTRIBUTES = ("alt", "aria-label", "placeholder", "title")
SILENT_ELEMENTS = ("script", "style")

SAME_IN_ALL_LANGUAGES = {"API", "Charge", "CSV", "Excel", "kW", "kWh", "OCPP", "Portal", "REST", "UUID"}


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT_ELEMENTS
        self.texts += [value for name, value in attributes if name in SHOWN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT_ELEMENTS

    def handle_data(self, text: str) -> None:
        if not self.silent:
            self.texts.append(text.strip())


def shown_texts(page: str) -> list[str]:
    """What a person reads or hears of a page, piece by piece."""
    parser = _Texts()
    parser.feed(page)
    parser.close()
    return [" ".join(text.split()) for text in parser.texts if text]


def literals(template: str) -> Iterator[str]:
    """Each text with words in it, outside of what Jinja computes and translates."""
    for text in shown_texts(JINJA.sub(COMPUTED, template)):
        if set(WORD.findall(text)) - SAME_IN_ALL_LANGUAGES:
            yield text
