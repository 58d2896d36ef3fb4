"""The table of an outlet's properties at services (manual, "Tabel over egenskaber for udtag og stik")."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy.exc import IntegrityError

from domain.models import Outlet
from domain.services import outlet_values
from domain.services.outlet_value import EVSE_UID, NOBIL_STATION, PROVIDER_OUTLET
from domain.services.outlet_values import Key, Line, OutletValueError, TakenError, TooLongError, UnwritableError
from portal.database import database
from portal.record import Page

NAMES = {
    NOBIL_STATION: lazy_gettext("Station id at the map"),
    PROVIDER_OUTLET: lazy_gettext("Outlet's id at the provider"),
    EVSE_UID: lazy_gettext("Outlet's id at the map (EVSE UID)"),
}


@dataclass(frozen=True)
class Table:
    """What is shown: what was typed, where something was, and what is wrong with it."""

    lines: list[Line]
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def field_of(line: Line) -> str:
        return f"value-{line.service.id}-{line.wanted.name}"

    def value(self, line: Line) -> str:
        return self.typed.get(self.field_of(line), line.value)

    def error(self, line: Line) -> str | None:
        return self.errors.get(self.field_of(line))

    @staticmethod
    def name(line: Line) -> str:
        return str(NAMES.get(line.wanted.name, line.wanted.name))


def table(outlet: Outlet) -> Table:
    return Table(outlet_values.lines(database(), outlet))


def save(outlet: Outlet) -> Table | Page:
    """What was sent; the table with what is wrong, if something is."""
    lines = outlet_values.lines(database(), outlet)
    typed = {name: request.form[name] for line in lines if (name := Table.field_of(line)) in request.form}
    values: dict[Key, str] = {line.key: typed[name] for line in lines if (name := Table.field_of(line)) in typed}
    try:
        outlet_values.put(database(), outlet, values)
        database().commit()
    except OutletValueError as error:
        database().rollback()
        service_id, name = error.key
        return Table(lines, typed, {f"value-{service_id}-{name}": _in_words(error)})
    except IntegrityError:
        database().rollback()
        flash(gettext("Somebody else saved the same at this moment. Check the entries, then save again."), "error")
        return Table(outlet_values.lines(database(), outlet), typed)
    flash(gettext("The properties at services were saved."), "success")
    return redirect(url_for("OutletView.show", pk=outlet.id))


def _in_words(error: OutletValueError) -> str:
    match error:
        case TakenError():
            return gettext("%(other)s has this value already.", other=error.other)
        case TooLongError():
            return gettext("At most %(max)d characters.", max=error.longest)
        case UnwritableError():
            return gettext("This contains characters that cannot be written.")
        case _:
            return str(error)
