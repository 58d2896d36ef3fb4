"""`python -m portal.translations.javascript`: writes the messages of our scripts to `portal/static/build/`.

`messages.<language>.js` is loaded before `messages.js`, which looks them up.
"""

import json
from pathlib import Path

from babel.messages import Catalog

from portal.translations import catalogue

BUILD = catalogue.PORTAL / "static" / "build"


def script(wanted: Catalog, translated: Catalog | None) -> str:
    """A script with each message and its translation, or its two for one and many; none for English."""
    found = {}
    for message in catalogue.messages(wanted):
        translation = translated.get(message.id, message.context) if translated else None
        if translation and translation.string:
            found[message.id if isinstance(message.id, str) else message.id[0]] = translation.string
    # "<" is escaped, so that the text could even stand inside a page.
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, indent=1).replace("<", "\\u003c")
    return f"window.messages = {text};\n"


def build(directory: Path = BUILD) -> None:
    """Write one file for each language, English too, so that a page need not know which have one."""
    directory.mkdir(parents=True, exist_ok=True)
    wanted = catalogue.from_scripts()
    (directory / "messages.en.js").write_text(script(wanted, None))
    for language in catalogue.LANGUAGES:
        (directory / f"messages.{language}.js").write_text(script(wanted, catalogue.read(language)))


if __name__ == "__main__":
    build()
