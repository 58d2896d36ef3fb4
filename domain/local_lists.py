"""The lists of tags that stations keep, by which they let drivers charge while the line is down (OCPP 1.6, 3.5).

A list holds all tags that are accepted now, as the station's reader sends them. It is made when it is asked for and
kept under its digest, so that what is sent later is that list and no other. A station takes only so many tags at once:
then it gets several parts, each with a command and a list of its own. The first part of a full list replaces what the
station has, and each that follows changes it (5.15). How they are sent is told in domain/local_list_sending.py, and
why in docs/decisions/a-list-of-tags-goes-out-in-parts.md.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import orjson
from sqlalchemy import Row, Table, delete, exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import authorization, commands
from domain.addressees import Addressee, Fit, Found, among
from domain.command_parameters import SendLocalList
from domain.id_tokens import LONGEST_ON_THE_WIRE, Reader, written_for
from domain.models import Action, Command, LocalList, Station, StationParameter
from domain.problems import one

FULL, DIFFERENTIAL = "full", "differential"
LONGEST_PART, LONGEST_LIST = "SendLocalListMaxLength", "LocalAuthListMaxLength"
"""What a station says of itself (OCPP 1.6, 9.2)."""
ALONE = text("SELECT pg_advisory_xact_lock(hashtext('local lists'))")
"""So that the parts of two lists that are asked for at the same moment never come between each other."""
USUAL_PART = 250
"""Tags in a part for a station that did not say: about 30 kB on the wire."""

Entries = dict[str, dict[str, str] | None]
"""By tag, what is told of it: `expires_at` and `parent_token`, where there are. None of a tag that is to be removed."""


def parts(db: Session, asked: SendLocalList, stations: Sequence[Addressee], now: datetime) -> dict[int, Found]:
    """What each station is sent, one part after the other, or that it cannot keep so many tags."""
    db.execute(ALONE)
    ids = [station.id for station in stations]
    readers, limits = authorization.readers(db, ids), _limits(db, ids)
    bases = _bases(db, stations) if asked.update == DIFFERENTIAL else {}
    maker = Maker(db, now)
    found: dict[int, Found] = {}
    for station in stations:
        reader = readers[station.id]
        number, most = len(maker.entries(reader)), limits.get((station.id, LONGEST_LIST))
        if most is not None and number > most:
            message = "{tags} tags are accepted now, and the station keeps no more than {most}"
            found[station.id] = one("action", "too_many_tags", message, tags=number, most=most)
        else:
            size = limits.get((station.id, LONGEST_PART)) or USUAL_PART
            found[station.id] = maker.series(reader, size, bases.get(station.id))
    _forget_unused(db, now)
    return found


class Maker:
    """Makes each list once, however many stations get it."""

    def __init__(self, db: Session, now: datetime) -> None:
        self._db = db
        self._now = now
        self._tags: Sequence[Row[Any]] | None = None
        self._entries: dict[Reader, Entries] = {}
        self._held: dict[int, Entries | None] = {}
        self._series: dict[tuple[Reader, int, int | None], list[Fit]] = {}

    def entries(self, reader: Reader) -> Entries:
        """The whole list for stations with such a reader."""
        if reader not in self._entries:
            if self._tags is None:
                self._tags = list(authorization.usable(self._db, self._now))
            written = ((written_for(tag.identity, reader), _told(tag)) for tag in self._tags)
            self._entries[reader] = {tag: told for tag, told in written if len(tag) <= LONGEST_ON_THE_WIRE}
        return self._entries[reader]

    def series(self, reader: Reader, size: int, base_id: int | None) -> list[Fit]:
        """A command for each part; from the list that the station holds, if that is known, only the differences."""
        key = (reader, size, base_id)
        if key not in self._series:
            whole = self.entries(reader)
            base = None if base_id is None else self._entries_of(base_id)
            changes = whole if base is None else differences(base, whole)
            lines = list(changes.items())
            pieces = [dict(lines[start : start + size]) for start in range(0, len(lines), size)] or [{}]
            target, *kept = self._keep([whole, *pieces])
            self._series[key] = [
                Fit(
                    {
                        "update": FULL if base is None and part == 1 else DIFFERENTIAL,
                        "part": part,
                        "parts": len(kept),
                        "tags": len(whole),
                        "list": list_id,
                        "target": target,
                    }
                    | ({} if base is None else {"base": base_id})
                )
                for part, list_id in enumerate(kept, 1)
            ]
        return self._series[key]

    def _entries_of(self, list_id: int) -> Entries | None:
        if list_id not in self._held:
            self._held[list_id] = self._db.scalar(select(LocalList.entries).where(LocalList.id == list_id))
        return self._held[list_id]

    def _keep(self, lists: Sequence[Entries]) -> list[int]:
        """The ids of these lists, which are written down unless they are already."""
        digests = [hashlib.sha256(orjson.dumps(entries, option=orjson.OPT_SORT_KEYS)).hexdigest() for entries in lists]
        rows = [
            {"digest": digest, "entries": entries, "used_at": self._now}
            for digest, entries in dict(zip(digests, lists, strict=True)).items()
        ]
        table = cast(Table, LocalList.__table__)
        statement = insert(table)
        upsert = statement.on_conflict_do_update(
            index_elements=[table.c.digest], set_={"used_at": statement.excluded.used_at}
        )
        kept = self._db.execute(upsert.returning(table.c.digest, table.c.id), rows)
        ids: dict[str, int] = dict(kept.all())
        return [ids[digest] for digest in digests]


def differences(base: Entries, whole: Entries) -> Entries:
    """What makes the one the other; first what goes, so that there is room for what comes."""
    gone: Entries = dict.fromkeys(tag for tag in base if tag not in whole)
    return gone | {tag: told for tag, told in whole.items() if base.get(tag) != told}


def _told(tag: Row[Any]) -> dict[str, str]:
    told = {}
    if tag.expires_at is not None:
        told["expires_at"] = tag.expires_at.astimezone(UTC).isoformat()
    if tag.parent_token is not None:
        told["parent_token"] = tag.parent_token
    return told


def _limits(db: Session, station_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """What the stations told of how much they take, by station and parameter."""
    rows = db.execute(
        select(StationParameter.station_id, StationParameter.key, StationParameter.value).where(
            among(StationParameter.station_id, station_ids), StationParameter.key.in_((LONGEST_PART, LONGEST_LIST))
        )
    )
    return {(station_id, key): int(value) for station_id, key, value in rows if value is not None and value.isdecimal()}


def _bases(db: Session, stations: Sequence[Addressee]) -> Mapping[int, int | None]:
    """The list that each station will hold when its turn comes: that which is on its way, else what it has."""
    on_their_way = (
        select(Command.station_id, Command.parameters["target"].as_integer())
        .where(
            among(Command.station_id, (station.id for station in stations)),
            Command.action == Action.SEND_LOCAL_LIST,
            Command.state.in_(commands.OPEN_STATES),
        )
        .order_by(Command.id)
    )
    held = {station.id: station.local_list_id for station in stations}
    return held | dict(db.execute(on_their_way).all())


def _forget_unused(db: Session, now: datetime) -> None:
    """No command waits so long, and no station holds them."""
    is_held = exists().where(Station.local_list_id == LocalList.id)
    db.execute(delete(LocalList).where(LocalList.used_at < now - commands.WAIT_WITHIN, ~is_held))
