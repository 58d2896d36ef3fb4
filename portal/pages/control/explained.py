"""What each command does, in the words of its form: what happens, what it does to a charge, what may go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from domain.models import Action


@dataclass(frozen=True)
class Explained:
    """The paragraphs of a form, and the word on its button."""

    button: Any
    about: tuple[Any, ...]


EXPLAINED: Mapping[Action, Explained] = {
    Action.REMOTE_START: Explained(
        _l("Start charging"),
        (
            _l("The station is asked to begin a charge with this tag, as if it had been held to the reader."),
            _l("The charge belongs to the tag's owner. If no cable is in, the station waits for it for a while."),
        ),
    ),
    Action.REMOTE_STOP: Explained(
        _l("Stop charging"),
        (
            _l("The station is asked to end the charge. Then it unlocks the cable, or leaves that to the car."),
            _l("The session ends when the station says so, with the energy that its meter shows then."),
        ),
    ),
    Action.RESET: Explained(
        _l("Restart"),
        (
            _l("Soft: the station ends each charge properly, tells the portal, and then starts anew."),
            _l(
                "Hard: it starts anew at once, as after a loss of power. Charges are cut and may miss their end until"
                " the station is back. Use it when the soft one does not help."
            ),
            _l("The station is away for a minute or more."),
        ),
    ),
    Action.UNLOCK: Explained(
        _l("Unlock"),
        (
            _l("The station lets the plug go, for a driver whose cable is stuck."),
            _l("A charge that runs at this outlet is ended first. A fixed cable has nothing to unlock."),
        ),
    ),
    Action.CHANGE_AVAILABILITY: Explained(
        _l("Change"),
        (
            _l("Out of service: nobody can begin a charge there, and the outlet is grey until it is put back."),
            _l("A charge that runs goes on; the station changes when it has ended. A restart changes nothing of it."),
        ),
    ),
    Action.UPDATE_FIRMWARE: Explained(
        _l("Update software"),
        (
            _l("The station fetches the image from the portal, checks it, installs it and starts anew."),
            _l("Most stations wait for charges to end first, some do not. While it installs, nobody can charge."),
            _l("An image for another model can put a station out of order until somebody visits it."),
        ),
    ),
    Action.GET_DIAGNOSTICS: Explained(
        _l("Fetch"),
        (
            _l("The station uploads what it noted about itself. The file appears under its tab Files."),
            _l("Charges are not touched."),
        ),
    ),
    Action.GET_LOG: Explained(
        _l("Fetch"),
        (
            _l("As diagnostics, by the message of the security extension, which newer stations understand."),
            _l("The file appears under the station's tab Files. Charges are not touched."),
        ),
    ),
    Action.SEND_LOCAL_LIST: Explained(
        _l("Download"),
        (
            _l(
                "The station is sent the tags of all users who may charge there. With that list it lets them charge"
                " even while it has no connection."
            ),
            _l("Charges are not touched. Only what changed is quicker, and is refused if the station lost its list."),
        ),
    ),
    Action.GET_LOCAL_LIST_VERSION: Explained(
        _l("Ask"),
        (_l("The station tells the version of the list of tags that it keeps. Nothing changes there."),),
    ),
    Action.GET_CONFIGURATION: Explained(
        _l("Read"),
        (_l("The station tells its parameters; they stand under its tab OCPP. Nothing changes there."),),
    ),
    Action.CLEAR_CACHE: Explained(
        _l("Clear"),
        (
            _l("The station forgets which tags the portal accepted lately. It asks again for each of them."),
            _l("Charges are not touched. While it has no connection, only its list of tags counts then."),
        ),
    ),
    Action.TRIGGER_MESSAGE: Explained(
        _l("Ask the station"),
        (_l("The station sends the message at once instead of when it is due. Nothing changes there."),),
    ),
    Action.RESERVE: Explained(
        _l("Reserve"),
        (
            _l("Until the time given, the outlet lets only this tag charge. To others it shows that it is reserved."),
            _l("A charge that runs is not touched: the station then refuses the reservation."),
        ),
    ),
    Action.CANCEL_RESERVATION: Explained(
        _l("Cancel the reservation"),
        (_l("The outlet is free for everybody again."),),
    ),
    Action.SET_CHARGING_PROFILE: Explained(
        _l("Set"),
        (
            _l("The station limits what cars may draw, step by step. A limit of 0 pauses charging."),
            _l("A charge that runs is slowed down or paused at once where the profile holds for it; it is not ended."),
        ),
    ),
    Action.CLEAR_CHARGING_PROFILE: Explained(
        _l("Clear"),
        (
            _l("The station forgets the charging profiles that fit. With all fields empty it forgets them all."),
            _l("A charge that runs may then draw what the station itself allows."),
        ),
    ),
    Action.GET_COMPOSITE_SCHEDULE: Explained(
        _l("Ask"),
        (_l("The station works out what all its charging profiles together allow. Nothing changes there."),),
    ),
    Action.DATA_TRANSFER: Explained(
        _l("Send"),
        (
            _l("A message of the manufacturer's own. What it does stands in their handbook and nowhere else."),
            _l("It may do anything, also to charges."),
        ),
    ),
}
"""Of every command that has a form here. A parameter is changed under the tab OCPP, which knows what may come of it."""
