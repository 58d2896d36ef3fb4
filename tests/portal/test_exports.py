"""Files of large tables: made by a job, had by who asked and by nobody else, and forgotten."""

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from pyarrow import parquet
from redis import Redis
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from config import get_settings
from domain import export_files, partitions
from domain.db import owner_session_factory
from domain.models import AuditEntry, ChargingSession, ExportFault, ExportFile, ExportState, PortalUser, Site
from domain.roles import RoleName
from portal.exports import job
from portal.table import TableView
from tests.portal.browser_like import Visitor, notes
from tests.portal.jobs import queued, work
from tests.portal.people import add_person, sign_in

STARTED_AT = datetime(2026, 11, 22, 16, 43, tzinfo=UTC)
ROWS = 40


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", get_settings().session_secret())
    monkeypatch.setenv("REDIS_URL", get_settings().valkey_url)
    monkeypatch.setattr(job, "stand_back", lambda: None)  # This process goes on with other tests.
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is a large table to these tests."""
    monkeypatch.setattr("portal.exports.AT_ONCE_ROWS", 10)


@pytest.fixture
def sites(db: Session) -> list[Site]:
    with owner_session_factory().begin() as owner:
        partitions.ensure(owner, STARTED_AT.date(), STARTED_AT.date())
    sites = [Site(name="North"), Site(name="South")]
    db.add_all(sites)
    db.flush()
    db.execute(insert(ChargingSession), [_session(number, sites[number % 2]) for number in range(ROWS)])
    db.commit()
    return sites


def _session(number: int, site: Site) -> dict[str, Any]:
    return {
        "started_at": STARTED_AT + timedelta(minutes=number),
        "logged_at": STARTED_AT,
        "node_id": 1,
        "site_id": site.id,
        "outlet_id": 1,
        "site_name": site.name,
        "station_name": f"ST-{number}",
        "outlet_number": 1,
        "authorization": 1,
        "id_token": "tag",
        "email": f"driver{number}@example.com",
        "meter_start_wh": 0,
        "energy_wh": number * 1000,
    }


def ask(visitor: Visitor, query: str = "", file_type: str = "xlsx") -> ExportFile | None:
    visitor.send(f"/statistics/export/{file_type}?{query}", page="/statistics/")
    return None


def only(db: Session) -> ExportFile:
    db.rollback()
    return db.scalars(select(ExportFile)).one()


def excel(data: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(data)).active.rows]


@pytest.mark.usefixtures("sites")
def test_a_large_excel_file_is_made_by_a_job_and_had_by_its_link(
    administrator: Visitor, db: Session, valkey: Redis, data_dir: Path
) -> None:
    explained = administrator.get("/statistics/export/xlsx")
    assert (explained.status_code, explained.mimetype) == (200, "text/html")
    assert "More than 10 rows" in explained.text
    answer = administrator.send("/statistics/export/xlsx?sort=id&columns=station,energy_kwh", page="/statistics/")
    assert (answer.status_code, answer.location) == (303, "/exports/")
    assert "Waits" in administrator.get("/exports/").text
    work(valkey)
    file = only(db)
    assert (file.state, file.rows_done, file.rows_total) == (ExportState.DONE, ROWS, ROWS)
    page = administrator.get("/exports/").text
    assert "Ready" in page and f'href="/exports/{file.id}/file"' in page and "40 rows" in page
    got = administrator.get(f"/exports/{file.id}/file")
    assert got.headers["Content-Disposition"].startswith("attachment; filename=Statistics-")
    assert excel(got.data)[1:] == [[f"ST-{number}", number] for number in range(ROWS)]
    assert len(got.data) == file.size_bytes == (data_dir / "exports" / str(file.id)).stat().st_size
    told = db.scalars(select(AuditEntry).where(AuditEntry.action == "exported")).one()
    assert told.after["file"] == "xlsx"


@pytest.mark.usefixtures("sites")
def test_parquet_goes_the_same_way_with_its_filter(administrator: Visitor, db: Session, valkey: Redis) -> None:
    ask(administrator, "site=North&columns=station,site&sort=id", "parquet")
    work(valkey)
    got = administrator.get(f"/exports/{only(db).id}/file")
    table = parquet.read_table(io.BytesIO(got.data))
    assert set(table.column("site").to_pylist()) == {"North"}
    assert table.num_rows == ROWS // 2


@pytest.mark.usefixtures("sites")
def test_a_file_that_leaves_beside_the_stations_rests_longer_than_it_works(
    administrator: Visitor, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that a job makes rests no moment: its process stands back."""
    rests = list[float]()
    ticks = count()
    time = SimpleNamespace(perf_counter=lambda: next(ticks) / 1000, sleep=rests.append)
    monkeypatch.setattr("portal.exports.content.time", time)
    assert len(administrator.get("/statistics/export/csv").text.splitlines()) == ROWS + 1
    assert rests == [pytest.approx(0.002)]
    ask(administrator)
    job.make(only(db).id)
    assert len(rests) > 1
    assert set(rests[1:]) == {0}


