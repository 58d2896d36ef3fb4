"""What a tag is, in whatever form it arrives.

Theory. A tag carries a UID, some bytes. Readers and people write them as a decimal or a hexadecimal number, with
capital or small letters, with or without separators and leading zeros; what all these have in common is the number. So
the identity of a tag is its number, decimal, as text; and of anything with a letter beyond F (an app's identity, an
eMAID) the text itself in capitals without separators. Nothing is guessed, since a guess could let a stranger in: digits
alone are decimal, unless they are written byte by byte (`04:12:34:56`) or after `0x`, or the station is said to send
hexadecimal. In which order a reader sends the bytes is said of the station too. To turn them round one must know how
many they are: as many as are written in hexadecimal, if UIDs come in that size, else the fewest that hold the number.
See docs/decisions/a-tag-is-its-number.md.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase

from domain.errors import DomainError


class TagByteOrder(StrEnum):
    """In which order a station's reader sends the bytes of a tag."""

    AS_PRINTED = "as_printed"
    REVERSED = "reversed"


class TagDigits(StrEnum):
    """What a tag of digits alone is at a station; one with a letter from A to F is hexadecimal anyhow."""

    DECIMAL = "decimal"
    HEXADECIMAL = "hexadecimal"


@dataclass(frozen=True, slots=True)
class Reader:
    """How a station sends tags. People write a tag as the usual reader does."""

    digits: TagDigits = TagDigits.DECIMAL
    byte_order: TagByteOrder = TagByteOrder.AS_PRINTED


USUAL = Reader()
READERS = tuple(Reader(digits, byte_order) for digits in TagDigits for byte_order in TagByteOrder)

SEPARATORS = " :._-"
BARE = str.maketrans(ascii_lowercase, ascii_uppercase, SEPARATORS)
LONGEST = 36
"""Without separators: idToken of OCPP 2.0.1 (2.27); idTag of 1.6 (7.28) has 20."""
LONGEST_ON_THE_WIRE = 20
"""In OCPP 1.6."""
LONGEST_WRITTEN = 64
"""With them: what the column holds."""

BYTE_BY_BYTE = re.compile(rf"[0-9A-Fa-f]{{2}}([{SEPARATORS}])[0-9A-Fa-f]{{2}}(?:\1[0-9A-Fa-f]{{2}}){{2,}}")
DECIMAL = re.compile(rf"[0-9]{{1,{LONGEST}}}")
HEXADECIMAL = re.compile(rf"[0-9A-F]{{1,{LONGEST}}}")

WRITTEN_SIZES = (4, 7, 8, 10)
"""The bytes of a UID: ISO 14443-3 (6.4.4) has 4, 7 and 10, ISO 15693-3 (4.1) has 8."""
ASSUMED_SIZES = (4, 7, 10)
"""Where leading zeros may be missing. Readers in stations are of ISO 14443."""


def identity_of(token: str, reader: Reader = USUAL) -> str:
    """The same for every way to write a tag, as `reader` sent it; empty for what is all separators."""
    written = tidy(token)
    bare = written.translate(BARE)
    number, size = None, 0
    if (hexadecimal := _hexadecimal(written, bare, reader.digits)) is not None:
        number, size = int(hexadecimal, 16), len(hexadecimal) // 2 if len(hexadecimal) % 2 == 0 else 0
    elif DECIMAL.fullmatch(bare):
        number = int(bare)
    if number is None:
        return bare
    return str(_turned_round(number, size) if reader.byte_order is TagByteOrder.REVERSED else number)


def readings(token: str) -> dict[Reader, str]:
    """What a tag that was sent is, by each way in which a reader may send it."""
    return {reader: identity_of(token, reader) for reader in READERS}


def _hexadecimal(written: str, bare: str, digits: TagDigits) -> str | None:
    """The hexadecimal digits, if that is what they are."""
    unmarked = bare.removeprefix("0X")
    if not HEXADECIMAL.fullmatch(unmarked):
        return None
    is_said_to_be = unmarked != bare or digits is TagDigits.HEXADECIMAL or BYTE_BY_BYTE.fullmatch(written)
    return unmarked if is_said_to_be or not DECIMAL.fullmatch(unmarked) else None


def _turned_round(number: int, written_size: int) -> int:
    """The number with its bytes in the other order; what is larger than a UID stays as it is."""
    size = written_size if written_size in WRITTEN_SIZES else _assumed_size(number)
    return number if size is None else int.from_bytes(number.to_bytes(size), "little")


def _assumed_size(number: int) -> int | None:
    return next((size for size in ASSUMED_SIZES if number < 256**size), None)


def tidy(token: str) -> str:
    """As it is kept: without blanks around it, and with just one between two words."""
    return " ".join(token.split())


def bytes_of(identity: str) -> str | None:
    """The bytes of a number as they are printed on tags, such as `DE AD BE EF`; None for a text."""
    if not DECIMAL.fullmatch(identity):
        return None
    number = int(identity)
    size = _assumed_size(number)
    return None if size is None else number.to_bytes(size).hex(" ").upper()


def written_for(identity: str, reader: Reader) -> str:
    """The identity as such a reader would send it: read so, it is the identity again."""
    number = int(identity) if DECIMAL.fullmatch(identity) else 0
    size = _assumed_size(number)
    if not number or size is None:
        return identity
    sent = _turned_round(number, size) if reader.byte_order is TagByteOrder.REVERSED else number
    hexadecimal = f"{sent:0{2 * size}X}"
    is_plain = reader.digits is TagDigits.HEXADECIMAL or not DECIMAL.fullmatch(hexadecimal)
    return hexadecimal if is_plain else f"0x{hexadecimal}"


class TagFault(StrEnum):
    """Why what was entered is no tag; the screen translates it."""

    EMPTY = "A tag has letters or digits."
    TOO_LONG = f"A tag has at most {LONGEST} letters and digits."
    SEVERAL = "Enter one tag only, without comma or semicolon."
    STRANGE = "A tag has none but the letters A to Z, digits and signs such as - and :."
    ROUNDED = "A spreadsheet has made a number of this and digits are lost. Format its cells as text."


class TagError(DomainError):
    """What was entered is no tag."""

    def __init__(self, fault: TagFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


ROUNDED = re.compile(r"[0-9][.,][0-9]+E[+-]?[0-9]+|[0-9]+E\+[0-9]+|[0-9]+[.,]0+")
"""How spreadsheets write large numbers."""
PRINTABLE = re.compile(r"[ -~]*")


def checked(token: str) -> str:
    """A tag as it was entered, by whichever way: form, API, file. Returns it as it is kept.

    Raises:
        TagError: it is none, and why.
    """
    written = tidy(token)
    if fault := _fault(written):
        raise TagError(fault)
    return written


def _fault(written: str) -> TagFault | None:
    bare = written.translate(BARE)
    if ROUNDED.fullmatch(written.upper()):
        return TagFault.ROUNDED
    if "," in bare or ";" in bare:
        return TagFault.SEVERAL
    if not PRINTABLE.fullmatch(bare):
        return TagFault.STRANGE
    if not any(character.isalnum() for character in bare):
        return TagFault.EMPTY
    if len(bare) > LONGEST or len(written) > LONGEST_WRITTEN:
        return TagFault.TOO_LONG
    return None
