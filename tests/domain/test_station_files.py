"""How long files are kept, and what is thrown away."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from config import get_settings
from domain import file_store, firmware_images, station_files
from domain.db import session_factory
from domain.file_access import Guest
from domain.file_paths import Folder, Place
from domain.firmware_images import ImageInUseError, Incoming
from domain.models import Action, Command, CommandState, FileState, FirmwareImage, Station, StationFile
from domain.station_files import UploadError, UploadFault
from engine import jobs
from tests.domain.conftest import NINE, after


@pytest.fixture(autouse=True)
def data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    get_settings.cache_clear()


def add_file(db: Session, station: Station, days: float, state: FileState = FileState.COMPLETE) -> StationFile:
    """With a byte on the disk."""
    at = NINE - timedelta(days=days)
    file = StationFile(
        station_id=station.id, name="a.log", size_bytes=1, state=state, via="ftp", started_at=at, changed_at=at
    )
    db.add(file)
    db.flush()
    path = station_files.path_of(station.id, file.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return file


def add_image(db: Session, content: bytes, version: str) -> FirmwareImage:
    incoming = Incoming()
    incoming.write(content)
    image = FirmwareImage(version=version)
    incoming.keep_as(image, "a.bin", None, NINE)
    incoming.close()
    db.add(image)
    db.flush()
    return image


def on_disk(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("**/*") if path.is_file()}


def test_old_uploads_go_with_their_bytes(db: Session, station: Station) -> None:
    young = add_file(db, station, days=89.9)
    add_file(db, station, days=90.1)
    failed = add_file(db, station, days=1, state=FileState.FAILED)
    receiving = add_file(db, station, days=1, state=FileState.RECEIVING)
    assert station_files.forget_before(db, NINE - timedelta(days=90)) == 1
    assert file_store.remove_orphans(db) == 2
    assert set(db.scalars(select(StationFile.id))) == {young.id, failed.id, receiving.id}
    assert on_disk(get_settings().uploads_dir) == {str(young.id), str(receiving.id)}


def test_what_no_row_names_is_removed(db: Session, station: Station, data_dir: Path) -> None:
    """Stations that are gone, and what nobody knows how it came there."""
    add_file(db, station, days=1)
    (data_dir / "uploads/1/stranger").parent.mkdir(exist_ok=True)
    (data_dir / "uploads/1/stranger").write_bytes(b"x")
    db.delete(station)
    db.flush()
    assert file_store.remove_orphans(db) == 2
    assert on_disk(data_dir / "uploads") == set()


def test_images_are_kept_while_a_row_names_them(db: Session, data_dir: Path) -> None:
    kept, gone = add_image(db, b"kept", "1"), add_image(db, b"gone", "1b")
    add_image(db, b"kept", "2")
    new = add_image(db, b"new", "3")
    (data_dir / "firmware/incoming-of-a-process-that-died").write_bytes(b"x")
    for path in (data_dir / "firmware").iterdir():
        if path.name != new.sha256:
            os.utime(path, (0, 0))
    for image in (kept, gone, new):
        firmware_images.remove(db, image)
    db.flush()
    assert file_store.remove_orphans(db) == 2
    assert on_disk(data_dir / "firmware") == {kept.sha256, new.sha256}, "one is named by another, one is too new"


def test_an_image_that_is_on_its_way_stays(db: Session, station: Station) -> None:
    image = add_image(db, b"x", "1")
    command = Command(
        site_id=station.site_id, station_id=station.id, action=Action.UPDATE_FIRMWARE,
        parameters={"firmware": image.id}, state=CommandState.QUEUED, created_at=NINE, deadline_at=NINE,
    )  # fmt: skip
    db.add(command)
    db.flush()
    with pytest.raises(ImageInUseError):
        firmware_images.remove(db, image)
    command.state = CommandState.ACCEPTED
    firmware_images.remove(db, image)
    db.flush()
    assert db.scalars(select(FirmwareImage)).all() == []


def test_what_is_not_kept_leaves_nothing(data_dir: Path) -> None:
    incoming = Incoming()
    incoming.write(b"x")
    incoming.close()
    assert on_disk(data_dir / "firmware") == set()


def test_the_nights_job(db: Session, station: Station, data_dir: Path) -> None:
    add_file(db, station, days=91)
    db.commit()
    jobs.forget_old_data()
    assert (on_disk(data_dir / "uploads"), db.scalars(select(StationFile)).all()) == (set(), [])


def test_what_was_given_up_is_not_finished(db: Session, station: Station) -> None:
    """A process that was thought dead comes back."""
    file = add_file(db, station, days=0, state=FileState.RECEIVING)
    assert station_files.sweep(db, after(6)) == 1
    guest = Guest(station.id, station.site_id)
    for step in (
        lambda: station_files.grow(db, guest, file.id, 2, after(7)),
        lambda: station_files.complete(db, guest, file.id, 2, "0" * 64, after(7)),
    ):
        with pytest.raises(UploadError) as error:
            step()
        assert error.value.fault is UploadFault.ABANDONED
    station_files.fail(db, guest, file.id, 2, UploadFault.BROKEN_OFF, after(7))
    db.refresh(file)
    assert (file.state, file.reason, file.size_bytes) == (FileState.FAILED, "abandoned", 1)


def test_two_that_end_at_once_share_the_room(db: Session, station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "upload_quota_megabytes", 1)
    files = [add_file(db, station, 0, FileState.RECEIVING) for _ in range(2)]
    db.commit()
    guest = Guest(station.id, station.site_id)
    end = Barrier(2)

    def complete(file_id: int) -> str:
        try:
            with session_factory().begin() as own:
                end.wait()
                station_files.complete(own, guest, file_id, 600_000, "0" * 64, NINE)
                # Were the other not kept waiting, both would have looked by now.
                own.execute(text("SELECT pg_sleep(0.2)"))
        except UploadError as error:
            return error.fault
        return "complete"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(complete, [file.id for file in files])) == ["complete", UploadFault.OVER_QUOTA]


def test_a_station_uploads_so_many_files_at_once_and_another_when_one_has_ended(
    db: Session, station: Station, data_dir: Path
) -> None:
    """Each byte that comes now and then keeps a connection open, so that slow ones once took them all."""
    guest, place = Guest(station.id, station.site_id), Place(Folder.UPLOADS, None, "a.log")
    begun = [station_files.begin(db, guest, place, "ftp", NINE)[0] for _ in range(station_files.MOST_AT_ONCE)]
    with pytest.raises(UploadError) as refused:
        station_files.begin(db, guest, place, "ftp", NINE)
    assert refused.value.fault is UploadFault.TOO_MANY_AT_ONCE
    station_files.fail(db, guest, begun[0].id, 0, UploadFault.BROKEN_OFF, NINE)
    station_files.begin(db, guest, place, "ftp", NINE)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("cc-3.15.bin", "cc-3.15.bin"),
        ("C:\\images\\cc 3.15 (final).bin", "cc_3.15_final_.bin"),
        ("../../å", "firmware.bin"),
        ("", "firmware.bin"),
        (".hidden", "hidden"),
    ],
)
def test_a_name_for_an_address(written: str, name: str) -> None:
    assert firmware_images.plain_name(written) == name
