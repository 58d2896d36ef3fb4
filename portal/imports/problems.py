"""What can be wrong with a file or a row, in words that say what would be right.

A row's problems travel to Redis and back and are read in another language than they arose in, so they are kept as a
code with values and become words where they are shown.
"""

from dataclasses import dataclass, field

from flask_babel import lazy_gettext

from domain.supply import SupplyFault
from domain.user_details import Refusal
from portal.refusal_words import in_words
from portal.role_words import ROLE_WORDS
from portal.supply_words import FAULTS

WORDS = {
    "needed": lazy_gettext("This is needed."),
    "too_long": lazy_gettext("At most %(most)s characters."),
    "unwritable": lazy_gettext("This contains characters that cannot be written."),
    "lost_letters": lazy_gettext(
        "Letters were lost when the file was saved (�). Save it as CSV UTF-8 or as an Excel workbook."
    ),
    "excel_error": lazy_gettext("Excel could not calculate this (%(value)s). Write the value itself."),
    "uncalculated": lazy_gettext(
        "This formula has no value yet. Open the file in Excel and save it, or write the value itself."
    ),
    "number_rounded": lazy_gettext(
        "Excel has rounded this number (%(value)s): it keeps 15 digits. "
        "Format the column as text, then type the tag again."
    ),
    "not_a_tag_number": lazy_gettext("%(value)s is no tag. Write its decimal or hexadecimal number."),
    "not_text": lazy_gettext("A date stands here. Format the cell as text, then type the value again."),
    "unknown_role": lazy_gettext("%(value)s is no role. Right would be one of: %(roles)s."),
    "not_yes_or_no": lazy_gettext("Write yes or no."),
    "not_a_date": lazy_gettext("%(value)s is not understood. Write a date such as 2026-12-31 or 2026-12-31 18:00."),
    "unknown_site": lazy_gettext("There is no site of the name %(value)s. Create it first, or correct the name."),
    "email_twice": lazy_gettext("This e-mail stands in row %(row)s already. Keep one of the two."),
    "tag_twice": lazy_gettext("The tag %(value)s stands in row %(row)s already. A tag belongs to one user."),
    "unknown_owner": lazy_gettext("Nobody has this e-mail, neither in the file nor in the portal."),
    "owner_refused": lazy_gettext("Its owner is refused, see row %(row)s."),
    "ends_before": lazy_gettext("This is before the tag becomes valid."),
    "not_a_number": lazy_gettext("%(value)s is no number."),
    "not_whole": lazy_gettext("%(value)s is no whole number."),
    "out_of_range": lazy_gettext("Between %(least)s and %(most)s."),
    "not_a_uuid": lazy_gettext("%(value)s is no UUID."),
    "not_a_time_zone": lazy_gettext("%(value)s is no time zone. Right would be one such as Europe/Copenhagen."),
    "unknown_word": lazy_gettext("%(value)s is not known here. Right would be one of: %(words)s."),
    "needed_for": lazy_gettext("This is needed, since the row tells of %(of)s."),
    "said_otherwise": lazy_gettext("Row %(row)s says something else: %(value)s."),
    "outlet_twice": lazy_gettext("This outlet stands in row %(row)s already. Keep one of the two."),
    "charge_box_id_taken": lazy_gettext("Another station has this charge box id."),
    "other_uuid": lazy_gettext("The outlet has another UUID, %(value)s. It stays as long as the outlet."),
    "uuid_taken": lazy_gettext("Another outlet has this UUID."),
    "meanwhile": lazy_gettext("Somebody else changed this at the same moment."),
    "own_account": lazy_gettext("This is your own account. Change it in the user settings, not by a file."),
    "cannot_be_emptied": lazy_gettext("This cannot be emptied. Leave the cell empty to keep what is there."),
    "position_in_parts": lazy_gettext("Latitude and longitude belong together."),
    "unknown_supply_controller": lazy_gettext(
        "No supply controller has the charge box id %(value)s, neither in the file nor in the portal."
    ),
    "supply_controller_refused": lazy_gettext("The supply controller is refused, see row %(row)s."),
    "only_supply_controller": lazy_gettext("Only a supply controller has this."),
    **{fault.name.lower(): words for fault, words in FAULTS.items()},
}


@dataclass(frozen=True)
class Problem:
    """Why a row is refused: in which field, and why. An empty field means the row as a whole."""

    field: str
    code: str
    values: dict[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    """Of a rule of the domain, whose words are those of the form for users."""

    @classmethod
    def of(cls, field: str, refusal: Refusal) -> "Problem":
        return cls(field, "refused", refusal=refusal)

    @classmethod
    def of_supply(cls, field: str, fault: SupplyFault) -> "Problem":
        return cls(field, fault.name.lower())

    @property
    def text(self) -> str:
        """In the language of whoever reads."""
        if self.refusal is not None:
            return in_words(self.refusal)
        roles = ", ".join(map(str, ROLE_WORDS.values()))
        return str(WORDS[self.code]) % (self.values | {"roles": roles})


class UnreadableFileError(Exception):
    """A file that cannot be read as a whole; the text says why and what would help."""
