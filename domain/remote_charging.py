"""Starting and stopping a charge from afar: who may do it where.

A driver starts with a tag of their own that the outlet accepts, so that the charge is theirs to see and to stop; that
holds at an open outlet too, where a charge without a tag is nobody's. An outlet is free when its station is online and
says so, when no charge runs there, and when nobody else has just asked for it. Two who ask at the same moment are told
apart by a lock on the outlet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from domain import authorization, commands
from domain.authorization import Verdict
from domain.errors import DomainError
from domain.models import (
    Action,
    ChargingSession,
    Command,
    CommandState,
    Floor,
    IdToken,
    Outlet,
    Site,
    Station,
)
from domain.statuses import OutletStatus

MOST_TAGS = 50
"""So many of a driver's tags are offered."""
KEPT_FOR = timedelta(seconds=90)
"""How long an outlet that accepted a start is kept for the one who asked: the time to plug in."""
RECENT = timedelta(days=1)
"""A charge that a command led to did not begin before that, even by the clock of a station that is wrong by hours."""

FREE = (OutletStatus.AVAILABLE, OutletStatus.PREPARING)
OUT_OF_ORDER = (OutletStatus.FAULTED, OutletStatus.UNAVAILABLE)


class Refusal(StrEnum):
    """Why a charge cannot be started or stopped now; the screen translates it."""

    OFFLINE = "offline"
    OUT_OF_ORDER = "out_of_order"
    TAKEN = "taken"
    TAG_REFUSED = "tag_refused"
    ENDED = "ended"


class RemoteChargingError(DomainError):
    """A charge cannot be started or stopped now."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class StartableOutlet:
    """An outlet at which a driver may start now, and where it stands."""

    id: int
    number: int
    parking: str
    connector_type: str
    status: OutletStatus
    station_name: str
    floor_name: str | None
    site_name: str


def usable_tags(db: Session, user_id: int, now: datetime) -> list[IdToken]:
    """The driver's own tags with which a charge may be started."""
    return authorization.usable_tags(db, user_id, now, MOST_TAGS)


def startable_outlets(
    db: Session, tags: Sequence[IdToken], now: datetime, words: str = "", after: int | None = None, most: int = 20
) -> Sequence[StartableOutlet]:
    """Where a driver with these tags may start, by the name of the station; `after` is the last one already shown."""
    if not tags:
        return []
    statement = (
        select(
            Outlet.id,
            Outlet.number,
            Outlet.parking,
            Outlet.connector_type,
            Outlet.status,
            Station.name.label("station_name"),
            Floor.name.label("floor_name"),
            Site.name.label("site_name"),
        )
        .join(Station, Station.id == Outlet.station_id)
        .join(Site, Site.id == Station.site_id)
        .outerjoin(Floor, Floor.id == Station.floor_id)
        .where(
            Station.online,
            or_(Station.status.is_(None), Station.status.not_in(OUT_OF_ORDER)),
            Outlet.status.in_(FREE),
            ~_is_running(),
            ~_is_asked_for(now),
        )
        .order_by(Station.name, Outlet.id)
        .limit(most)
    )
    if words:
        named = (
            column.icontains(words, autoescape=True) for column in (Station.name, Station.charge_box_id, Site.name)
        )
        statement = statement.where(or_(*named))
    if after is not None:
        last = db.scalar(select(Station.name).join(Outlet, Outlet.station_id == Station.id).where(Outlet.id == after))
        statement = statement.where(tuple_(Station.name, Outlet.id) > tuple_(last or "", after))
    return [StartableOutlet(**row._mapping) for row in db.execute(statement)]


def _is_running() -> ColumnElement[bool]:
    return exists().where(ChargingSession.outlet_id == Outlet.id, ChargingSession.ended_at.is_(None)).correlate(Outlet)


def _is_asked_for(now: datetime) -> ColumnElement[bool]:
    """Somebody asked this outlet to start, and the charge has not begun yet."""
    return (
        exists()
        .where(
            Command.outlet_id == Outlet.id,
            Command.created_at > now - RECENT,
            Command.action == Action.REMOTE_START,
            or_(Command.state.in_(commands.OPEN_STATES), _is_kept(now)),
        )
        .correlate(Outlet)
    )


def _is_kept(now: datetime) -> ColumnElement[bool]:
    """The outlet agreed to start and waits for the cable of whoever asked."""
    return and_(
        Command.action == Action.REMOTE_START,
        Command.state == CommandState.ACCEPTED,
        Command.answered_at > now - KEPT_FOR,
        ~_has_begun(now),
    )


def _has_begun(now: datetime) -> ColumnElement[bool]:
    """The charge that a command asked for is there, or was."""
    return (
        exists()
        .where(
            ChargingSession.outlet_id == Command.outlet_id,
            ChargingSession.started_at > now - RECENT,
            ChargingSession.logged_at >= Command.created_at,
        )
        .correlate(Command)
    )


