"""10,000 stations lose the line at once and come back: how long until every alarm is right, and who waits meanwhile.

    .venv/bin/python -m bench.alarms

The losses are written as the engine writes them, a thousand in a transaction; the stations come back with a statement
each, a thousand of them in a transaction. Beside that a station that stays says what it does: its statement is timed
while nothing happens, in the same storm without alarms, and in the one with them. Then the usual path: what alarms cost
where there are none, as a share of the same work without them.
"""

import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

from bench import history, pages

LIMIT_SECONDS = 60
AT_ONCE = 1000
CHANGES_A_SECOND = 190
ROUNDS = 20


def main() -> int:
    with history.built(1000):
        from domain import live

        live.publish_with(_nothing)  # Nobody listens here.
        is_quick, waits = _storm()
        _usual_path()
        return 0 if is_quick and waits < 2 else 1


def _storm() -> tuple[bool, float]:
    from sqlalchemy import func, select, text

    from domain import clock, stations
    from domain.alarms import rules
    from domain.alarms.sweeping import sweep
    from domain.db import get_engine, session_factory
    from domain.models import Alarm, AlarmHistory, AlarmKind, Station
    from domain.reports import ConnectReport, DisconnectReport

    now = clock.now()
    with session_factory().begin() as db:
        rules.restore_shipped(db)
        db.execute(text("UPDATE station SET online = true, last_seen_at = :now, connection_number = 1"), {"now": now})
        db.execute(text("DELETE FROM alarm"))
        rows = db.execute(select(Station.id, Station.charge_box_id).order_by(Station.id))
        names = {row.id: row.charge_box_id for row in rows}
    with session_factory().begin() as db:
        db.execute(text("TRUNCATE alarm_history"))
    witness, *lost = list(names)
    usual = list(_told_while(witness, lambda: time.sleep(3)))

    took: dict[str, float] = {}

    def lose() -> None:
        for first in range(0, len(lost), AT_ONCE):
            with session_factory().begin() as db:
                stations.disconnect(db, [DisconnectReport(each, 1) for each in lost[first : first + AT_ONCE]])

    with _triggers_off(get_engine()):
        bare = list(_told_while(witness, lose))
        with session_factory().begin() as db:
            db.execute(text("UPDATE station SET online = true"))

    def storm() -> None:
        with _timed(took, "10,000 losses written"):
            lose()
        with _timed(took, "all alarms shown and gathered"), session_factory().begin() as db:
            sweep(db, now + timedelta(minutes=5))

    busy = list(_told_while(witness, storm))
    with session_factory()() as db:
        shown = db.scalar(select(func.count()).where(Alarm.kind == AlarmKind.NO_NETWORK, Alarm.due_at.is_(None)))
        parents = db.scalar(select(func.count()).where(Alarm.kind == AlarmKind.SITE_UPLINK))
        alone = db.scalar(select(func.count()).where(Alarm.kind == AlarmKind.NO_NETWORK, Alarm.parent_id.is_(None)))
    print(f"{shown:,} alarms of stations under {parents:,} of their sites, {alone:,} alone")
    back_at = now + timedelta(minutes=10)
    with _timed(took, "10,000 stations back, one by one"):
        for first in range(0, len(lost), AT_ONCE):
            with session_factory().begin() as db:
                for each in lost[first : first + AT_ONCE]:
                    stations.connect(db, ConnectReport(names[each], "ocpp1.6", None, back_at))
    with _timed(took, "all alarms ended"):
        for minutes in (0, 2):  # The second ends what the first one found to have no reason left.
            with session_factory().begin() as db:
                sweep(db, back_at + timedelta(minutes=2 + minutes))
    with session_factory()() as db:
        left = db.scalar(select(func.count()).select_from(Alarm))
        past = db.scalar(select(func.count()).select_from(AlarmHistory))
    with _timed(took, "a sweep where nothing has changed"), session_factory().begin() as db:
        sweep(db, back_at + timedelta(minutes=9))
    for what, seconds in took.items():
        print(f"{what:44}{seconds:9.3f} s")
    print(f"left active: {left}, in the history: {past:,}")
    ratio = statistics.median(busy) / statistics.median(bare)
    print(f"a station that stays waits {statistics.median(usual) * 1000:.1f} ms usually, p95 {_p95(usual):.1f};")
    print(f"in a storm without alarms {statistics.median(bare) * 1000:.1f} ms, p95 {_p95(bare):.1f};")
    print(f"with them {statistics.median(busy) * 1000:.1f} ms, p95 {_p95(busy):.1f}: {ratio:.2f} times as long")
    is_right = (shown, alone, left, past) == (len(lost), 0, 0, len(lost) + parents)
    is_quick = took["10,000 losses written"] + took["all alarms shown and gathered"] < LIMIT_SECONDS
    return is_right and is_quick, ratio