def test_a_process_that_makes_a_file_lets_all_others_go_first() -> None:
    told = "import os; print(os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0) == os.SCHED_BATCH)"
    command = f"from portal.exports import job; job.stand_back(); {told}"
    assert subprocess.check_output([sys.executable, "-c", command], text=True) == f"{job.STANDING_BACK} True\n"


@pytest.mark.usefixtures("sites")
def test_a_small_one_comes_at_once(administrator: Visitor, db: Session, valkey: Redis) -> None:
    got = administrator.get("/statistics/export/xlsx?energy_kwh=<5&columns=station&sort=id")
    assert excel(got.data)[1:] == [[f"ST-{number}", number] for number in range(5)]
    assert queued(valkey) == [] and db.scalars(select(ExportFile)).all() == []


@pytest.mark.usefixtures("sites")
def test_nobody_else_gets_it(administrator: Visitor, portal: Flask, db: Session, valkey: Redis) -> None:
    ask(administrator)
    work(valkey)
    file = only(db)
    other = sign_in(portal, add_person(db, RoleName.ADMINISTRATOR, "other@example.com"))
    assert other.get(f"/exports/{file.id}/file").status_code == 404
    sent = {"csrf_token": other.token("/exports/")}
    for act in ("cancel", "remove"):
        assert other.http.post(f"/exports/{file.id}/{act}", data=sent).status_code == 404
    assert "Statistics</b>" not in other.get("/exports/").text
    assert only(db).state is ExportState.DONE


def test_it_is_read_with_the_scope_of_the_moment(portal: Flask, db: Session, valkey: Redis, sites: list[Site]) -> None:
    user = add_person(db, RoleName.SITE_ADMINISTRATOR, "s@example.com", sites)
    visitor = sign_in(portal, user)
    ask(visitor, "columns=site")
    user.sites = sites[:1]
    db.commit()
    work(valkey)
    got = visitor.get(f"/exports/{only(db).id}/file")
    assert {row[0] for row in excel(got.data)[1:]} == {"North"}
    # Whoever may see something else by now makes it anew.
    user.sites = sites[1:]
    db.commit()
    refused = visitor.get(f"/exports/{only(db).id}/file")
    assert refused.status_code == 403
    assert "What you may see has changed" in refused.text


@pytest.mark.parametrize("loss", ["role", "active"])
def test_who_lost_the_role_gets_an_error_and_no_rows(
    portal: Flask, db: Session, valkey: Redis, sites: list[Site], data_dir: Path, loss: str
) -> None:
    user = add_person(db, RoleName.SITE_ADMINISTRATOR, "s@example.com", sites)
    ask(sign_in(portal, user))
    if loss == "role":
        user.roles = []
    else:
        user.active = False
    db.commit()
    work(valkey)
    file = only(db)
    assert (file.state, file.reason) == (ExportState.FAILED, ExportFault.NOT_ALLOWED)
    assert list((data_dir / "exports").glob("*")) == []


