"""The tree: one system, its sites, their floors, and the stations on them. Outlets have their own file."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from flask_appbuilder import Model
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    func,
    inspect,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from domain.co2 import MOST_G_PER_KWH, USUAL_G_PER_KWH
from domain.id_tokens import TagByteOrder, TagDigits
from domain.models.address import Addressed
from domain.models.columns import HIDDEN_INFO, At, Key, word
from domain.statuses import StationStatus

if TYPE_CHECKING:
    from domain.models.outlet import Outlet


class System(Model):
    """The root of the tree; there is exactly one row."""

    __tablename__ = "system"
    __table_args__ = (
        CheckConstraint("id = 1", name="ck_system_one_row"),
        CheckConstraint(f"co2_avoided_g_per_kwh BETWEEN 0 AND {MOST_G_PER_KWH}", name="ck_system_co2_avoided"),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, server_default="", default="")
    second_factor_roles: Mapped[list[str]] = mapped_column(ARRAY(String(64)), server_default=text("'{}'"), default=list)
    """The roles that sign in with a second factor."""
    co2_avoided_g_per_kwh: Mapped[int] = mapped_column(
        server_default=text(str(USUAL_G_PER_KWH)), default=USUAL_G_PER_KWH
    )
    """See domain/co2.py."""
    silence_seconds: Mapped[int] = mapped_column(server_default=text("120"), default=120)
    """After so long without a word of a station there is an alarm; sites and stations may have times of their own."""
    unregistered_seconds: Mapped[int] = mapped_column(server_default=text("86400"), default=86400)
    """The same of one that was created and has never called."""

    def __str__(self) -> str:
        return self.name


class Site(Addressed, Model):
    """A place with stations."""

    __tablename__ = "site"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(100), unique=True)
    description: Mapped[str] = mapped_column(Text, server_default="", default="")
    time_zone: Mapped[str | None] = mapped_column(String(64))
    tag_byte_order: Mapped[TagByteOrder | None] = mapped_column(word(TagByteOrder))
    tag_digits: Mapped[TagDigits | None] = mapped_column(word(TagDigits))
    silence_seconds: Mapped[int | None]
    """Until there is an alarm that a station is not heard; without a word of its own as the system says."""

    floors: Mapped[list["Floor"]] = relationship(back_populates="site", passive_deletes="all")
    stations: Mapped[list["Station"]] = relationship(back_populates="site", passive_deletes="all")

    def __str__(self) -> str:
        return self.name


class Floor(Model):
    """A parking level of a site."""

    __tablename__ = "floor"
    __table_args__ = (
        UniqueConstraint("site_id", "name", name="uq_floor_site_id_name"),
        UniqueConstraint("id", "site_id", name="uq_floor_id_site_id"),
    )

    id: Mapped[Key]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, server_default="", default="")
    plan_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of its plan's picture, which lies in FloorPlan; empty while it has none."""
    plan_width_px: Mapped[int | None]
    plan_height_px: Mapped[int | None]

    site: Mapped[Site] = relationship(back_populates="floors")
    stations: Mapped[list["Station"]] = relationship(
        back_populates="floor",
        passive_deletes="all",
        primaryjoin="Station.floor_id == Floor.id",
        foreign_keys="Station.floor_id",
    )

    def __str__(self) -> str:
        return self.name


class StationKind(StrEnum):
    """What stands at a node of the station level."""

    CHARGING_STATION = "charging_station"
    SUPPLY_CONTROLLER = "supply_controller"


