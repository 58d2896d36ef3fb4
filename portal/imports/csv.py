"""A CSV file becomes one sheet of text. What the file does not say is found out, and told."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence

from flask_babel import gettext

from portal.imports.pauses import paused
from portal.imports.problems import UnreadableFileError
from portal.imports.sheets import MOST_COLUMNS, MOST_ROWS, Read, Sheet
from portal.imports.values import Value, is_empty
from portal.imports.xlsx import too_many_rows

DELIMITERS = ";,\t"
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte order marks, which say the encoding for certain."""
ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
"""As people call them."""

SEPARATOR_LINE = re.compile(r"sep=([;,\t])\r?\n", re.IGNORECASE)
"""Excel's own first line that says the separator."""
Known = Callable[[Sequence[object]], set[str]]
"""Which of some headings are known."""

TELLING = re.compile(r"[^\s;,\"]*[^\x00-\x7f\s][^\s;,\"]*")
SAMPLE_WORDS = 8


def read_csv(file_name: str, content: bytes, known_headings: Known) -> Read:
    """
    Raises:
        UnreadableFileError: it is no text, has no headings that are known, or is too large.
    """
    text, encoding, is_guess = _decoded(content)
    text, delimiter = _delimited(text, known_headings)
    rows = list(_rows(text, delimiter))
    sample = list(dict.fromkeys(TELLING.findall(text)))[:SAMPLE_WORDS] if is_guess else []
    sheet = Sheet(file_name, "", rows, is_csv=True)
    return Read(file_name, [sheet], ENCODINGS[encoding], is_guess, delimiter, sample)


def _decoded(content: bytes) -> tuple[str, str, bool]:
    """The text, its encoding, and whether that is but a guess: plain ASCII is the same in all of them."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return _decode(content, encoding), encoding, False
    try:
        # Text in another encoding that happens to be valid UTF-8 is as good as unheard of.
        return _writable(content.decode("utf-8")), "utf-8", False
    except UnicodeDecodeError:
        return _decode(content, "cp1252"), "cp1252", True


def _decode(content: bytes, encoding: str) -> str:
    try:
        return _writable(content.decode(encoding))
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            gettext("The letters of this file are in neither UTF-8 nor Windows-1252. Save it as “CSV UTF-8”.")
        ) from error


def _writable(text: str) -> str:
    if "\0" in text:
        raise UnreadableFileError(gettext("This is neither an Excel workbook (.xlsx) nor a CSV file."))
    return text


def _delimited(text: str, known_headings: Known) -> tuple[str, str]:
    """The text below a line that names the separator, and the separator: the one that makes most headings known."""
    if named := SEPARATOR_LINE.match(text):
        return "\n" + text[named.end() :], named[1]
    first_line = next((line for line in text.splitlines() if line.strip(f" \t{DELIMITERS}")), "")
    known = {delimiter: len(known_headings(next(_reader(first_line, delimiter), []))) for delimiter in DELIMITERS}
    return text, max(known, key=lambda delimiter: known[delimiter])


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[Value]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    taken, number = 0, 1
    try:
        for row in paused(reader):
            starts_at, number = number, reader.line_num + 1
            if all(map(is_empty, row)):
                continue
            if len(row) > MOST_COLUMNS:
                raise UnreadableFileError(
                    gettext("Line %(line)s has more than %(most)s columns.", line=starts_at, most=MOST_COLUMNS)
                )
            if taken > MOST_ROWS:
                raise UnreadableFileError(too_many_rows())
            taken += 1
            yield starts_at, list(row)
    except csv.Error as error:
        raise UnreadableFileError(
            gettext("Line %(line)s is no CSV: look for a quotation mark that nothing closes.", line=number)
        ) from error