def _told_while(station_id: int, work: Callable[[], None]) -> Iterator[float]:
    """How long each status of one station takes, again and again, until the work is done."""
    from domain import clock, status_reports
    from domain.db import session_factory
    from domain.reports import StatusReport
    from domain.statuses import OutletStatus

    doing = threading.Thread(target=work)
    doing.start()
    turn = 0
    while doing.is_alive():
        turn += 1
        status = OutletStatus.CHARGING if turn % 2 else OutletStatus.FINISHING
        began = time.perf_counter()
        with session_factory().begin() as db:
            at = clock.now()
            status_reports.keep(db, [StatusReport(station_id, at, 1, status, at, None, None, None)])
        yield time.perf_counter() - began
        time.sleep(0.01)


def _usual_path() -> None:
    """Status changes without a fault, with what alarms add and without; and sightings, with triggers and without."""
    from sqlalchemy import select, text

    from domain import clock, status_reports
    from domain.alarms import raising
    from domain.db import get_engine, session_factory
    from domain.models import Station
    from domain.reports import StatusReport
    from domain.statuses import OutletStatus

    with session_factory()() as db:
        ids = db.scalars(select(Station.id).limit(CHANGES_A_SECOND)).all()

    def second(turn: int, error_code: str | None = None) -> None:
        at = clock.now()
        status = OutletStatus.FAULTED if error_code else (OutletStatus.CHARGING, OutletStatus.FINISHING)[turn % 2]
        reports = [StatusReport(each, at, 1, status, at, error_code, None, None) for each in ids]
        with session_factory().begin() as db:
            status_reports.keep(db, reports)

    with_alarms, without = [], []
    for turn in range(ROUNDS):
        with_alarms += pages.timed(1, lambda turn=turn: second(turn))
        with mock.patch.object(raising, "hear", _nothing):
            without += pages.timed(1, lambda turn=turn: second(turn + 1))
    _compare(f"{CHANGES_A_SECOND} status changes in one batch", with_alarms, without)
    faults = pages.timed(1, lambda: second(0, "HighTemperature"))
    calm = pages.timed(1, lambda: second(0))
    print(f"{CHANGES_A_SECOND} faults in one batch {faults[0]:.1f} ms, and their end {calm[0]:.1f} ms")

    def seen() -> None:
        with session_factory().begin() as db:
            db.execute(text("UPDATE station SET online = true, last_seen_at = now() WHERE id <= 1000 AND online"))

    with_triggers, bare = [], []
    for _ in range(ROUNDS):
        with_triggers += pages.timed(1, seen)
        with _triggers_off(get_engine()):
            bare += pages.timed(1, seen)
    _compare("1,000 sightings in one statement", with_triggers, bare)


@contextmanager
def _triggers_off(engine: Any) -> Iterator[None]:
    from sqlalchemy import text

    switch = "ALTER TABLE station {} TRIGGER alarms_of_line"
    with engine.begin() as connection:
        connection.execute(text(switch.format("DISABLE")))
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(text(switch.format("ENABLE")))


def _nothing(*_: object) -> None:
    """In place of what alarms add."""


def _compare(what: str, with_alarms: list[float], without: list[float]) -> None:
    one, other = statistics.median(with_alarms), statistics.median(without)
    print(f"{what:44}{one:9.2f} ms with alarms, {other:.2f} ms without: {one / other:.2f}")


@contextmanager
def _timed(took: dict[str, float], what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    took[what] = time.perf_counter() - began


def _p95(seconds: list[float]) -> float:
    return pages.p95([each * 1000 for each in seconds])


if __name__ == "__main__":
    sys.exit(main())
