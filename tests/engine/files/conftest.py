"""A real file server in a process of its own, with small limits, and stations that know their password."""

import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from ftplib import FTP, FTP_TLS
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock, file_access, firmware_images
from domain.models import Action, Command, CommandState, FirmwareImage, Station, StationFile
from tests.engine.conftest import make_station, numbers
from tests.fixtures.environment import ROOT
from tests.fixtures.ports import free_port
from tests.waiting import LONGEST_SECONDS, wait_until

LIMIT_BYTES, QUOTA_BYTES = 2_000_000, 5_000_000
LIMITS = {"UPLOAD_LIMIT_MEGABYTES": "2", "UPLOAD_QUOTA_MEGABYTES": "5"}
TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUSTING.check_hostname = False
TRUSTING.verify_mode = ssl.CERT_NONE

Transaction = Callable[[], AbstractContextManager[Session]]


class FileServer:
    """`charge-portal files`."""

    def __init__(self) -> None:
        self.port, self.encrypted_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        ports = {"FTP_PORT": str(self.port), "FTPS_PORT": str(self.encrypted_port)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "launcher", "files"], cwd=ROOT, env=os.environ | ports | LIMITS
        )
        wait_until(lambda: self._answers() or self._process.poll() is not None)
        assert self._process.poll() is None

    def _answers(self) -> bool:
        try:
            FTP().connect("127.0.0.1", self.port)
        except ConnectionRefusedError:
            return False
        return True

    def stop(self) -> int:
        self._process.terminate()
        return self._process.wait()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def serving() -> Iterator[FileServer]:
    server = FileServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def file_server(database: object, valkey: object) -> Iterator[FileServer]:
    with serving() as server:
        yield server


@pytest.fixture(autouse=True)
def _nobody_is_locked(valkey: Redis) -> None:
    for key in valkey.scan_iter("file-access:*"):
        valkey.delete(key)


class Client:
    """A station that knows its name and its password."""

    def __init__(self, server: FileServer, station: Station) -> None:
        self.server, self.station = server, station
        self.name = file_access.user_name(station.id)
        self.password = file_access.password(station.id, station.file_key_number)

    def sign_in(self, ftp: FTP, port: int | None = None) -> FTP:
        ftp.connect("127.0.0.1", port or self.server.port, timeout=LONGEST_SECONDS)
        ftp.login(self.name, self.password)
        return ftp

    def ftp(self) -> FTP:
        return self.sign_in(FTP())

    def ftp_tls(self) -> FTP_TLS:
        ftp = FTP_TLS(context=TRUSTING)
        self.sign_in(ftp)
        ftp.prot_p()
        return ftp


@pytest.fixture
def client(file_server: FileServer, station: Station) -> Client:
    return Client(file_server, station)


@pytest.fixture
def other(file_server: FileServer, transaction: Transaction) -> Client:
    """Another station."""
    return Client(file_server, make_station(transaction, f"other-{os.getpid()}-{next(numbers)}"))


@pytest.fixture
def files_of(transaction: Transaction) -> Callable[[Station], list[StationFile]]:
    """What the database knows of a station's files, in their order."""

    def read(station: Station) -> list[StationFile]:
        with transaction() as db:
            rows = db.scalars(select(StationFile).where(StationFile.station_id == station.id).order_by(StationFile.id))
            return list(rows)

    return read


@pytest.fixture
def make_image(transaction: Transaction) -> Callable[..., FirmwareImage]:
    def make(content: bytes, file_name: str = "firmware.bin") -> FirmwareImage:
        incoming = firmware_images.Incoming()
        incoming.write(content)
        with transaction() as db:
            image = FirmwareImage(version=f"{next(numbers)}")
            incoming.keep_as(image, file_name, None, clock.now())
            incoming.close()
            db.add(image)
            return image

    return make


@pytest.fixture
def ask(transaction: Transaction) -> Callable[..., Command]:
    """Makes a command that was sent."""

    def make(station: Station, action: Action, days_ago: float = 0, **parameters: object) -> Command:
        at = clock.now() - timedelta(days=days_ago)
        with transaction() as db:
            command = Command(
                site_id=station.site_id,
                station_id=station.id,
                action=action,
                parameters=parameters,
                state=CommandState.ACCEPTED,
                created_at=at,
                sent_at=at,
                deadline_at=at,
            )
            db.add(command)
            return command

    return make


def bytes_of(station: Station) -> dict[str, bytes]:
    """What lies on the disk for a station."""
    from config import get_settings

    folder: Path = get_settings().uploads_dir / str(station.id)
    return {path.name: path.read_bytes() for path in folder.glob("*")}
