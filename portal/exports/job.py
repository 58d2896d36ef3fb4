"""What the worker does for files that take longer than anybody waits for (domain/export_files.py)."""

import os
import time
from collections.abc import Callable
from dataclasses import replace

from domain import clock, export_files, file_store
from domain.db import session_factory
from domain.export_files import Made, NotWantedError, Wanted
from domain.models import ExportFault, ExportFile
from portal import audit
from portal.exports.asking import RefusedExportError, asked
from portal.exports.kinds import KINDS
from portal.viewer import viewer

TELL_SECONDS = 1.0
STANDING_BACK = 10
"""Of 19 (nice)."""


def make(file_id: int) -> None:
    """Make a file that waits; nothing, if it does not wait any more."""
    stand_back()
    try:
        with session_factory().begin() as db:
            file = export_files.begin(db, file_id, clock.now())
    except NotWantedError:
        return  # Cancelled, or another job's: its bytes are not ours to throw away.
    try:
        make_begun(file)
    except NotWantedError:
        export_files.path_of(file_id).unlink(missing_ok=True)
    except RefusedExportError as refused:
        give_up(file_id, refused.fault)
    except BaseException:
        give_up(file_id, ExportFault.BROKEN)
        raise


def stand_back() -> None:
    """This process has one job and ends with it: whatever else the machine does, stations above all, goes first."""
    os.setpriority(os.PRIO_PROCESS, 0, STANDING_BACK)
    # As work that nobody waits for, it does not take the processor from one that has just woken up.
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def make_begun(file: ExportFile) -> None:
    """Raises NotWantedError, RefusedExportError, or whatever is wrong."""
    wanted = Wanted(file.title, file.file_type, file.table_name, file.query, file.language, file.time_zone)
    with asked(file.user_id, wanted) as (table, query):
        if file.schedule_id is not None:
            names = [column.name for column in query.columns]
            audit.exported(table.datamodel.obj, query.node, file.file_type, names, query.filters)
        teller = Teller(file.id)
        teller.tell_total(table.count_rows(query))
        content = replace(table.content(query), tell=teller)
        path = export_files.path_of(file.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            KINDS[file.file_type].write(content, target)
            target.flush()
            os.fsync(target.fileno())
        made = Made(content.file_name(file.file_type), path.stat().st_size, teller.rows, export_files.mark_of(viewer()))
    with session_factory().begin() as db:
        export_files.finish(db, file.id, made, clock.now())


def give_up(file_id: int, fault: ExportFault) -> None:
    """It may have been cancelled meanwhile."""
    export_files.path_of(file_id).unlink(missing_ok=True)
    try:
        with session_factory().begin() as db:
            export_files.fail(db, file_id, fault, clock.now())
    except NotWantedError:
        return


class Teller:
    """Tells each second how far a file is, and learns whether it is still wanted."""

    def __init__(self, file_id: int, now: Callable[[], float] = time.monotonic) -> None:
        self._file_id = file_id
        self._now = now
        self._told_at = now()
        self.rows = 0

    def __call__(self, rows: int) -> None:
        self.rows = rows
        if self._now() - self._told_at >= TELL_SECONDS:
            self._told_at = self._now()
            self._tell(None)

    def tell_total(self, total: int) -> None:
        self._tell(total)

    def _tell(self, total: int | None) -> None:
        with session_factory().begin() as db:
            export_files.advance(db, self._file_id, self.rows, clock.now(), total)


def sweep() -> None:
    """Those that lost their process."""
    with session_factory().begin() as db:
        export_files.sweep(db, clock.now())


def forget_old() -> None:
    """Rows past their time, and then their bytes."""
    with session_factory().begin() as db:
        export_files.forget_old(db, clock.now())
    with session_factory()() as db:
        file_store.remove_old_exports(db)
