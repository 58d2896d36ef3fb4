"""Files to and from real servers."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from simulator import transfer
from simulator.transfer import TransferError
from tests.simulator.files_server import ftp_server, http_server

SERVERS = {
    "ftp": lambda folder: ftp_server(folder, "ftp"),
    "ftps": lambda folder: ftp_server(folder, "ftps"),
    "ftps, encrypted on demand": lambda folder: ftp_server(folder, "ftps", implicit=False),
    "http": http_server,
}
DATA = bytes(range(256)) * 500


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "served" / "logs").mkdir(parents=True)
    return tmp_path / "served"


@pytest.fixture(params=SERVERS.keys())
def address(folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    with ExitStack() as stack:
        yield stack.enter_context(SERVERS[request.param](folder))


def test_a_file_is_left_in_the_folder_of_the_address(address: str, folder: Path) -> None:
    transfer.upload(f"{address}/logs/", "a.log", DATA)
    transfer.upload(f"{address}/logs", "b.log", b"")
    assert ((folder / "logs/a.log").read_bytes(), (folder / "logs/b.log").read_bytes()) == (DATA, b"")


def test_a_file_is_fetched_whole(address: str, folder: Path) -> None:
    (folder / "logs/firmware-1.bin").write_bytes(DATA)
    assert transfer.download(f"{address}/logs/firmware-1.bin") == DATA


def test_what_is_not_there_is_an_error(address: str) -> None:
    with pytest.raises(TransferError):
        transfer.download(f"{address}/logs/none.bin")


def test_a_wrong_password_is_an_error(address: str) -> None:
    scheme, _, rest = address.partition("://")
    with pytest.raises(TransferError):
        transfer.upload(f"{scheme}://{rest.rpartition('@')[2]}/logs/", "a.log", DATA)


def test_a_file_that_is_shorter_than_announced_is_an_error(folder: Path) -> None:
    (folder / "cut.bin").write_bytes(DATA)
    with http_server(folder) as address, pytest.raises(TransferError):
        transfer.download(f"{address}/cut.bin")


@pytest.mark.parametrize(
    "location", ["", "sftp://host/", "file:///etc/passwd", "ftp://127.0.0.1:1/", "http://[", "ftp://h:x/"]
)
def test_an_address_that_leads_nowhere_is_an_error(location: str) -> None:
    with pytest.raises(TransferError):
        transfer.download(location)