class Station(Addressed, Model):
    """One device, on a site or on one of its floors."""

    __tablename__ = "station"
    __table_args__ = (
        # With the site in the key, a station never stands on a floor of another site, and goes there with its floor.
        ForeignKeyConstraint(
            ["floor_id", "site_id"],
            ["floor.id", "floor.site_id"],
            name="fk_station_floor",
            ondelete="RESTRICT",
            onupdate="CASCADE",
        ),
        Index("ix_station_site_id_floor_id", "site_id", "floor_id"),
        Index("ix_station_online", "last_seen_at", postgresql_where=text("online")),
        CheckConstraint(
            "(plan_x IS NULL) = (plan_y IS NULL) AND (plan_x IS NULL OR floor_id IS NOT NULL)"
            " AND plan_x BETWEEN 0 AND 1 AND plan_y BETWEEN 0 AND 1",
            name="ck_station_on_plan",
        ),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="ck_station_position"),
        Index(
            "ix_station_supply_controller_id",
            "supply_controller_id",
            postgresql_where=text("supply_controller_id IS NOT NULL"),
        ),
        CheckConstraint("fuse_phases IN (1, 3)", name="ck_station_fuse_phases"),
        CheckConstraint("fuse_a > 0 AND voltage_v > 0", name="ck_station_fuse"),
        # Whether a list of tags is still held.
        Index("ix_station_local_list", "local_list_id", postgresql_where=text("local_list_id IS NOT NULL")),
    )

    id: Mapped[Key]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="RESTRICT"))
    floor_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, server_default="", default="")
    charge_box_id: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[StationKind] = mapped_column(
        word(StationKind),
        server_default=StationKind.CHARGING_STATION.value,
        default=StationKind.CHARGING_STATION,
    )

    plan_x: Mapped[float | None] = mapped_column(Double)
    """Where it stands on the plan of its floor, in parts of the plan's width from the left; see domain/positions.py."""
    plan_y: Mapped[float | None] = mapped_column(Double)
    """In parts of its height, from the top."""

    protocol: Mapped[str | None] = mapped_column(String(20))
    """The version it last spoke; see domain/protocols.py."""
    endpoint_url: Mapped[str | None] = mapped_column(String(500))
    """Where it is called if it speaks over SOAP, if somebody has set that; see domain/endpoints.py."""
    told_endpoint_url: Mapped[str | None] = mapped_column(String(500))
    """Where it says that it is called (WS-Addressing, From)."""
    heartbeat_seconds: Mapped[int | None]
    """How often it says that it is there: as it was last told, or tells itself."""
    vendor: Mapped[str | None] = mapped_column(String(100))
    model: Mapped[str | None] = mapped_column(String(100))
    serial_number: Mapped[str | None] = mapped_column(String(100))
    firmware_version: Mapped[str | None] = mapped_column(String(100))
    booted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    online: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    last_seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    tag_byte_order: Mapped[TagByteOrder | None] = mapped_column(word(TagByteOrder))
    """How its reader sends tags; without a word of its own as its site says."""
    tag_digits: Mapped[TagDigits | None] = mapped_column(word(TagDigits))
    connection_number: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), default=0)
    """Counts its connections; the highest is the one that holds. See stations.py."""
    silence_seconds: Mapped[int | None]
    """Until there is an alarm that it is not heard; without a word of its own as its site says."""

    password_hash: Mapped[str | None] = mapped_column(String(200), info=HIDDEN_INFO)
    """Of HTTP Basic (OCPP-J 1.6, security profile 1); see domain/station_passwords.py."""
    password_required: Mapped[bool | None]
    """Whether it must come with its password; without a word of its own as the installation says (config.py)."""
    password_hash_before: Mapped[str | None] = mapped_column(String(200), info=HIDDEN_INFO)
    """Of the one before, which holds until the new one is first used: a station may take it only when it restarts."""
    file_key_number: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    """Counts the passwords that it had for the file server; see domain/file_access.py."""
    clock_offset_seconds: Mapped[float | None] = mapped_column(Double)
    """By how much its clock was ahead of ours when it was last seen to be wrong; empty while it is right."""
    parameters_read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When it last told all its parameters (domain/parameters.py)."""
    local_list_version: Mapped[int | None]
    """Of the list of tags that it keeps; as it told or accepted (domain/local_lists.py)."""
    local_list_id: Mapped[int | None] = mapped_column(ForeignKey("local_list.id", ondelete="SET NULL"))
    local_list_sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    supply_controller_id: Mapped[int | None] = mapped_column(
        ForeignKey("station.id", ondelete="SET NULL", name="fk_station_supply_controller")
    )
    """The feed that it stands behind, on the same site; see domain/supply.py."""
    fuse_phases: Mapped[int | None]
    """Of a supply controller, as are the next two: 1 or 3."""
    fuse_a: Mapped[int | None]
    """On each phase."""
    voltage_v: Mapped[int | None]
    """Between a phase and neutral; empty is the usual one."""

    # What connector 0 says: the station as a whole.
    status: Mapped[StationStatus | None] = mapped_column(word(StationStatus))
    error_code: Mapped[str | None] = mapped_column(String(50))
    vendor_error_code: Mapped[str | None] = mapped_column(String(50))
    status_info: Mapped[str | None] = mapped_column(String(255))
    status_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    site: Mapped[Site] = relationship(back_populates="stations")
    floor: Mapped[Floor | None] = relationship(
        back_populates="stations", primaryjoin="Station.floor_id == Floor.id", foreign_keys="Station.floor_id"
    )
    outlets: Mapped[list["Outlet"]] = relationship(
        back_populates="station", passive_deletes="all", order_by="Outlet.number"
    )

    @validates("floor_id")
    def _leaves_the_plan(self, _name: str, floor_id: int | None) -> int | None:
        """A position is one on the plan of its own floor, whoever moves the station, and by whatever way."""
        if inspect(self).persistent and floor_id != self.floor_id:
            self.plan_x = self.plan_y = None
        return floor_id

    @hybrid_property
    def has_password(self) -> bool:
        return self.password_hash is not None

    @has_password.inplace.expression
    @classmethod
    def _has_password(cls) -> ColumnElement[bool]:
        return cls.password_hash.is_not(None)

    def __str__(self) -> str:
        return self.name


@event.listens_for(Station.site_id, "set")
def _leave_the_feed(station: Station, site_id: int | None, before: object, _initiator: object) -> None:
    """Whoever moves a station to another site, by whatever door, takes it from its feed there."""
    if isinstance(before, int) and site_id is not None and before != site_id:
        station.supply_controller_id = None


class StationPasswordFailure(Model):
    """Wrong passwords for a station from one address; see domain/station_passwords.py."""

    __tablename__ = "station_password_failure"

    station_id: Mapped[int] = mapped_column(ForeignKey("station.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    """In a row."""
    failed_at: Mapped[At]
    locked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class UnknownStation(Model):
    """A device that called under a name that nobody created; an administrator may adopt it."""

    __tablename__ = "unknown_station"

    id: Mapped[Key]
    charge_box_id: Mapped[str] = mapped_column(String(100), unique=True)
    protocol: Mapped[str | None] = mapped_column(String(20))
    remote_address: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    first_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), index=True)

    def __str__(self) -> str:
        return self.charge_box_id
