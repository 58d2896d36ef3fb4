"""The messages as they stand in the sources, and the catalogue as it stands in its file."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import flask_appbuilder
import flask_wtf
import wtforms
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
PORTAL = HERE.parent
LANGUAGES = ("da",)
"""Those that are not in the code."""

LIBRARIES = tuple(Path(package.__file__).parent for package in (flask_appbuilder, flask_wtf, wtforms))

KEYWORDS = DEFAULT_KEYWORDS | {
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}

HEADER = """\
# The messages of Charge Portal, of Flask-AppBuilder and of WTForms.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def path(language: str, root: Path = HERE) -> Path:
    return root / language / "LC_MESSAGES" / "messages.po"


def from_sources(portal: Path = PORTAL) -> Catalog:
    """Every message that a person can be shown."""
    catalogue = Catalog()
    for root in (portal, *LIBRARIES):
        for message_id, context, flags in _extract(root):
            catalogue.add(message_id, context=context, flags=flags)
    return catalogue


def from_scripts(portal: Path = PORTAL) -> Catalog:
    """The messages of our own scripts."""
    catalogue = Catalog()
    for file, message_id, context in _extract_files(portal):
        if file.endswith(".js"):
            catalogue.add(message_id, context=context)
    return catalogue


def _extract(root: Path) -> Iterator[tuple[str | tuple[str, ...], str | None, set[str]]]:
    for _file, message_id, context in _extract_files(root):
        texts = message_id if isinstance(message_id, tuple) else (message_id,)
        yield message_id, context, {"python-format"} if any("%(" in text for text in texts) else set()


def _extract_files(root: Path) -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    with (HERE / "babel.cfg").open() as configuration:
        methods, options = parse_mapping_cfg(configuration)
    for file, _line, message_id, _comments, context in extract_from_dir(root, methods, options, KEYWORDS):
        yield file, message_id, context


def read(language: str, root: Path = HERE) -> Catalog:
    with path(language, root).open("rb") as file:
        return read_po(file, locale=language)


def write(catalogue: Catalog, language: str, root: Path = HERE) -> None:
    """Sorted and without places in the sources, so that a change shows just what changed."""
    body = BytesIO()
    write_po(body, catalogue, width=120, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    path(language, root).parent.mkdir(parents=True, exist_ok=True)
    path(language, root).write_text(HEADER.format(language=language) + body.getvalue().decode())


def messages(catalogue: Catalog) -> list[Message]:
    """Without the header."""
    return [message for message in catalogue if message.id]
