"""Addresses for commands about files, made in the moment they are sent."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config import get_settings
from domain import file_access, fulfilment
from domain.models import Action, Command, CommandReason, CommandState, FirmwareImage, Station, StationParameter
from domain.reports import TakeCommandReport
from tests.domain.conftest import NINE, after


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """`setting` below changes them; what was read is forgotten after each test."""
    monkeypatch.setenv("PUBLIC_URL", "https://charge.example.com")
    get_settings.cache_clear()
    yield monkeypatch
    get_settings.cache_clear()


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Any:
    def change(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()

    return change


def sent(db: Session, station: Station, action: Action, **parameters: object) -> tuple[Command, dict[str, Any] | None]:
    """The order that the station is sent."""
    station.connection_number = 1
    command = Command(
        site_id=station.site_id, station_id=station.id, action=action, parameters=parameters,
        state=CommandState.QUEUED, created_at=NINE, deadline_at=after(1),
    )  # fmt: skip
    db.add(command)
    db.flush()
    (order,) = fulfilment.take(db, [TakeCommandReport(station.id, 1, NINE)])
    db.refresh(command)
    return command, order.parameters if order else None


def whose(station: Station) -> str:
    return f"station-{station.id}:{file_access.password(station.id, 0)}"


def test_a_log_goes_to_the_commands_own_folder(db: Session, station: Station) -> None:
    for action in (Action.GET_DIAGNOSTICS, Action.GET_LOG):
        command, order = sent(db, station, action, retries=2)
        address = f"ftp://{whose(station)}@charge.example.com:2121/uploads/{command.id}/"
        assert order == {"retries": 2, "location": address}
        assert command.parameters == {"retries": 2}, "no password is stored"


def image(db: Session, **more: str) -> FirmwareImage:
    made = FirmwareImage(file_name="cc.bin", version="1", size_bytes=1, sha256="0" * 64, uploaded_at=NINE, **more)
    db.add(made)
    db.flush()
    return made


def test_firmware(db: Session, station: Station) -> None:
    plain = image(db)
    _, order = sent(db, station, Action.UPDATE_FIRMWARE, firmware=plain.id)
    location = f"ftp://{whose(station)}@charge.example.com:2121/firmware/{plain.id}/cc.bin"
    assert order == {"firmware": plain.id, "location": location}


def test_signed_firmware(db: Session, station: Station) -> None:
    signed = image(db, signing_certificate="PEM", signature="c2ln")
    _, order = sent(db, station, Action.UPDATE_FIRMWARE, firmware=signed.id)
    assert order is not None
    assert (order["signing_certificate"], order["signature"]) == ("PEM", "c2ln")


def test_firmware_that_is_gone(db: Session, station: Station) -> None:
    command, order = sent(db, station, Action.UPDATE_FIRMWARE, firmware=999_999)
    assert (order, command.state, command.reason) == (None, CommandState.FAILED, CommandReason.GONE)


@pytest.mark.parametrize(
    ("told", "settings", "begins"),
    [
        (None, {}, "ftp://{}@charge.example.com:2121/"),
        ("", {}, "ftp://{}@charge.example.com:2121/"),
        ("SFTP", {}, "ftp://{}@charge.example.com:2121/"),
        ("HTTP,HTTPS,FTP", {}, "ftp://{}@charge.example.com:2121/"),
        ("HTTP, HTTPS, FTPS", {}, "https://{}@charge.example.com/Ocpp/files/"),
        ("ftps", {}, "ftps://{}@charge.example.com:2990/"),
        ("HTTP", {}, "ftp://{}@charge.example.com:2121/"),
        ("HTTP", {"PUBLIC_URL": "http://charge.local:8080"}, "http://{}@charge.local:8080/Ocpp/files/"),
        (None, {"FILE_TRANSFER": "http"}, "https://{}@charge.example.com/Ocpp/files/"),
        (None, {"FILE_TRANSFER": "ftps"}, "ftps://{}@charge.example.com:2990/"),
        (None, {"FILE_TRANSFER": "ftps", "FTPS_PORT": "0"}, "https://{}@charge.example.com/Ocpp/files/"),
        (None, {"FTP_PORT": "0"}, "https://{}@charge.example.com/Ocpp/files/"),
        (None, {"FTP_PUBLIC_HOST": "files.example.com", "FTP_PORT": "21"}, "ftp://{}@files.example.com:21/"),
    ],
)
def test_which_protocol_is_offered(
    db: Session, station: Station, setting: Any, told: str | None, settings: dict[str, str], begins: str
) -> None:
    setting(**settings)
    if told is not None:
        key = "SupportedFileTransferProtocols"
        db.add(StationParameter(station_id=station.id, key=key, value=told, read_at=NINE))
    _, order = sent(db, station, Action.GET_LOG)
    assert order is not None
    assert order["location"].startswith(begins.format(whose(station)) + "uploads/")


def test_a_password_is_of_one_station_and_one_number(setting: Any) -> None:
    found = {file_access.password(station_id, number) for station_id in range(1, 20) for number in range(20)}
    assert len(found) == 19 * 20
    assert all(len(one) == 32 and one.isalnum() and one.islower() for one in found)
    before = file_access.password(1, 0)
    setting(SECRET_KEY="another secret of the installation")
    assert file_access.password(1, 0) != before
