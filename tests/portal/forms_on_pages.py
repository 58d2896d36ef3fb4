"""The form on a page as a browser would send it: every field with what stands in it."""

from html.parser import HTMLParser
from typing import Any


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.within = False
        self.select: str | None = None
        self.area: str | None = None
        self.first_option: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.within = "sheet" in (told.get("class") or "")
        if not self.within:
            return
        name, value = told.get("name"), told.get("value") or ""
        if tag == "input" and name:
            if told.get("type") not in ("checkbox", "radio") or "checked" in told:
                self.fields.setdefault(name, []).append(value)
        elif tag == "select":
            self.select, self.first_option = name, None
        elif tag == "option" and self.select:
            if "selected" in told:
                self.fields.setdefault(self.select, []).append(value)
            self.first_option = value if self.first_option is None else self.first_option
        elif tag == "textarea":
            self.area = name
            self.fields[name or ""] = [""]

    def handle_data(self, data: str) -> None:
        if self.area and self.within:
            self.fields[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.within = False
        elif tag == "select" and self.select:
            if self.select not in self.fields and self.first_option is not None:
                self.fields[self.select] = [self.first_option]
            self.select = None
        elif tag == "textarea" and self.area:
            self.fields[self.area][0] = self.fields[self.area][0].removeprefix("\r\n").removeprefix("\n")
            self.area = None


def form_on(page: str) -> dict[str, Any]:
    """By name; a list where several are ticked."""
    parser = _Form()
    parser.feed(page)
    assert parser.fields, "no form"
    return {name: values if len(values) > 1 else values[0] for name, values in parser.fields.items()}
