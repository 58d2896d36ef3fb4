"""/api/v1/stations/"""

from collections.abc import Sequence
from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import inspect

from domain import endpoints, nodes, positions, station_passwords, supply
from domain.alarms.sweeping import LONGEST_WAIT_SECONDS
from domain.endpoints import EndpointError
from domain.id_tokens import TagByteOrder, TagDigits
from domain.models import Floor, Site, Station, StationKind
from domain.station_passwords import PasswordError
from domain.statuses import StationStatus
from domain.supply import SupplyError, SupplyFault
from portal.api.base import Api, Values
from portal.api.body import json_body
from portal.api.errors import refuse
from portal.api.fields import Flag, Key, Moment, Name, Number, Text, Whole


def _is_password(password: str) -> None:
    try:
        station_passwords.check(password)
    except PasswordError as error:
        raise ValidationError(str(error)) from None


class Endpoint(Text):
    """Where a station is called; see domain/endpoints.py."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        url = super()._deserialize(value, *args, **options)
        try:
            endpoints.check(url)
        except EndpointError as error:
            raise ValidationError(str(error)) from None
        return url


class StationSchema(Schema):
    """One device, on a site or on one of its floors."""

    id = Whole(dump_only=True, metadata={"example": 1})
    name = Name(Station.name, required=True, metadata={"example": "CC-101"})
    charge_box_id = Name(
        Station.charge_box_id,
        required=True,
        metadata={"example": "CB-101", "description": "the station's own name, letter by letter"},
    )
    previous_charge_box_id = fields.String(
        load_only=True,
        metadata={
            "example": "CB-100",
            "description": "the consent to a new charge_box_id for a station that has called: the one until now. "
            "The device is turned away until it calls itself by the new one",
        },
    )
    site = Key(Site, attribute="site_id", required=True, metadata={"example": 1})
    floor = Key(Floor, attribute="floor_id", allow_none=True, metadata={"example": 1})
    plan_x = Number(
        0,
        1,
        allow_none=True,
        metadata={"example": 0.25, "description": "where it stands on the floor's plan: from the left, 0 to 1"},
    )
    plan_y = Number(0, 1, allow_none=True, metadata={"example": 0.5, "description": "the same from the top"})
    street = Text(Station.street, metadata={"description": "its own address, where it stands on no floor"})
    postal_code = Text(Station.postal_code)
    city = Text(Station.city)
    country = Text(Station.country)
    latitude = Number(-90, 90, allow_none=True, metadata={"description": "without one it is where its site is"})
    longitude = Number(-180, 180, allow_none=True)
    kind = fields.Enum(StationKind, by_value=fields.String())
    description = Text(Station.description)
    tag_byte_order = fields.Enum(
        TagByteOrder,
        by_value=fields.String(),
        allow_none=True,
        metadata={"description": "how its reader sends the bytes of a tag; null is as the site"},
    )
    tag_digits = fields.Enum(
        TagDigits,
        by_value=fields.String(),
        allow_none=True,
        metadata={"description": "what a tag of digits alone is; null is as the site"},
    )
    silence_seconds = Whole(
        0,
        LONGEST_WAIT_SECONDS,
        allow_none=True,
        metadata={"description": "how long nothing is heard until there is an alarm; null is as the site says"},
    )
    password = fields.String(
        load_only=True,
        allow_none=True,
        validate=_is_password,
        metadata={"format": "password", "description": "of HTTP Basic, 16 to 40 characters; null takes it away"},
    )
    supply_controller = Key(
        Station,
        attribute="supply_controller_id",
        allow_none=True,
        metadata={"description": "the feed that it stands behind, on the same site"},
    )
    fuse_phases = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.OneOf(supply.PHASES),
        metadata={"description": "of a supply controller, as are the next two", "example": 3},
    )
    fuse_a = Whole(
        1, supply.MOST_FUSE_A, allow_none=True, metadata={"description": "on each phase, in amperes", "example": 250}
    )
    voltage_v = Whole(
        supply.LEAST_VOLTAGE_V,
        supply.MOST_VOLTAGE_V,
        allow_none=True,
        metadata={"description": "between a phase and neutral; null is 230", "example": 230},
    )
    has_password = Flag(dump_only=True)
    password_required = Flag(
        allow_none=True, metadata={"description": "let in only with its password; null is as the installation"}
    )
    protocol = Text(Station.protocol, dump_only=True, metadata={"example": "ocpp1.6"})
    endpoint_url = Endpoint(
        Station.endpoint_url,
        metadata={
            "example": "http://10.0.0.7:8080/ocpp",
            "description": "where it is called if it speaks over SOAP; null is where it says itself",
        },
    )
    told_endpoint_url = Text(Station.told_endpoint_url, dump_only=True)
    heartbeat_seconds = Whole(dump_only=True, allow_none=True)
    vendor = Text(Station.vendor, dump_only=True)
    model = Text(Station.model, dump_only=True)
    serial_number = Text(Station.serial_number, dump_only=True)
    firmware_version = Text(Station.firmware_version, dump_only=True)
    booted_at = Moment(dump_only=True, allow_none=True)
    online = Flag(dump_only=True)
    last_seen_at = Moment(dump_only=True, allow_none=True)
    status = fields.Enum(StationStatus, by_value=fields.String(), dump_only=True, allow_none=True)
    error_code = Text(Station.error_code, dump_only=True)
    vendor_error_code = Text(Station.vendor_error_code, dump_only=True)
    status_info = Text(Station.status_info, dump_only=True)
    status_at = Moment(dump_only=True, allow_none=True)


class StationApi(Api):
    resource_name = "stations"
    datamodel = SQLAInterface(Station)
    schema = StationSchema
    broken_rules = {
        "station_charge_box_id_key": ("charge_box_id", "Another station has this charge box id."),
        "ck_station_on_plan": ("plan_x", "plan_x and plan_y belong together, and to a station that stands on a floor."),
        "ck_station_position": ("latitude", "latitude and longitude belong together."),
        "fk_station_floor": ("floor", "The floor is not on the station's site."),
        "station_site_id_fkey": ("site", "The site is gone."),
    }

    def values(self, schema: Schema) -> Values:
        """What is kept of a password is its hash, and of a consent nothing."""
        values = super().values(schema)
        values.pop("previous_charge_box_id", None)
        if "password" in values:
            values |= station_passwords.values_for(values.pop("password"))
        return values

    def pre_update(self, item: Station) -> None:
        attributes = inspect(item).attrs
        self._check_charge_box_id(item, attributes.charge_box_id.history.deleted)
        if item.floor_id is not None and (
            attributes.plan_x.history.has_changes() or attributes.plan_y.history.has_changes()
        ):
            positions.tell(self.db, item.floor_id, item.site_id)
        if attributes.password_hash.history.has_changes():
            station_passwords.unlock(self.db, item.id)

        self._check_supply(item)

    def _check_charge_box_id(self, item: Station, before: Sequence[str]) -> None:
        """A program says that it means the change, where a person is asked: portal/views/station_name.py."""
        if not before or item.last_seen_at is None or json_body().get("previous_charge_box_id") == before[0]:
            return
        self.db.rollback()
        reason = "The station has called by this name and will be turned away until it calls itself by the new one."
        refuse(422, {"charge_box_id": [f"{reason} To change it, send previous_charge_box_id: {before[0]}."]})

    def create(self, item: Station) -> None:
        self._check_supply(item)
        nodes.add_station(self.db, item)

    def _check_supply(self, item: Station) -> None:
        kind = item.kind or StationKind.CHARGING_STATION
        try:
            with self.db.no_autoflush:
                supply.check(self.db, item.id, kind, item.site_id, item.supply_controller_id)
        except SupplyError as error:
            self.db.rollback()
            field = "kind" if error.fault is SupplyFault.HAS_STATIONS else "supply_controller"
            refuse(422, {field: [error.fault.value]})

    def remove(self, item: Station) -> None:
        nodes.delete(self.db, item)
