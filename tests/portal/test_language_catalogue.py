"""The catalogues are complete, and the check says so when they are not."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal.translations import catalogue
from portal.translations.check import check
from portal.translations.javascript import build
from portal.translations.literals import literals


def test_everything_is_danish() -> None:
    assert check() == []


@pytest.fixture(scope="module")
def of_libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of the messages that are not ours."""
    root = tmp_path_factory.mktemp("libraries")
    shutil.copytree(catalogue.HERE / "da", root / "da")
    libraries = catalogue.from_sources(root / "nothing")
    known = catalogue.read("da")
    for message in catalogue.messages(known):
        if libraries.get(message.id, message.context) is None:
            known.delete(message.id, message.context)
    catalogue.write(known, "da", root)
    return root / "da"


@pytest.fixture
def small(of_libraries: Path, tmp_path: Path) -> Path:
    """A portal with one page, one script, one module, and their translations."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "static").mkdir()
    (tmp_path / "templates" / "page.html").write_text("<h1>{{ _('A heading') }}</h1>")
    (tmp_path / "static" / "page.js").write_text('ngettext("%(num)s row of it", "%(num)s rows of it", rows);')
    (tmp_path / "words.py").write_text('lazy_gettext("%(name)s is a word")')
    shutil.copytree(of_libraries, tmp_path / "da")
    with catalogue.path("da", tmp_path).open("a") as file:
        file.write(TRANSLATED)
    return tmp_path


TRANSLATED = """
msgid "A heading"
msgstr "En overskrift"

#, python-format
msgid "%(name)s is a word"
msgstr "%(name)s er et ord"

#, python-format
msgid "%(num)s row of it"
msgid_plural "%(num)s rows of it"
msgstr[0] "%(num)s række af det"
msgstr[1] "%(num)s rækker af det"
"""


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("", "", []),
        ('"En overskrift"', '""', ["da: untranslated: A heading"]),
        ('"%(num)s rækker af det"', '""', ["da: untranslated: %(num)s row of it"]),
        ('msgid "A heading"', '#, fuzzy\nmsgid "A heading"', ["da: fuzzy: A heading"]),
        ('"%(name)s er et ord"', '"%(navn)s er et ord"', ["da: other placeholders: %(name)s is a word"]),
        ('"%(name)s er et ord"', '"et ord"', ["da: other placeholders: %(name)s is a word"]),
        ('"%(name)s er et ord"', '"%(name)s er 5 % af"', ["da: a percent sign alone: %(name)s is a word"]),
        ('"%(name)s er et ord"', '"%(name)s er 5 %"', ["da: a percent sign alone: %(name)s is a word"]),
        (
            'msgid "A heading"',
            'msgid "A title"',
            ["da: missing: A heading", "da: no longer in the sources: A title"],
        ),
        ('msgid "A heading"', '#~ msgid "Gone"\n#~ msgstr "Væk"\n\nmsgid "A heading"', ["da: obsolete: Gone"]),
    ],
)
def test_the_check_finds(small: Path, before: str, after: str, lines: list[str]) -> None:
    file = catalogue.path("da", small)
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after) if before else text)
    assert check(small, small) == lines


def test_the_check_finds_a_text_that_nobody_marked(small: Path) -> None:
    (small / "templates" / "page.html").write_text("<h1>{{ _('A heading') }}</h1><p>Plain English</p>")
    assert check(small, small) == ["page.html: not marked for translation: Plain English"]


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("{# a comment #}<p class='{{ kind }} wide'>{{ _('Marked') }} {{ energy|kwh }} kWh 3 × 4</p>", []),
        ("{% trans name=name %}Hello {{ name }}{% endtrans %}<style>p { color: red }</style>", []),
        ("<script nonce='{{ csp_nonce() }}'>const word = 'English';</script>", []),
        ("<p>Hello {{ name }}, welcome</p>", ["Hello …, welcome"]),
        ("<input placeholder='Your name' value='{{ name }}'>", ["Your name"]),
        ("<a title=\"{{ _('Marked') }}\" aria-label='Open'>…</a>", ["Open"]),
        ("<div>{% if done %}Done{% endif %}</div>", ["…Done…"]),
    ],
)
def test_literal_texts_in_templates(template: str, found: list[str]) -> None:
    assert list(literals(template)) == found


def test_the_command_says_by_its_exit_code_that_all_is_well() -> None:
    done = subprocess.run([sys.executable, "-m", "portal.translations.check"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_scripts_get_their_messages(tmp_path: Path) -> None:
    build(tmp_path)
    files = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert sorted(files) == ["messages.da.js", "messages.en.js"]
    assert files["messages.en.js"] == "window.messages = {};\n"
    text = files["messages.da.js"].removeprefix("window.messages = ").removesuffix(";\n")
    assert json.loads(text)["%(num)d station"] == ["%(num)d ladestation", "%(num)d ladestationer"]
    assert "<" not in text
