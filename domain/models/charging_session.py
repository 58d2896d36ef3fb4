"""One charge, from start to the cable's removal."""

from datetime import datetime
from enum import IntEnum
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    false,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.columns import HIDDEN_INFO, ChangeNumber
from domain.models.user import PortalUser
from domain.review_reasons import ask_for_a_look


class Authorization(IntEnum):
    """How a charge was allowed (manual, "Godkendelse")."""

    ANONYMOUS = 0
    RFID = 1
    APP = 2
    """Its driver asked for it from the portal (domain/app_charges.py)."""
    SERVICE = 3
    """A service of a third party asked for it (domain/services/parking)."""


SORTED_COLUMNS = (
    "ended_at",
    "duration_seconds",
    "node_id",
    "site_name",
    "energy_wh",
    "station_name",
    "authorization",
    "id",
    "outlet_number",
    "logged_at",
    "email",
    "meter_wh",
    "grade",
)


def _asks_for_a_look(context: DefaultExecutionContext) -> bool:
    """As it begins."""
    given: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return ask_for_a_look(given.get("review_reasons") or ())


class ChargingSession(Model):
    """A row of Statistics. Partitioned by month of `started_at`.

    The row is history: it names its site, station and outlet by number and by the name they had, without a foreign key,
    so that it outlives them. Those numbers are never given to another node.
    """

    __tablename__ = "charging_session"

    id: Mapped[int] = mapped_column(BigInteger, Identity())
    """The session id, and the transactionId that the station is told."""
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """When the charge began, by the station's word."""
    stopped_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the energy stopped: the StopTransaction, by the station's word."""
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the cable left the car, if the station tells; until then, and else, as `stopped_at`."""
    duration_seconds: Mapped[float | None] = mapped_column(
        Computed("extract(epoch from (ended_at - started_at))::double precision", persisted=True)
    )
    logged_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """When the portal was told of it (manual, "Serverens logføringsdato")."""

    node_id: Mapped[int] = mapped_column(Integer)
    """The station's number in the portal (manual, "Node-id")."""
    site_id: Mapped[int] = mapped_column(Integer)
    floor_id: Mapped[int | None] = mapped_column(Integer)
    outlet_id: Mapped[int] = mapped_column(Integer)
    site_name: Mapped[str] = mapped_column(String(100))
    station_name: Mapped[str] = mapped_column(String(100))
    outlet_number: Mapped[int] = mapped_column(SmallInteger)

    authorization: Mapped[int] = mapped_column(SmallInteger)
    """An `Authorization`, as its number."""
    id_token: Mapped[str] = mapped_column(String(64), info=HIDDEN_INFO)
    """As the station presented it."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    email: Mapped[str | None] = mapped_column(String(320), info=HIDDEN_INFO)

    meter_start_wh: Mapped[int] = mapped_column(BigInteger)
    meter_stop_wh: Mapped[int | None] = mapped_column(BigInteger)
    meter_wh: Mapped[int] = mapped_column(
        BigInteger, Computed("coalesce(meter_stop_wh, meter_start_wh)", persisted=True)
    )
    """The energy meter's value, the last that is known to be certain (manual, "Energimålerværdi")."""
    energy_wh: Mapped[int | None] = mapped_column(BigInteger)
    """Delivered energy, as it is in force: what a person corrected it to, else what was found; empty while charging."""
    original_energy_wh: Mapped[int | None] = mapped_column(BigInteger)
    """What was found, where a person corrected it. Written in domain/reviews.py alone."""
    original_ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """The end that was found, where a person corrected it."""
    is_corrected: Mapped[bool] = mapped_column(server_default=false(), default=False)
    stop_reason: Mapped[str | None] = mapped_column(String(32))
    review_reasons: Mapped[list[str]] = mapped_column(ARRAY(String(50)), server_default=text("'{}'"), default=list)
    """What is odd about this session, each a `ReviewReason`; empty when nothing is."""
    energy_source: Mapped[str | None] = mapped_column(String(16))
    """An `EnergySource`; empty while charging."""
    grade: Mapped[str | None] = mapped_column(String(1))
    """A `Grade`; empty while charging."""
    longest_gap_seconds: Mapped[int | None] = mapped_column(BigInteger)
    """For how long nothing was read, if that is odd. By a clock that is set wrong it may be centuries."""
    needs_review: Mapped[bool] = mapped_column(server_default=false(), default=_asks_for_a_look)
    """Whether a person should look; written by `grades.judge` alone."""
    reviewed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When a person last confirmed or corrected it, unless something new was said since."""

    change_number: Mapped[ChangeNumber]

    user: Mapped[PortalUser | None] = relationship()

    __table_args__ = (
        PrimaryKeyConstraint("id", "started_at", name="pk_charging_session"),
        # A StartTransaction that is repeated finds its session here.
        Index(
            "uq_charging_session_start",
            "outlet_id",
            "started_at",
            "id_token",
            "meter_start_wh",
            unique=True,
        ),
        # The sessions that still go on.
        Index("ix_charging_session_open", "outlet_id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_charging_session_started_at", "started_at", "id"),
        Index("ix_charging_session_site", "site_id", "started_at", "id"),
        Index(
            "ix_charging_session_floor",
            "floor_id",
            "started_at",
            "id",
            postgresql_where=text("floor_id IS NOT NULL"),
        ),
        Index("ix_charging_session_node", "node_id", "started_at", "id"),
        Index("ix_charging_session_user", "user_id", "started_at", "id"),
        Index("ix_charging_session_change", "change_number", "id"),
        # Few, and named just as Statistics asks for them.
        Index("ix_charging_session_needs_review", "started_at", "id", postgresql_where=text("needs_review IS true")),
        Index("ix_charging_session_reviewed", "id", postgresql_where=text("(reviewed_at IS NOT NULL) IS true")),
        *(Index(f"ix_charging_session_{name}", name, "id") for name in SORTED_COLUMNS if name not in ("id", "node_id")),
        {"postgresql_partition_by": "RANGE (started_at)"},
    )

    def __str__(self) -> str:
        return str(self.id)
