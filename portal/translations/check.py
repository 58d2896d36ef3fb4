"""`python -m portal.translations.check`: fails, one line for each, on what a Dane would see in English.

Run before every commit. It reads sources and catalogues and writes nothing.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message

from portal.translations import catalogue
from portal.translations.literals import literals

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")


def faults(sources: Catalog, translated: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, in the light of the messages in the sources."""
    for message in catalogue.messages(sources):
        translation = translated.get(message.id, message.context)
        if translation is None:
            yield f"missing: {_text(message)}"
        elif translation.fuzzy:
            yield f"fuzzy: {_text(message)}"
        elif not all(_forms(translation.string)):
            yield f"untranslated: {_text(message)}"
        elif not _same_placeholders(translation):
            yield f"other placeholders: {_text(message)}"
        elif translation.python_format and not all(map(_can_be_filled, _forms(translation.string))):
            yield f"a percent sign alone: {_text(message)}"
    for message in catalogue.messages(translated):
        if sources.get(message.id, message.context) is None:
            yield f"no longer in the sources: {_text(message)}"
    for message in translated.obsolete.values():
        yield f"obsolete: {_text(message)}"


def _forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def _can_be_filled(form: str) -> bool:
    try:
        form % defaultdict(int)
    except (TypeError, ValueError):
        return False
    return True


def _text(message: Message) -> str:
    return _forms(message.id)[0]


def _same_placeholders(message: Message) -> bool:
    """Each form uses what the original has; a form for one may leave out the number."""
    used = [set(PLACEHOLDER.findall(form)) for form in _forms(message.string)]
    given = [set(PLACEHOLDER.findall(form)) for form in _forms(message.id)]
    if len(given) == 1:
        return used == given
    return all(names <= given[0] | given[1] for names in used) and used[-1] == given[-1]


def check(portal: Path = catalogue.PORTAL, root: Path = catalogue.HERE) -> list[str]:
    """One line for each fault of every catalogue and template."""
    sources = catalogue.from_sources(portal)
    lines = [
        f"{language}: {fault}"
        for language in catalogue.LANGUAGES
        for fault in faults(sources, catalogue.read(language, root))
    ]
    for template in sorted((portal / "templates").rglob("*.html")):
        lines += [f"{template.name}: not marked for translation: {text}" for text in literals(template.read_text())]
    return lines


if __name__ == "__main__":
    found = check()
    for line in found:
        sys.stdout.write(line + "\n")
    sys.exit(1 if found else 0)
