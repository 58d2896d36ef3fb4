"""Tags, and how stations read them, in words."""

from enum import StrEnum

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from domain.id_tokens import TagByteOrder, TagDigits, TagFault, bytes_of
from domain.models import Site, Station
from portal.record import Fact

BYTE_ORDERS = {
    TagByteOrder.AS_PRINTED.value: lazy_gettext("As printed on the tag"),
    TagByteOrder.REVERSED.value: lazy_gettext("Reversed"),
}
DIGITS = {
    TagDigits.DECIMAL.value: lazy_gettext("Decimal"),
    TagDigits.HEXADECIMAL.value: lazy_gettext("Hexadecimal"),
}
BYTE_ORDER = lazy_gettext("Byte order of tags")
DIGITS_ALONE = lazy_gettext("Tags of digits alone")
FAULTS = {
    TagFault.EMPTY: lazy_gettext("A tag has letters or digits."),
    TagFault.TOO_LONG: lazy_gettext("This is too long for a tag."),
    TagFault.SEVERAL: lazy_gettext("Enter one tag only, without comma or semicolon."),
    TagFault.STRANGE: lazy_gettext(
        "A tag has no other signs than the letters A to Z, digits and signs such as - and :."
    ),
    TagFault.ROUNDED: lazy_gettext(
        "A spreadsheet has made a number of this and digits may be lost. Enter it as it is printed on the tag."
    ),
}


def understood(identity: str) -> str:
    """What a tag is taken for, such as `DE AD BE EF = 3735928559`."""
    printed = bytes_of(identity)
    return identity if printed is None else gettext("%(bytes)s = %(number)s", bytes=printed, number=identity)


def byte_order_choice(inherited: LazyString) -> SelectField:
    """How a reader sends the bytes; `inherited` is the line for saying nothing."""
    return _choice(
        BYTE_ORDER,
        TagByteOrder,
        BYTE_ORDERS,
        inherited,
        lazy_gettext("Some readers send the bytes of a tag backwards. The event log tells when a tag looks like that."),
    )


def digits_choice(inherited: LazyString) -> SelectField:
    """What digits alone are; `inherited` is the line for saying nothing."""
    return _choice(
        DIGITS_ALONE,
        TagDigits,
        DIGITS,
        inherited,
        lazy_gettext(
            "A tag with a letter is hexadecimal anyway. About one in fifty has none: choose Hexadecimal where the"
            " reader sends hexadecimal."
        ),
    )


def _choice(
    label: LazyString, words: type[StrEnum], labels: dict[str, LazyString], inherited: LazyString, about: LazyString
) -> SelectField:
    return SelectField(
        label,
        coerce=lambda value: words(value) if value and value != "None" else None,
        choices=[SelectChoice("", inherited), *(SelectChoice(*each) for each in labels.items())],
        description=about,
    )


def reader_facts(node: Site | Station) -> list[Fact]:
    """How tags are read here, and whether that is said here or elsewhere."""
    site = node.site if isinstance(node, Station) else None
    settings = (
        (BYTE_ORDER, BYTE_ORDERS, node.tag_byte_order, site and site.tag_byte_order, TagByteOrder.AS_PRINTED),
        (DIGITS_ALONE, DIGITS, node.tag_digits, site and site.tag_digits, TagDigits.DECIMAL),
    )
    return [
        Fact(str(label), words[own] if own else _inherited(words[above or usual], above is not None))
        for label, words, own, above, usual in settings
    ]


def _inherited(word: LazyString, is_of_site: bool) -> str:
    return gettext("%(word)s (as the site)", word=word) if is_of_site else gettext("%(word)s (the usual)", word=word)