def start(db: Session, user_id: int, outlet_id: int, id_token_id: int, now: datetime) -> Command | None:
    """Ask an outlet to begin a charge with one of the driver's own tags; None if there is no such outlet or tag.

    Asked twice, it is the same command, also while the outlet waits for the cable. Raises RemoteChargingError.
    """
    tag = db.scalar(select(IdToken).where(IdToken.id == id_token_id, IdToken.user_id == user_id))
    outlet = lock(db, Outlet.id == outlet_id)
    if tag is None or outlet is None:
        return None
    own = (Command.outlet_id == outlet_id, Command.user_id == user_id)
    kept = select(Command).where(*own, _is_kept(now)).limit(1)
    if (asked := _open_command(db, Action.REMOTE_START, *own) or db.scalar(kept)) is not None:
        return asked
    written = authorization.written_for_station(db, outlet.station_id, tag.identity)
    if refused := _refusal(db, outlet, tag, written, now):
        raise RemoteChargingError(refused)
    parameters = {"outlet": outlet.number, "id_token": written}
    return commands.make(db, outlet.station, Action.REMOTE_START, parameters, user_id, now, outlet_id=outlet_id)


def lock(db: Session, which: ColumnElement[bool]) -> Outlet | None:
    """The outlet with its station; whoever else asks for it waits until this transaction is over."""
    return db.scalar(
        select(Outlet)
        .where(which)
        .options(joinedload(Outlet.station))
        .with_for_update(of=Outlet)
        .execution_options(populate_existing=True)
    )


def refusal(db: Session, outlet: Outlet, now: datetime) -> Refusal | None:
    """Why nobody can begin a charge at this outlet now."""
    if not outlet.station.online:
        return Refusal.OFFLINE
    if outlet.station.status in OUT_OF_ORDER or outlet.status in OUT_OF_ORDER:
        return Refusal.OUT_OF_ORDER
    is_taken = select(or_(_is_running(), _is_asked_for(now))).where(Outlet.id == outlet.id)
    if outlet.status not in FREE or db.scalar(is_taken):
        return Refusal.TAKEN
    return None


def _refusal(db: Session, outlet: Outlet, tag: IdToken, written: str, now: datetime) -> Refusal | None:
    if found := refusal(db, outlet, now):
        return found
    decision = authorization.decide_at_outlet(db, outlet.station_id, outlet.id, written, now)
    # At an open outlet a refused tag may charge as well, but as nobody's.
    if decision.verdict is not Verdict.ACCEPTED or decision.user_id != tag.user_id:
        return Refusal.TAG_REFUSED
    return None


def stop(db: Session, user_id: int, charging_session_id: int, now: datetime) -> Command | None:
    """Ask the station to stop the driver's own charge; None if it is not theirs. Asked twice, it is the same command.

    Raises RemoteChargingError.
    """
    charging_session = db.scalar(
        select(ChargingSession)
        .where(ChargingSession.id == charging_session_id, ChargingSession.user_id == user_id)
        .with_for_update()
    )
    if charging_session is None:
        return None
    station = db.get(Station, charging_session.node_id)
    if station is None or charging_session.ended_at is not None:
        raise RemoteChargingError(Refusal.ENDED)
    at_outlet = Command.outlet_id == charging_session.outlet_id
    is_its = Command.charging_session_id == charging_session.id
    return _open_command(db, Action.REMOTE_STOP, at_outlet, is_its) or commands.make(
        db,
        station,
        Action.REMOTE_STOP,
        {"charging_session": charging_session.id},
        user_id,
        now,
        outlet_id=charging_session.outlet_id,
        charging_session_id=charging_session.id,
    )


def _open_command(db: Session, action: Action, *which: ColumnElement[bool]) -> Command | None:
    """The command that asks the same already and is not over."""
    is_open = Command.state.in_(commands.OPEN_STATES)
    return db.scalar(select(Command).where(Command.action == action, is_open, *which).limit(1))


SHOWN_FOR = timedelta(minutes=2)
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A command of the driver's own, and the outlet it is about."""

    command: Command
    station_name: str | None
    outlet_number: int | None


def asked_for(db: Session, user_id: int, now: datetime) -> list[AskedFor]:
    """What the driver asked for a moment ago and does not see done yet, the latest first."""
    is_running = (
        exists()
        .where(ChargingSession.id == Command.charging_session_id, ChargingSession.ended_at.is_(None))
        .correlate(Command)
    )
    is_done = and_(
        Command.state == CommandState.ACCEPTED,
        or_(
            and_(Command.action == Action.REMOTE_START, _has_begun(now)),
            and_(Command.action == Action.REMOTE_STOP, ~is_running),
        ),
    )
    rows = db.execute(
        select(Command, Station.name, Outlet.number)
        .outerjoin(Station, Station.id == Command.station_id)
        .outerjoin(Outlet, Outlet.id == Command.outlet_id)
        .where(Command.user_id == user_id, Command.action.in_((Action.REMOTE_START, Action.REMOTE_STOP)))
        .where(Command.created_at > now - SHOWN_FOR, ~is_done)
        .order_by(Command.created_at.desc(), Command.id.desc())
        .limit(MOST_SHOWN)
    )
    return [AskedFor(*row) for row in rows]