def test_a_place_that_is_no_longer_ones_own_gives_no_file_of_another(
    portal: Flask, db: Session, valkey: Redis, sites: list[Site]
) -> None:
    user = add_person(db, RoleName.SITE_ADMINISTRATOR, "s@example.com", sites)
    visitor = sign_in(portal, user)
    ask(visitor, f"node=site-{sites[1].id}")
    user.sites = sites[:1]
    db.commit()
    work(valkey)
    assert only(db).reason is ExportFault.NODE_GONE
    assert "is gone, or not yours to see" in visitor.get("/exports/").text


@pytest.mark.usefixtures("sites")
def test_one_that_waits_is_cancelled(administrator: Visitor, db: Session, valkey: Redis, data_dir: Path) -> None:
    ask(administrator)
    file = only(db)
    answer = administrator.send(f"/exports/{file.id}/cancel", page="/exports/")
    assert notes(administrator.get(answer.location)) == [("good", "The export was cancelled.")]
    work(valkey)
    assert only(db).state is ExportState.CANCELLED
    assert not (data_dir / "exports" / str(file.id)).exists()


@pytest.mark.usefixtures("sites")
@pytest.mark.parametrize("how", ["cancel", "remove"])
def test_one_that_is_being_made_is_cancelled_and_leaves_nothing(
    administrator: Visitor, db: Session, valkey: Redis, data_dir: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """As soon as it tells how far it is."""
    monkeypatch.setattr(job, "TELL_SECONDS", 0.0)
    ask(administrator)
    file_id = only(db).id
    tell = job.Teller.__call__

    def cancels(teller: job.Teller, rows: int) -> None:
        if rows == ROWS:
            administrator.send(f"/exports/{file_id}/{how}", page="/exports/")
        tell(teller, rows)

    monkeypatch.setattr(job.Teller, "__call__", cancels)
    work(valkey)
    db.rollback()
    assert db.scalars(select(ExportFile.state)).all() == ([ExportState.CANCELLED] if how == "cancel" else [])
    assert list((data_dir / "exports").glob("*")) == []


@pytest.mark.usefixtures("sites")
def test_a_finished_one_is_too_late_to_cancel_and_can_be_removed(
    administrator: Visitor, db: Session, valkey: Redis, data_dir: Path
) -> None:
    ask(administrator)
    work(valkey)
    file_id = only(db).id
    answer = administrator.send(f"/exports/{file_id}/cancel", page="/exports/")
    assert notes(administrator.get(answer.location)) == [("bad", "It was too late to cancel.")]
    administrator.send(f"/exports/{file_id}/remove", page="/exports/")
    assert list((data_dir / "exports").glob("*")) == []
    assert "There is no file yet" in administrator.get("/exports/").text


@pytest.mark.usefixtures("sites")
def test_after_a_week_file_and_row_are_gone(
    administrator: Visitor, db: Session, valkey: Redis, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(administrator)
    work(valkey)
    file = only(db)
    assert timedelta(days=7) == file.expires_at - file.asked_at
    monkeypatch.setattr("domain.clock.now", lambda: file.expires_at - timedelta(seconds=1))
    job.forget_old()
    assert administrator.get(f"/exports/{file.id}/file").status_code == 200
    monkeypatch.setattr("domain.clock.now", lambda: file.expires_at)
    assert administrator.get(f"/exports/{file.id}/file").status_code == 404
    job.forget_old()
    db.rollback()
    assert db.scalars(select(ExportFile)).all() == []
    assert list((data_dir / "exports").glob("*")) == []


@pytest.mark.usefixtures("sites")
def test_one_whose_process_died_is_given_up(administrator: Visitor, db: Session, valkey: Redis) -> None:
    ask(administrator)
    long_ago = datetime.now(UTC) - timedelta(minutes=3)
    db.execute(update(ExportFile).values(state=ExportState.RUNNING, changed_at=long_ago))
    db.commit()
    job.sweep()
    assert (only(db).state, only(db).reason) == (ExportState.FAILED, ExportFault.ABANDONED)
    assert "It was interrupted" in administrator.get("/exports/").text


@pytest.mark.usefixtures("sites")
def test_there_are_only_so_many_at_once(administrator: Visitor, db: Session) -> None:
    for _number in range(export_files.MOST_UNDER_WAY):
        ask(administrator)
    answer = administrator.send("/statistics/export/xlsx", page="/statistics/")
    assert notes(administrator.get(answer.location)) == [
        ("bad", "At most 3 files at once. Wait for one, or cancel it.")
    ]
    assert len(db.scalars(select(ExportFile)).all()) == export_files.MOST_UNDER_WAY


@pytest.mark.usefixtures("sites")
def test_a_job_that_is_run_twice_makes_one_file(administrator: Visitor, db: Session, valkey: Redis) -> None:
    ask(administrator)
    file_id = only(db).id
    work(valkey)
    changed_at = only(db).changed_at
    job.make(file_id)
    assert only(db).changed_at == changed_at
    assert administrator.get(f"/exports/{file_id}/file").status_code == 200


@pytest.mark.usefixtures("sites")
def test_what_breaks_is_told_and_leaves_nothing(
    administrator: Visitor, db: Session, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(administrator)

    def breaks(*_arguments: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("portal.exports.content.Content.pause", breaks)
    with pytest.raises(RuntimeError, match="the disk is full"):
        job.make(only(db).id)
    assert (only(db).state, only(db).reason) == (ExportState.FAILED, ExportFault.BROKEN)
    assert list((data_dir / "exports").glob("*")) == []


@pytest.mark.usefixtures("sites")
def test_progress_is_told_to_the_page(administrator: Visitor, db: Session) -> None:
    ask(administrator)
    file_id = only(db).id
    db.execute(update(ExportFile).values(state=ExportState.RUNNING, rows_done=1234, rows_total=5000))
    db.commit()
    told = administrator.get("/exports/", headers={"Accept": "application/json"}).json
    assert told == {
        "files": [
            {"id": file_id, "state": "running", "done": 1234, "total": 5000, "text": "Is being made: 1,234 of 5,000"}
        ]
    }


@pytest.mark.parametrize("module", ["portal.exports.job", "portal.exports.scheduled", "portal.table", "portal.jobs"])
def test_a_worker_can_begin_with_any_of_them(module: str) -> None:
    """Their packages need each other, and once only one order of importing them worked."""
    done = subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("sites")
def test_every_table_is_had_as_every_kind(
    administrator: Visitor, portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.exports.AT_ONCE_ROWS", 1000)
    views = [view for view in portal.appbuilder.baseviews if isinstance(view, TableView)]  # type: ignore[attr-defined]
    assert len(views) > 15
    for view in views:
        if f"{view.endpoint}.export" not in portal.view_functions:
            continue
        assert {"xlsx", "csv", "csv.gz", "parquet"} <= set(view.file_types)
        for file_type in view.file_types:
            everything = ",".join(column.name for column in view.columns)
            got = administrator.get(f"{view.route_base}/export/{file_type}?columns={everything}", buffered=True)
            assert got.status_code == 200, (view.route_base, file_type)
            assert re.match("attachment; filename", got.headers["Content-Disposition"])


@pytest.mark.usefixtures("sites")
def test_a_file_of_a_user_who_is_deleted_goes_with_them(
    portal: Flask, db: Session, valkey: Redis, data_dir: Path
) -> None:
    user = add_person(db, RoleName.ADMINISTRATOR, "leaves@example.com")
    ask(sign_in(portal, user))
    work(valkey)
    db.rollback()
    user_id = user.id
    db.execute(delete(PortalUser).where(PortalUser.id == user_id))
    db.commit()
    assert db.scalars(select(ExportFile)).all() == []
    job.forget_old()
    assert list((data_dir / "exports").glob("*")) == []
