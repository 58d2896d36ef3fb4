"""Which feed a station stands behind: the field of its form, and the line on its page."""

from typing import Any

from flask import url_for
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from sqlalchemy import select

from domain import supply
from domain.models import Site, Station, StationKind
from domain.supply import SupplyError, SupplyFault
from portal.database import database
from portal.forms import RecordChoice
from portal.node import key_of
from portal.record import Fact
from portal.viewer import scoped


def supply_field() -> RecordChoice:
    return RecordChoice(
        lazy_gettext("Supply controller"),
        empty=lazy_gettext("None"),
        description=lazy_gettext("Whose feed it stands behind; on the same site."),
    )


def offer(field: RecordChoice) -> None:
    """The supply controllers that this user may see, by site."""
    found = (
        select(Station.id, Station.name, Site.name)
        .join(Station.site)
        .where(Station.kind == StationKind.SUPPLY_CONTROLLER)
        .order_by(Site.name, Station.name)
    )
    field.offer([])
    for pk, name, site_name in database().execute(scoped(found, Station)):
        field.offer([(pk, name)], site_name)


def fault_of(form: Any) -> SupplyFault | None:
    """What speaks against the kind and the feed that a form says."""
    station_id = form.record.id if form.record else None
    said = (form.kind.data, form.site_id.data, form.supply_controller_id.data)
    try:
        supply.check(database(), station_id, *said)
    except SupplyError as error:
        return error.fault
    return None


def facts(station: Station) -> list[Fact]:
    if station.kind == StationKind.SUPPLY_CONTROLLER:
        return [Fact(gettext("Fuse"), fuse_in_words(station))]
    if station.supply_controller_id is None:
        return []
    controller = database().get(Station, station.supply_controller_id)
    if controller is None or controller.site_id != station.site_id:
        return []
    url = url_for("SupplyLoadView.index", node=key_of(controller))
    return [Fact(gettext("Supply controller"), Markup('<a href="{}">{}</a>').format(url, controller.name))]


def fuse_in_words(controller: Station) -> str:
    """Such as `3 × 250 A, 230 V`."""
    fuse = supply.fuse_of(controller)
    if fuse is None:
        return ""
    words = {"phases": fuse.phases, "amperes": fuse.current_a, "volts": fuse.voltage_v}
    return gettext("%(phases)s × %(amperes)s A, %(volts)s V", **words)
