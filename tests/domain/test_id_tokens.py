"""What a tag is, in whatever form it arrives."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.id_tokens import (
    LONGEST,
    READERS,
    Reader,
    TagByteOrder,
    TagDigits,
    TagError,
    TagFault,
    bytes_of,
    checked,
    identity_of,
    readings,
    written_for,
)

HEXADECIMAL = Reader(digits=TagDigits.HEXADECIMAL)
REVERSED = Reader(byte_order=TagByteOrder.REVERSED)

uids = st.sampled_from((4, 7, 8, 10)).flatmap(lambda size: st.binary(min_size=size, max_size=size))
plain_uids = uids.filter(lambda uid: not any(character in "abcdef" for character in uid.hex()))
"""Those without a letter in hexadecimal."""
tokens = st.text(st.sampled_from("0123456789abcdefABCDEFxXgZ :-._*/é٣ıß"), max_size=80) | st.text(max_size=80)

SAME = {
    "a number": (
        "3735928559",
        ("DEADBEEF", "deadbeef", "DE AD BE EF", "de:ad:be:ef", "DE-AD-BE-EF", "0xDEADBEEF", "0X00DEADBEEF",
         " 3735928559 ", "003735928559", "3 735 928 559", "DE  AD\tBE\u00a0EF", "dead.beef", "DEAD_BEEF"),
    ),
    "digits alone are decimal": ("4123456", ("4123456", "04123456", "0004123456", "4.123.456", "04 123 456")),
    "digits byte by byte are hexadecimal": ("68301910", ("04:12:34:56", "04 12 34 56", "04-12-34-56", "0x04123456")),
    "three groups of two are not yet bytes": ("123456", ("12 34 56", "12:34:56")),
    "groups of two by different signs are no bytes": ("12345678", ("12:34-56 78",)),
    "an eMAID": ("DK8AAC12345678", ("DK-8AA-C12345678", "dk8aac12345678", "DK 8AA C12345678")),
    "an app's": ("APP#7*Q", ("app#7*q", "App-#7*Q")),
    "0x before what is no number": ("0XG1", ("0xG1", "0-x-g-1")),
    "nothing of a tag": ("", ("", " ", "-", ":: __ ..")),
    "more digits than any tag has": ("9" * 5000, ("9" * 5000, "9" * 2500 + "-" + "9" * 2500)),
    "more hexadecimal digits than any tag has": ("AB" * 3000, ("ab" * 3000,)),
    "other alphabets stay as they are": ("٣٣ı", ("٣٣ı", "٣-٣ı")),
}  # fmt: skip


@pytest.mark.parametrize(("identity", "writings"), SAME.values(), ids=SAME.keys())
def test_writings_of_one_identity(identity: str, writings: tuple[str, ...]) -> None:
    assert {identity_of(writing) for writing in writings} == {identity}


def test_digits_alone_where_the_reader_sends_hexadecimal() -> None:
    assert identity_of("04123456", HEXADECIMAL) == identity_of("04:12:34:56") == "68301910"
    assert identity_of("DEADBEEF", HEXADECIMAL) == "3735928559"
    assert identity_of("DK-8AA-C12345678", HEXADECIMAL) == "DK8AAC12345678"


REVERSALS = {
    "EFBEADDE": "3735928559",
    "EF:BE:AD:DE": "3735928559",
    "4022250974": "3735928559",
    "00DEADBE": str(0xBEADDE00),
    "DEADBE": str(0xBEADDE00),
    "56:34:12:00:00:00:00": str(0x123456),
    "01:02:03:04:05:06:07:08": str(0x0807060504030201),
    "102030405060708A": str(0x8A70605040302010),
    "102030405060708AB": str(0xAB0807060504030201 << 8),
    "0102030405060708090A": str(0x0A090807060504030201),
    "1" + "0" * 25: "1" + "0" * 25,
    "DK-8AA-C12345678": "DK8AAC12345678",
}


@pytest.mark.parametrize(("sent", "identity"), REVERSALS.items(), ids=REVERSALS)
def test_a_reader_that_turns_the_bytes_round(sent: str, identity: str) -> None:
    assert identity_of(sent, REVERSED) == identity


@given(uids, st.sampled_from(("", " ", ":", "-", ".", "_")), st.booleans(), st.integers(0, 5))
def test_all_writings_of_a_uid_are_one(uid: bytes, separator: str, capital: bool, zeros: int) -> None:
    hexadecimal = uid.hex(separator) if separator else uid.hex()
    hexadecimal = hexadecimal.upper() if capital else hexadecimal
    identity = identity_of(str(int.from_bytes(uid)))
    assert identity == str(int.from_bytes(uid))
    assert identity_of("0" * zeros + identity) == identity
    assert identity_of(f"0x{hexadecimal}") == identity
    assert identity_of(hexadecimal, HEXADECIMAL) == identity
    if separator or not uid.hex().isdigit():
        assert identity_of(hexadecimal) == identity
    assert identity_of(checked(hexadecimal), HEXADECIMAL) == identity


@given(plain_uids)
def test_without_a_letter_only_the_setting_or_the_writing_tells(uid: bytes) -> None:
    assert identity_of(uid.hex()) == str(int(uid.hex()))
    assert identity_of(uid.hex(), HEXADECIMAL) == identity_of(uid.hex(" ")) == str(int.from_bytes(uid))


@given(uids, uids)
def test_two_uids_are_never_one(one: bytes, other: bytes) -> None:
    """But for leading zeros: that is the drawback of numbers."""
    assume(one.lstrip(b"\0") != other.lstrip(b"\0"))
    assert identity_of(one.hex(":")) != identity_of(other.hex(":"))
    assume(one.rstrip(b"\0") != other.rstrip(b"\0"))
    assert identity_of(one.hex(":"), REVERSED) != identity_of(other.hex(":"), REVERSED)


@given(uids)
def test_turned_round_twice_is_the_same(uid: bytes) -> None:
    turned = int(identity_of(uid.hex(":"), REVERSED)).to_bytes(len(uid))
    assert turned == uid[::-1]
    assert identity_of(turned.hex(":"), REVERSED) == identity_of(uid.hex(":"))


@given(tokens)
def test_an_identity_is_its_own(token: str) -> None:
    for identity in readings(token).values():
        assert identity_of(identity) == identity


@given(tokens)
def test_what_is_entered_has_an_identity_that_fits(token: str) -> None:
    try:
        kept = checked(token)
    except TagError:
        return
    assert identity_of(kept) == identity_of(token)
    assert checked(kept) == kept
    assert 0 < len(identity_of(kept)) <= 64 and len(kept) <= 64


@given(uids | st.just(b"\x12\x34\x56\x78"), st.sampled_from(READERS))
def test_what_is_written_for_a_reader_comes_back_as_the_identity(uid: bytes, reader: Reader) -> None:
    for identity in (identity_of(uid.hex(":")), "DK8AAC12345678", "0"):
        assert identity_of(written_for(identity, reader), reader) == identity


FAULTS = {
    "": TagFault.EMPTY,
    " - : ": TagFault.EMPTY,
    "***": TagFault.EMPTY,
    "A" * (LONGEST + 1): TagFault.TOO_LONG,
    "-" * 64 + "A": TagFault.TOO_LONG,
    "123, 456": TagFault.SEVERAL,
    "123;456": TagFault.SEVERAL,
    "٣٣٣٣": TagFault.STRANGE,
    "DE–AD–BE–EF": TagFault.STRANGE,
    "DE\0AD": TagFault.STRANGE,
    "3.64090E+09": TagFault.ROUNDED,
    "3,64E+09": TagFault.ROUNDED,
    "3640898313.0": TagFault.ROUNDED,
}


@pytest.mark.parametrize(("token", "fault"), FAULTS.items())
def test_what_is_no_tag(token: str, fault: TagFault) -> None:
    with pytest.raises(TagError) as refused:
        checked(token)
    assert (refused.value.fault, str(refused.value)) == (fault, fault.value)


def test_what_is_kept_of_a_tag() -> None:
    assert checked("  04 a1\t b2 c3 ") == "04 a1 b2 c3"
    assert checked("A" * LONGEST) == "A" * LONGEST


def test_the_bytes_of_an_identity() -> None:
    assert bytes_of("3735928559") == "DE AD BE EF"
    assert bytes_of("7") == "00 00 00 07"
    assert bytes_of(str(256**4)) == "00 00 01 00 00 00 00"
    assert bytes_of(str(256**10)) is None
    assert bytes_of("DK8AAC12345678") is None
