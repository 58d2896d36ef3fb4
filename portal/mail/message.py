"""An e-mail in text and HTML, in the language of whoever receives it."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

TEMPLATES = Path(__file__).parent / "templates"
TRANSLATIONS = Path(__file__).parents[1] / "translations"
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with it."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to one person."""

    to: str
    subject: str
    text: str
    html: str
    attachment: Attachment | None = None
    message_id: str | None = None
    """Of one that may have to be sent again; others get one when they are sent."""
    unsubscribe_url: str | None = None
    """Where mail programs ask that its reader gets no more such (RFC 8058)."""


def render(
    template: str,
    to: str,
    language: str | None,
    /,
    attachment: Attachment | None = None,
    message_id: str | None = None,
    unsubscribe_url: str | None = None,
    **values: Any,
) -> Message:
    """The message of the files `<template>.txt`, whose first line is the subject, and `<template>.html`."""
    environment = _environment(language or DEFAULT_LANGUAGE)
    subject, _, text = environment.get_template(f"{template}.txt").render(values).partition("\n")
    html = environment.get_template(f"{template}.html").render(values, subject=subject)
    # A name may hold what ends a line somewhere (U+2028); no letter could be made of such a subject.
    return Message(to, " ".join(subject.split()), text.strip() + "\n", html, attachment, message_id, unsubscribe_url)


@lru_cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
    )
    translations: NullTranslations = Translations.load(TRANSLATIONS, [language])
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["language"] = language
    return environment
