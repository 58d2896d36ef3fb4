"""A file as it was sent becomes sheets; its content says what it is, not its name."""

from flask_babel import gettext

from portal.imports.columns import Layout
from portal.imports.csv import read_csv
from portal.imports.problems import UnreadableFileError
from portal.imports.sheets import Read
from portal.imports.xlsx import read_xlsx

LARGEST_FILE_BYTES = 5 * 1024 * 1024
MEGABYTE = 1024 * 1024

ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What Excel's files before 2007 begin with, and those under a password."""
UNDER_PASSWORD = "EncryptedPackage".encode("utf-16-le")


def read(file_name: str, content: bytes, layout: Layout) -> Read:
    """
    Raises:
        UnreadableFileError: it cannot be read, with the reason in words.
    """
    if not content.strip():
        raise UnreadableFileError(gettext("This file is empty."))
    if len(content) > LARGEST_FILE_BYTES:
        raise UnreadableFileError(
            gettext(
                "This file is larger than %(most)s MB. Share its rows among several.",
                most=LARGEST_FILE_BYTES // MEGABYTE,
            )
        )
    if content.startswith(COMPOUND):
        raise UnreadableFileError(_about_compound(content))
    if content.startswith(ZIP):
        return read_xlsx(file_name, content)
    return read_csv(file_name, content, layout.known_headings)


def _about_compound(content: bytes) -> str:
    if UNDER_PASSWORD in content:
        return gettext("This workbook is protected with a password. Save it without one, and try again.")
    return gettext("This is a file of an older Excel (.xls). Save it as “Excel workbook (.xlsx)”, and try again.")
