"""What the forms of commands say: the name of each parameter, and what a word of it means."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import command_words

WHOLE_STATION = _l("The whole station")
STATION_CHOOSES = _l("The station chooses")
NO_IMAGE = _l("There is no image that fits yet. It is added under Configuration, Firmware.")

LABELS: Mapping[str, LazyString] = {
    "available": _l("From now on"),
    "charging_session": _l("Charge"),
    "data": _l("Data"),
    "duration_seconds": _l("For how many seconds"),
    "expires_at": _l("Until"),
    "extended": _l("Ask by the extended message of the security extension"),
    "firmware": _l("Image"),
    "id_token": _l("Tag"),
    "install_at": _l("Install not before"),
    "keys": _l("Parameters"),
    "kind": _l("Begins"),
    "log": _l("Which log"),
    "message": _l("Message"),
    "message_id": _l("Message id"),
    "outlet": _l("Outlet"),
    "parent_token": _l("Group"),
    "periods": _l("Steps"),
    "profile_id": _l("Number of the profile"),
    "purpose": _l("Holds for"),
    "reservation": _l("Reservation"),
    "retrieve_at": _l("Fetch not before"),
    "retries": _l("Number of retries"),
    "retry_seconds": _l("Seconds between two tries"),
    "since": _l("From"),
    "stack_level": _l("Level"),
    "start_at": _l("Beginning"),
    "type": _l("How"),
    "unit": _l("Unit"),
    "until": _l("To"),
    "update": _l("How much"),
    "valid_from": _l("Valid from"),
    "valid_to": _l("Valid to"),
    "vendor_id": _l("Vendor"),
}

HELPS: Mapping[str, LazyString] = {
    "data": _l("As the manufacturer's handbook says. It is kept in the history."),
    "id_token": _l("As it is printed on the tag. It is sent as this station would read it."),
    "install_at": _l("Of signed images only."),
    "keys": _l("One on each line. Empty for all."),
    "outlet": _l("The number. Empty for the whole station."),
    "parent_token": _l("Whoever has a tag of this group may charge as well."),
    "profile_id": _l("Empty for all that the other fields leave."),
    "retries": _l("Empty: as the station does it."),
    "since": _l("Empty: from the oldest entry that the station keeps."),
    "stack_level": _l("Where several hold, the higher one wins."),
    "start_at": _l("Needed unless it begins with each charge."),
    "until": _l("Empty: to the latest one."),
    "vendor_id": _l("The name under which the manufacturer sends messages of their own."),
}

CHOICES: Mapping[str, Mapping[str, LazyString]] = {
    "available": {"true": _l("In service"), "false": _l("Out of service")},
    "kind": {
        "relative": _l("With each charge"),
        "absolute": _l("Once, at a moment"),
        "daily": _l("Every day"),
        "weekly": _l("Every week"),
    },
    "log": command_words.LOGS,
    "message": command_words.MESSAGES,
    "purpose": command_words.PURPOSES,
    "type": {
        "soft": _l("Soft: charges are ended properly first"),
        "hard": _l("Hard: at once, and charges are cut"),
    },
    "unit": {"A": _l("A, for each phase"), "W": _l("W")},
    "update": {
        "full": _l("All tags anew"),
        "differential": _l("Only what changed since the last time"),
    },
}
