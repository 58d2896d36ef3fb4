"""The reasons of the rules that are shipped (domain/alarms/rules.py), as a person reads them."""

from flask_babel import gettext


def N_(message: str) -> str:
    """Taken into the catalogue, and translated when it is shown."""
    return message


REASONS = (
    N_("The manufacturer's code tells that software and hardware do not fit."),
    N_("Too hot inside the station."),
    N_("The protection against too much current has tripped."),
    N_("The residual current device has tripped."),
    N_("A phase that stays away is a blown fuse; a short dip is none."),
    N_("A short peak of the supply passes by itself."),
    N_("The lock of the plug does not work."),
    N_("An error of hardware or software within."),
    N_("What it is, the manufacturer's code may tell."),
    N_("The meter cannot be read."),
    N_("The contactor does not switch."),
    N_("The reader of tags does not work."),
    N_("It could not restart."),
    N_("OCPP 1.2 and 1.5: often the car's fault; one that stays is the station's."),
    N_("OCPP 1.6: often the car's fault; one that stays is the station's."),
    N_("If the connection is lost, No network tells it."),
    N_("The list of tags is mended by sending it anew."),
)


def why(note: str) -> str:
    """In the language of who looks; what somebody has written here stays as it is."""
    return gettext(note) if note in REASONS else note


def notes_that_say(text: str) -> list[str]:
    """The reasons, as they are stored, in which this stands as they are shown."""
    return [note for note in REASONS if text.casefold() in gettext(note).casefold()]
