"""/api/v1/meter_values/"""

from collections.abc import Sequence
from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from marshmallow import Schema, fields
from sqlalchemy import ColumnElement, Select, case, false, func, select

from domain.changes import Stamped
from domain.models import ChargingSession, MeterValue, Outlet
from domain.models.columns import LARGEST_BIG_KEY, LARGEST_KEY
from portal.api.export import ExportApi
from portal.api.fields import Moment, Number, Whole
from portal.table.column import Expression

STATION = func.coalesce(Outlet.station_id, case((MeterValue.outlet_id < 0, -MeterValue.outlet_id)))
"""Of a main meter's reading the station's number stands in the outlet's place, negated (domain/meter_values.py)."""


class MeterValueSchema(Schema):
    """What a meter showed at a moment. It is written once and never changed."""

    id = Whole(metadata={"example": 1})
    received_at = Moment(metadata={"description": "when the portal was told"})
    measured_at = Moment(metadata={"description": "by the station's clock"})
    node_id = Whole(
        0, LARGEST_KEY, allow_none=True, metadata={"description": "the station's id; empty once its outlet is deleted"}
    )
    outlet_id = Whole(
        -LARGEST_KEY, LARGEST_KEY, metadata={"description": "of a station's main meter the station's id, negated"}
    )
    charging_session_id = Whole(allow_none=True, metadata={"description": "empty where no car charged"})
    energy_wh = Number(allow_none=True, metadata={"description": "the register, summed over phases"})
    power_w = Number(allow_none=True)
    current_a = Number(allow_none=True)
    soc_percent = Number(allow_none=True)
    samples = fields.Raw(metadata={"description": "the sampled values as the station sent them; in CSV as JSON"})


class MeterValueApi(ExportApi):
    """Far too many to be listed: they are had as a file."""

    resource_name = "meter_values"
    datamodel = SQLAInterface(MeterValue)
    schema = export_schema = MeterValueSchema
    include_route_methods = {"info", "export"}
    largest_key = LARGEST_BIG_KEY

    def column(self, name: str) -> ColumnElement[Any] | None:
        return {"node_id": STATION, "samples": None}.get(name, getattr(MeterValue, name, None))

    def joined(self) -> Select[Any]:
        return select(MeterValue).outerjoin(Outlet, Outlet.id == MeterValue.outlet_id)

    def exported(self, _model: type[Stamped], name: str) -> Expression:
        return STATION if name == "node_id" else getattr(MeterValue, name)

    def narrowing(self, filters: Sequence[dict[str, Any]]) -> list[ColumnElement[bool]]:
        """The readings of an outlet lie together: those of a station or of a charge are found by its outlets."""
        found = []
        for each in filters:
            wanted = {"eq": [each["value"]], "in": each["value"]}.get(each["opr"])
            if not wanted or None in wanted:
                continue
            if each["col"] == "node_id":
                outlets = self.db.scalars(select(Outlet.id).where(Outlet.station_id.in_(wanted))).all()
                found.append(MeterValue.outlet_id.in_([*outlets, *(-station for station in wanted)]))
            elif each["col"] == "charging_session_id":
                found.append(self._of_charges(wanted))
        return found

    def _of_charges(self, ids: Sequence[int]) -> ColumnElement[bool]:
        """No reading of a charge arrives before its start does."""
        charge = ChargingSession
        charges = self.db.execute(select(charge.outlet_id, charge.logged_at).where(charge.id.in_(ids))).all()
        if not charges:
            return false()
        first_at = min(row.logged_at for row in charges)
        return MeterValue.outlet_id.in_({row.outlet_id for row in charges}) & (MeterValue.received_at >= first_at)
