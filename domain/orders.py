"""Which command is a station's next: given to the newest of its connections, and marked as sent with that.

A restart of a thousand stations makes as many processes' greenlets ask within a moment, so all who ask together are
answered by the same few statements.

A station that speaks over SOAP is called by whichever process hears of it, and yet has one call under way at a time:
while one of its commands is sent and not answered, it gets no other. So that two processes cannot both find it free,
each holds a lock of the database while it looks and marks; who finds it held leaves the station to the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    TableValuedAlias,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from domain import commands, live
from domain.commands import QUEUED, SENT
from domain.models import Command, Station
from domain.protocols import SOAP
from domain.reports import Order, TakeCommandReport

Line = tuple[int, int]
"""A station and the number of its connection."""
CALL = func.hashtext("call over SOAP")
"""The first half of a lock's key; the other is the station."""


def take(db: Session, reports: Sequence[TakeCommandReport]) -> list[Order | None]:
    """The next command of each station, marked as sent; only the newest of a station's connections gets one."""
    taken_at = max(report.taken_at for report in reports)
    lines = [(report.station_id, report.connection_number) for report in reports]
    orders: dict[Line, Order] = {}
    without = lines
    while without and (found := _next_ones(db, without, taken_at)):
        for row in _mark_sent(db, found, taken_at):
            live.note(db, commands.change_of(row))
            orders[row.station_id, row.connection_number] = Order(row.id, row.action, row.parameters)
        # What was taken back in between leaves its place to the one behind it.
        without = [line for line in found.values() if line not in orders]
    return [orders.get(line) for line in lines]


def _next_ones(db: Session, lines: Sequence[Line], taken_at: datetime) -> dict[int, Line]:
    """The lines by the command that is the next for their stations."""
    line = _table(lines)
    next_one = (
        select(Command.id)
        .where(Command.station_id == line.c.id, Command.state == QUEUED, Command.deadline_at > taken_at)
        .order_by(Command.id)
        .limit(1)
        .lateral()
    )
    is_newest = and_(Station.id == line.c.id, Station.connection_number == line.c.number)
    is_ours = case((Station.protocol.in_(SOAP), func.pg_try_advisory_xact_lock(CALL, Station.id)), else_=true())
    found = db.execute(
        select(next_one.c.id, Station.id, line.c.number, is_ours)
        .join(Station, is_newest)
        .join(next_one, true())
        .where(_is_free(Station.id))
    )
    return {command_id: (station_id, number) for command_id, station_id, number, is_ours in found if is_ours}


def _is_free(station_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether no call to this station is under way, where there may be but one."""
    station, sent = aliased(Station), aliased(Command)
    is_called = exists().where(station.id == station_id, station.protocol.in_(SOAP)).correlate_except(station)
    is_under_way = exists().where(sent.station_id == station_id, sent.state == SENT).correlate_except(sent)
    return ~and_(is_called, is_under_way)


def _mark_sent(db: Session, found: Mapping[int, Line], taken_at: datetime) -> Sequence[Any]:
    taken = _table((command_id, number) for command_id, (_, number) in found.items())
    # In one order, as others do who lock several.
    locked = select(Command.id).where(Command.id.in_(select(taken.c.id))).order_by(Command.id).with_for_update()
    return db.execute(
        update(Command)
        .where(Command.id == taken.c.id, Command.id.in_(locked), Command.state == QUEUED, _is_free(Command.station_id))
        .values(
            state=SENT,
            sent_at=taken_at,
            deadline_at=taken_at + commands.answer_within(),
            connection_number=taken.c.number,
        )
        .returning(*commands.CHANGED, Command.connection_number, Command.action, Command.parameters)
        .execution_options(synchronize_session=False)
    ).all()


def _table(pairs: Iterable[tuple[int, int]]) -> TableValuedAlias:
    """Keys with connection numbers as a table: one statement for any number of them."""
    ids, numbers = (cast(list(some), ARRAY(BigInteger)) for some in zip(*pairs, strict=True))
    table = func.unnest(ids, numbers).table_valued(column("id", BigInteger), column("number", BigInteger))
    return table.render_derived()
