"""What asks again before it is done: what cuts a charge, or may put a station out of order."""

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from domain.command_parameters import Parameters, Reset, Unlock, UpdateFirmware
from domain.models import Action, ChargingSession, Outlet
from portal.database import database


def question(action: Action, asked: Parameters, station_id: int) -> str | None:
    """What a person is asked before it is done at one station; None where nothing is at stake."""
    if action is Action.REMOTE_STOP:
        return _("A driver counts on this charge. Stop it now?")
    if action is Action.UPDATE_FIRMWARE:
        return _("The station cannot be used while it installs. Is the image the right one for it?")
    if isinstance(asked, Reset) and asked.type == "hard":
        return _cut(_running(station_id))
    if isinstance(asked, Unlock) and _running(station_id, asked.outlet):
        return _("A charge runs at this outlet and is ended. Unlock it all the same?")
    return None


def may_cut_charges(asked: Parameters) -> bool:
    """Whether charges may end by it at any of many stations."""
    return isinstance(asked, UpdateFirmware) or (isinstance(asked, Reset) and asked.type == "hard")


def _cut(running: int) -> str:
    if not running:
        return _("No charge runs now. Restart the station at once?")
    return ngettext(
        "%(num)d charge runs and is cut. Restart the station at once?",
        "%(num)d charges run and are cut. Restart the station at once?",
        running,
    )


def _running(station_id: int, outlet: int | None = None) -> int:
    at = select(Outlet.id).where(Outlet.station_id == station_id)
    if outlet is not None:
        at = at.where(Outlet.number == outlet)
    open_ones = select(func.count()).where(ChargingSession.ended_at.is_(None), ChargingSession.outlet_id.in_(at))
    return database().scalar(open_ones) or 0
