"""To erase a person: what is kept about them goes, what they charged stays without a name.

`users.delete` takes away the user and all that is theirs alone, and takes them out of their sessions, in one
transaction. What others wrote of them, stations above all, lies in logs that may be long. So the deletion leaves a note
of what to look for (`begin`), encrypted, and a job goes through the tables a part at a time (`carry_out`). While a
charge of theirs goes on, a station may name the tag again; the note stays, and all
is searched once more when it has ended. See
docs/decisions/who-is-deleted-leaves-sessions-without-a-name.md.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, sessionmaker

from domain import clock, partitions, secrets
from domain.erasure_places import MAY_TELL, SEARCHED
from domain.id_tokens import identity_of
from domain.models import ChargingSession, Erasure, IdToken, LocalList, PortalUser, metadata
from domain.retention import ERASED, WITHOUT_PERSON
from domain.traces import Traces

ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('erasures'))")
ROWS_AT_ONCE = 1000


def begin(db: Session, user: PortalUser, now: datetime) -> None:
    """Note what other rows may tell of a user who is about to be deleted."""
    traces = Traces([user.email, f"{user.first_name} {user.last_name}"], _tags(db, user))
    sealed = secrets.encrypt(traces.dumped())
    running = [each.id for each in running_charges(db, user)]
    db.add(Erasure(user_id=user.id, sealed_traces=sealed, running=running, asked_at=now))


def running_charges(db: Session, user: PortalUser) -> Sequence[ChargingSession]:
    """They go on when their driver is erased, and end without a name."""
    theirs = select(ChargingSession).where(ChargingSession.user_id == user.id, ChargingSession.ended_at.is_(None))
    return db.scalars(theirs.order_by(ChargingSession.id)).all()


def _tags(db: Session, user: PortalUser) -> list[str]:
    """Theirs, and those they ever charged with, unless these are somebody else's now."""
    charged = select(ChargingSession.id_token).where(ChargingSession.user_id == user.id).distinct()
    tokens = {*db.scalars(charged), *db.scalars(select(IdToken.token).where(IdToken.user_id == user.id))}
    identities = {token: identity_of(token) for token in tokens if not token.startswith(ERASED)}
    others = select(IdToken.identity).where(IdToken.user_id.is_distinct_from(user.id))
    taken = set(db.scalars(others.where(IdToken.identity.in_(set(identities.values())))))
    return sorted(token for token, identity in identities.items() if identity not in taken)


def carry_out(sessions: sessionmaker[Session]) -> list[int]:
    """Go on with all erasures; the numbers of those who are erased now. Does nothing while another does it."""
    with sessions() as guard:
        if not guard.scalar(ALONE):
            return []
        # A search is long: there is one at once, and where a charge goes on one more at its end.
        due = select(Erasure).where(Erasure.searched_at.is_(None) | ~_goes_on())
        waiting = guard.scalars(due.order_by(Erasure.asked_at)).all()
        return [erasure.user_id for erasure in waiting if _carry_out(sessions, erasure)]


def _carry_out(sessions: sessionmaker[Session], erasure: Erasure) -> bool:
    """Whether it is done; each part of a table is a transaction of its own."""
    traces = Traces.loaded(secrets.decrypt(erasure.sealed_traces))
    with sessions() as db:
        # Asked first: what is written while the tables are searched is found the next time.
        this = Erasure.user_id == erasure.user_id
        goes_on = bool(db.scalar(select(_goes_on()).where(this)))
        parts = {name: list(_parts(db, metadata.tables[name])) for name in (*SEARCHED, ChargingSession.__tablename__)}
    for name, columns in SEARCHED.items():
        for within in parts[name]:
            with sessions.begin() as db:
                _take_out(db, traces, metadata.tables[name], columns, within)
    for within in parts[ChargingSession.__tablename__]:
        with sessions.begin() as db:
            _take_tags_out(db, traces, within)
    with sessions.begin() as db:
        # Whoever holds such a list gets a whole one next time (domain/local_lists.py).
        db.execute(delete(LocalList).where(LocalList.entries.has_any(array(traces.written_tags, type_=Text))))
        searched = update(Erasure).values(searched_at=clock.now()) if goes_on else delete(Erasure)
        db.execute(searched.where(this))
    return not goes_on


def _goes_on() -> ColumnElement[bool]:
    """Of an erasure: whether one of its charges still runs."""
    is_of_it = ChargingSession.id == func.any(Erasure.running)
    return exists().where(is_of_it, ChargingSession.ended_at.is_(None)).correlate(Erasure)


def _parts(db: Session, table: Table) -> Iterable[ColumnElement[bool]]:
    """Conditions that split a table as it is partitioned; none but the default partition is looked at twice."""
    if table.name not in partitions.PARTITIONED:
        return [true()]
    column = table.c[partitions.PARTITIONED[table.name]]
    edges = partitions.edges(db, table.name)
    within = [(column >= begin) & (column < end) for begin, end in pairwise(edges)]
    return [*within, or_(column < edges[0], column >= edges[-1]) if edges else true()]


def _take_out(db: Session, traces: Traces, table: Table, names: Sequence[str], within: ColumnElement[bool]) -> None:
    columns = [table.c[name] for name in names]
    found = or_(*(cast(column, Text).regexp_match(traces.pattern, flags="i") for column in columns))
    keys = list(table.primary_key.columns)
    rows = db.execute(select(*keys, *columns).where(found, within, MAY_TELL.get(table.name, true()))).all()
    this = (key == bindparam(f"key_{key.name}") for key in keys)
    changed = update(table).where(*this).values({name: bindparam(f"new_{name}") for name in names})
    values = [
        {f"key_{key.name}": getattr(row, key.name) for key in keys}
        | {f"new_{name}": traces.without(getattr(row, name)) for name in names}
        for row in rows
    ]
    for start in range(0, len(values), ROWS_AT_ONCE):
        db.connection().execute(changed, values[start : start + ROWS_AT_ONCE])


def _take_tags_out(db: Session, traces: Traces, within: ColumnElement[bool]) -> None:
    """Of sessions that were not found through the user: refused ones, and those from before the tag was theirs."""
    with_tag = func.upper(ChargingSession.id_token).in_(traces.written_tags)
    nameless = update(ChargingSession).where(with_tag, within).values(id_token=WITHOUT_PERSON["id_token"])
    db.execute(nameless.execution_options(synchronize_session=False))
