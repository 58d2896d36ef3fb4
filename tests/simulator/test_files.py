"""Logs that are really uploaded, and software that is really fetched, each step told: whole conversations."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from ocpp.v16 import call, call_result
from ocpp.v16.enums import ResetType

from simulator.firmware import version_of
from simulator.messages import now, wire_time
from simulator.station import Station
from tests.simulator.central_system import CentralSystem, Conversation
from tests.simulator.files_server import ftp_server, http_server, self_signed

Converse = Callable[[CentralSystem, Conversation, Station], Awaitable[Any]]
IMAGE = b"version: 2.4.1\n" + bytes(range(256)) * 100


def with_station(converse: Converse) -> Any:
    async def run() -> Any:
        async with CentralSystem() as central, Station("CB/1", central.url) as station:
            await station.boot()
            return await converse(central, central.lines["CB/1"], station)

    return asyncio.run(run())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "served").mkdir()
    return tmp_path / "served"


def told(central: CentralSystem, action: str) -> list[str]:
    return [payload["status"] for payload in central.said(action)]


async def told_in_the_end(central: CentralSystem, action: str, *statuses: str) -> None:
    await central.until(lambda: told(central, action)[-1:] == list(statuses[-1:]))
    assert told(central, action) == list(statuses)


def test_diagnostics_are_uploaded_under_the_name_that_was_said(folder: Path) -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> str:
        with ftp_server(folder, "ftp") as address:
            reply = await line.call(call.GetDiagnostics(f"{address}/"))
            await told_in_the_end(central, "DiagnosticsStatusNotification", "Uploading", "Uploaded")
        return str(reply.file_name)

    name = with_station(converse)
    assert name.startswith("diagnostics-CB-1-")
    lines = (folder / name).read_text().splitlines()
    assert lines[0].endswith(" tells BootNotification")
    assert lines[1].endswith(" asked for GetDiagnostics")


def test_an_upload_that_fails_is_tried_again_and_then_told_of() -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        await line.call(call.GetDiagnostics("ftp://127.0.0.1:1/", retries=2, retry_interval=0))
        await told_in_the_end(central, "DiagnosticsStatusNotification", "Uploading", "UploadFailed")
        assert sum("a transfer failed" in line for line in station.logs._lines) == 3

    with_station(converse)


def test_a_log_carries_the_number_of_its_request(folder: Path) -> None:
    async def converse(central: CentralSystem, line: Conversation, station: Station) -> Any:
        with http_server(folder) as address:
            request = call.GetLog({"remoteLocation": f"{address}/"}, "SecurityLog", 42)
            reply = await line.call(request)
            await told_in_the_end(central, "LogStatusNotification", "Uploading", "Uploaded")
        assert {payload["requestId"] for payload in central.said("LogStatusNotification")} == {42}
        failing = await line.call(call.GetLog({"remoteLocation": "http://127.0.0.1:1/"}, "DiagnosticsLog", 43))
        assert failing.status == "Accepted"
        await central.until(lambda: told(central, "LogStatusNotification")[-1] == "UploadFailure")
        return reply

    reply = with_station(converse)
    assert reply.status == "Accepted"
    assert (folder / reply.filename).exists()


async def restarted(central: CentralSystem, station: Station) -> None:
    """What a living station does when it is told to restart (simulator/life.py)."""
    assert await station.resets.get() == ResetType.hard
    station.power_cycle()
    await station.connect()
    await station.boot()


def test_firmware_is_fetched_installed_and_runs_after_the_restart(folder: Path) -> None:
    (folder / "new.bin").write_bytes(IMAGE)

    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        with ftp_server(folder, "ftps") as address:
            reply = await line.call(call.UpdateFirmware(f"{address}/new.bin", wire_time(now())))
            assert reply == call_result.UpdateFirmware()
            await restarted(central, station)
            steps = ("Downloading", "Downloaded", "Installing", "Installed")
            await told_in_the_end(central, "FirmwareStatusNotification", *steps)
        versions = [payload["firmwareVersion"] for payload in central.said("BootNotification")]
        assert versions == ["1.0.0", "2.4.1"]

    with_station(converse)


def test_firmware_that_does_not_come_whole_is_not_installed(folder: Path) -> None:
    (folder / "cut.bin").write_bytes(IMAGE)

    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        with http_server(folder) as address:
            await line.call(call.UpdateFirmware(f"{address}/cut.bin", wire_time(now()), retries=1, retry_interval=0))
            await told_in_the_end(central, "FirmwareStatusNotification", "Downloading", "DownloadFailed")
        assert (station.firmware.version, station.resets.empty()) == ("1.0.0", True)

    with_station(converse)


@pytest.mark.parametrize("is_genuine", [True, False], ids=["genuine", "forged"])
def test_signed_firmware_is_installed_only_with_its_signature(folder: Path, is_genuine: bool) -> None:
    (folder / "new.bin").write_bytes(IMAGE)
    key = ec.generate_private_key(ec.SECP256R1())
    signature = key.sign(IMAGE if is_genuine else IMAGE[1:], ec.ECDSA(SHA256()))
    firmware = {
        "retrieveDateTime": wire_time(now()),
        "signingCertificate": self_signed(key).public_bytes(Encoding.PEM).decode(),
        "signature": base64.b64encode(signature).decode(),
    }

    async def converse(central: CentralSystem, line: Conversation, station: Station) -> None:
        with http_server(folder) as address:
            where = {"location": f"{address}/new.bin"}
            assert (await line.call(call.SignedUpdateFirmware(7, firmware | where))).status == "Accepted"
            if is_genuine:
                await restarted(central, station)
                steps = ("SignatureVerified", "Installing", "InstallRebooting", "Installed")
            else:
                steps = ("InvalidSignature",)
            action = "SignedFirmwareStatusNotification"
            await told_in_the_end(central, action, "Downloading", "Downloaded", *steps)
            assert {payload["requestId"] for payload in central.said(action)} == {7}
            unknown = firmware | where | {"signingCertificate": "none"}
            again = await central.lines["CB/1"].call(call.SignedUpdateFirmware(8, unknown))
            assert again.status == "InvalidCertificate"

    with_station(converse)


@pytest.mark.parametrize(
    ("image", "location", "version"),
    [
        (b"version: 3.0\nrest", "ftp://host/x.bin", "3.0"),
        (b"\x7fELF", "ftp://u:p@host/firmware/12/cc%20612-4.2.bin", "cc 612-4.2"),
        (b"\x7fELF", f"http://host/{'9' * 80}.bin", "9" * 50),
    ],
)
def test_the_version_stands_in_the_image_or_in_its_name(image: bytes, location: str, version: str) -> None:
    assert version_of(image, location) == version
