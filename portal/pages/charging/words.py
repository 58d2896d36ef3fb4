"""How outlets and ways are told to a driver."""

from collections.abc import Mapping

from flask_babel import gettext, ngettext

from domain.charging_places import OutletHere
from domain.statuses import OutletStatus, Shown
from portal import formats

SHORT_M = 995
"""What is nearer is told in metres, by tens."""


def outlet_state(here: OutletHere) -> str:
    """What the symbol means for somebody who wants to charge."""
    match here.shown:
        case Shown.AVAILABLE:
            return gettext("free")
        case Shown.CHARGING:
            return gettext("reserved") if here.status is OutletStatus.RESERVED else gettext("taken")
        case Shown.FAULT:
            return gettext("fault")
        case Shown.OFFLINE:
            if not here.station_online:
                return gettext("not connected")
            return gettext("not told yet") if here.status is None else gettext("out of service")


def how_many(outlets: Mapping[Shown, int]) -> str:
    """Such as `2 free of 5`."""
    whole = sum(outlets.values())
    return ngettext("%(free)d free of %(num)d outlet", "%(free)d free of %(num)d outlets", whole, free=free(outlets))


def free(outlets: Mapping[Shown, int]) -> int:
    return outlets.get(Shown.AVAILABLE, 0)


def site_state(outlets: Mapping[Shown, int]) -> Shown:
    """A driver asks for the best there is, where an operator asks for the worst."""
    order = (Shown.AVAILABLE, Shown.CHARGING, Shown.FAULT, Shown.OFFLINE)
    return next((shown for shown in order if outlets.get(shown)), Shown.OFFLINE)


def distance(metres: float | None) -> str:
    if metres is None:
        return ""
    if metres < SHORT_M:
        return gettext("%(metres)s m", metres=formats.number(round(metres, -1)))
    return gettext("%(kilometres)s km", kilometres=formats.number(metres / 1000, 1 if metres < 99_950 else 0))
