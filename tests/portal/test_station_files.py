"""What stations uploaded, as people see and fetch it, and the station's name and password for files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import get_settings
from domain import clock, file_access, station_files
from domain.models import AuditEntry, FileState, Site, Station, StationFile
from tests.portal.browser_like import Visitor, notes


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, portal: Flask) -> Iterator[None]:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PUBLIC_URL", "https://charge.example.com")
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def station(db: Session, portal: Flask) -> Station:
    return make_station(db, "CC-101")


def make_station(db: Session, name: str) -> Station:
    site = Site(name=f"Site of {name}")
    db.add(site)
    db.flush()
    station = Station(site_id=site.id, name=name, charge_box_id=name)
    db.add(station)
    db.commit()
    return station


def add_file(db: Session, station: Station, name: str, state: FileState = FileState.COMPLETE, **more: object) -> int:
    now = clock.now()
    file = StationFile(
        station_id=station.id, name=name, size_bytes=1500, state=state, via="ftps", started_at=now, changed_at=now,
        **more,
    )  # fmt: skip
    db.add(file)
    db.commit()
    path = station_files.path_of(station.id, file.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"<script>alert(1)</script>")
    return int(file.id)


def test_the_table(administrator: Visitor, db: Session, station: Station) -> None:
    page = administrator.get(f"/station_files/?node=station-{station.id}")
    assert "No station here has uploaded a file yet." in page.text
    assert "0.0 of 200 MB used. Files are kept for 90 days." in page.text
    key = add_file(db, station, "good.log", sha256="a" * 64, command_id=17)
    add_file(db, station, "bad.log", FileState.FAILED, reason="over_quota")
    add_file(db, station, "new.log", FileState.RECEIVING)
    add_file(db, make_station(db, "CC-102"), "others.log")
    text = administrator.get(f"/station_files/?node=station-{station.id}").text
    for words in ("1.5", "a" * 64, "Complete", "The station&#39;s space is full", "Receiving", "/commands/show/17"):
        assert words in text, words
    assert f"/station_files/file/{key}?node=station-{station.id}" in text
    assert text.count("/station_files/file/") == 2, "by its name and in its menu; only what is complete"
    assert "others.log" not in text
    assert "others.log" in administrator.get("/station_files/").text
    exported = administrator.get(f"/station_files/export/csv?node=station-{station.id}").text
    assert "over_quota" in exported


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("log.txt", "attachment; filename=log.txt"),
        ('"; evil=1.html', 'attachment; filename="_; evil=1.html"'),
        ("..\\..\\boot.ini", "attachment; filename=_.._boot.ini"),
        ("..", "attachment; filename=file"),
        ("måling.log", "attachment; filename=maling.log; filename*=UTF-8''m%C3%A5ling.log"),
    ],
)
def test_a_file_is_fetched_and_never_opened(
    administrator: Visitor, db: Session, station: Station, name: str, called: str
) -> None:
    answer = administrator.get(f"/station_files/file/{add_file(db, station, name)}")
    assert (answer.status_code, answer.data) == (200, b"<script>alert(1)</script>")
    assert answer.headers["Content-Disposition"] == called
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_name_is_shown_as_it_is_and_nothing_else(administrator: Visitor, db: Session, station: Station) -> None:
    add_file(db, station, "<b>bold</b>")
    add_file(db, station, "<i>failed</i>", FileState.FAILED, reason="<u>")
    text = administrator.get("/station_files/").text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text
    assert not any(tag in text for tag in ("<b>bold", "<i>failed", "<u>"))


def test_what_is_not_complete_or_not_there_is_not_fetched(
    administrator: Visitor, db: Session, station: Station
) -> None:
    for state in (FileState.RECEIVING, FileState.FAILED):
        assert administrator.get(f"/station_files/file/{add_file(db, station, 'x', state)}").status_code == 404
    gone = add_file(db, station, "x")
    station_files.path_of(station.id, gone).unlink()
    for key in (gone, 999_999, 2**63, 2**70):
        assert administrator.get(f"/station_files/file/{key}").status_code == 404


def test_the_password_is_shown_on_demand(administrator: Visitor, db: Session, station: Station) -> None:
    path = f"/file_access/{station.id}"
    password = file_access.password(station.id, 0)
    page = administrator.get(path)
    assert f"station-{station.id}" in page.text
    assert "ftp://charge.example.com:2121/uploads/" in page.text
    assert "https://charge.example.com/Ocpp/files/uploads/" in page.text
    assert password not in page.text
    shown = administrator.send(f"{path}/show", page=path)
    assert password in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert administrator.get(f"{path}/show").status_code == 405
    entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.object_kind, entry.object_id) == ("shown", "station", str(station.id))
    assert entry.after == {"secret": "file_access"}
    assert "shown a secret" in administrator.get("/audit_log/").text


def test_the_password_is_renewed(administrator: Visitor, db: Session, station: Station) -> None:
    path = f"/file_access/{station.id}"
    answer = administrator.send(f"{path}/renew", page=path)
    said = "CC-101 has a new password for files; the old one opens nothing."
    assert notes(administrator.get(answer.location)) == [("good", said)]
    db.refresh(station)
    assert station.file_key_number == 1
    assert file_access.password(station.id, 1) in administrator.send(f"{path}/show", page=path).text
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "changed")).one()
    assert (entry.before, entry.after) == ({"file_key_number": 0}, {"file_key_number": 1})
