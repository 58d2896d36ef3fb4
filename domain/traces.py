"""What of a person may stand in other people's rows, and how it is found there and taken out.

A person is known by e-mail, full name and tags. E-mail and name are found wherever they stand as words, as people and
addresses (RFC 3986, 2.1) write them. A tag is found in every writing that a reader sends or a person types; a short one
is a number like any other, so it counts only where a tag stands (`"idTag": "12"`, `<idTag>12</idTag>`).
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

from domain.id_tokens import BARE, READERS, SEPARATORS, bytes_of, identity_of, tidy, written_for

DELETED = "deleted"
"""What stands there instead."""
SHORTEST_WORD = 8
"""A tag with fewer letters and digits is no word of its own."""

TAG_KEY = r"(?:\w*id_?(?:tag|token)s?|parent_token)"
"""What a tag is called in OCPP and in the domain."""
BEFORE_TAG = rf'(\\*"{TAG_KEY}\\*"\s*:\s*\\*"|<(?:\w+:)?{TAG_KEY}(?:\s[^<>]*)?>\s*)'
ROUGHLY_BEFORE_TAG = r"(?:tag|token)s?(?:[^0-9A-Za-z]*|[^<>]*>\s*)"
"""The same for PostgreSQL, which takes ten times as long for the whole of it."""
AFTER_TAG = r'(?=\s*[\\"<])'
BEFORE_WORD = "(?:(?<![0-9A-Za-z._+-])|(?<=%[0-9A-Fa-f][0-9A-Fa-f]))"
AFTER_WORD = "(?![0-9A-Za-z]|[.-][0-9A-Za-z])"


@dataclass(frozen=True)
class Traces:
    """E-mail and full name; and tags as they were entered or sent."""

    names: list[str]
    tags: list[str]

    def dumped(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def loaded(cls, text: str) -> "Traces":
        return cls(**json.loads(text))

    @cached_property
    def written_tags(self) -> list[str]:
        """Each tag in every writing, in capitals."""
        return sorted({written.upper() for tag in self.tags for written in _writings(tag)})

    @cached_property
    def pattern(self) -> str:
        """Finds at least all of it, quickly, in PostgreSQL's words; capital and small letters are the same."""
        return "|".join(
            [*([f"{ROUGHLY_BEFORE_TAG}{_any_of(self.written_tags)}"] if self.tags else []), _any_of(self._words)]
        )

    def without(self, value: Any, key: str = "") -> Any:
        """A text or a document without it; `key` is under which name it stands."""
        match value:
            case str():
                if re.fullmatch(TAG_KEY, key, re.IGNORECASE) and value.upper() in self.written_tags:
                    return DELETED
                return self._exactly.sub(lambda found: (found[1] or "") + DELETED, value)
            case dict():
                return {name: self.without(each, name) for name, each in value.items()}
            case list():
                return [self.without(each, key) for each in value]
            case _:
                return value

    @cached_property
    def _exactly(self) -> re.Pattern[str]:
        words = f"{BEFORE_WORD}{_any_of(self._words)}{AFTER_WORD}"
        return re.compile(f"{self._as_tag}|{words}" if self.tags else f"(){words}", re.IGNORECASE)

    @property
    def _as_tag(self) -> str:
        return f"{BEFORE_TAG}{_any_of(self.written_tags)}{AFTER_TAG}"

    @cached_property
    def _words(self) -> list[str]:
        """The longest first: one may begin as another does."""
        long = (tag for tag in self.written_tags if len(tag.translate(BARE)) >= SHORTEST_WORD)
        found = {form for word in (*self.names, *long) for form in _forms(word)}
        return sorted(found, key=lambda word: (-len(word), word))


def _writings(tag: str) -> Iterable[str]:
    identity = identity_of(tag)
    yield from (tag, tidy(tag), tidy(tag).translate(BARE), identity)
    for sent in {written_for(identity, reader) for reader in READERS}:
        yield sent
        if (printed := bytes_of(identity_of(sent))) is not None:
            yield from (printed.replace(" ", separator) for separator in ("", *SEPARATORS))


def _forms(word: str) -> set[str]:
    """As text, in an address, in JSON, in XML."""
    return {word, quote(word, safe=""), quote_plus(word), json.dumps(word)[1:-1], escape(word)}


def _any_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, words))})"
