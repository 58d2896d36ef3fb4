"""The FTP server beside the others: it is started, it is told of, and nobody who charges needs it."""

import hashlib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ftplib import FTP
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from config import get_settings
from domain import file_access
from domain.models import FileState, StationFile
from launcher.errors import LaunchError
from launcher.settings import load_settings
from tests.fixtures.environment import ROOT, VALKEY_URL, without_settings
from tests.fixtures.ports import free_port
from tests.fixtures.product import PortalServer
from tests.launcher.api import call, sign_in
from tests.waiting import LONGEST_SECONDS, wait_until

Start = Callable[..., PortalServer]


def welcome(port: int) -> str:
    """What the FTP server says first; empty while there is none."""
    try:
        with FTP() as ftp:
            return ftp.connect("127.0.0.1", port)
    except ConnectionRefusedError:
        return ""


def test_a_station_is_asked_for_its_logs(start_server: Start) -> None:
    """From the API to the station, from the station to the FTP server: all that `run` starts is needed."""
    port = free_port()
    server = start_server(FTP_PORT=str(port), FTPS_PORT="0")
    assert f"  Files       ftp://localhost:{port}\n" in server.output()
    wait_until(lambda: welcome(port))
    token = sign_in(server, server.admin_email, server.admin_password)[1]["access_token"]

    def ask(method: str, path: str, body: Any = None) -> Any:
        return call(server, method, f"/api/v1/{path}", body, token)[1]

    site = ask("POST", "sites/", {"name": "Harbour"})["id"]
    named = {"name": "CC-1", "charge_box_id": "files-1", "site": site}
    station = ask("POST", "stations/", named)["id"]
    with simulated(server, "files-1"):
        wait_until(lambda: ask("GET", f"stations/{station}")["result"]["online"])
        command = ask("POST", f"stations/{station}/commands", {"action": "get_diagnostics"})["id"]
        wait_until(lambda: ask("GET", f"commands/{command}")["result"]["progress"] == "uploaded")
    engine = create_engine(server.database_url)
    with Session(engine) as db:
        file = db.scalars(select(StationFile)).one()
    engine.dispose()
    assert (file.station_id, file.command_id, file.state, file.via) == (station, command, FileState.COMPLETE, "ftp")
    kept = (server.data_dir / "uploads" / str(station) / str(file.id)).read_bytes()
    assert (len(kept), hashlib.sha256(kept).hexdigest()) == (file.size_bytes, file.sha256)
    assert (server.data_dir / "ftp-certificate.pem").stat().st_mode & 0o777 == 0o600
    password = file_password(server, station)
    assert server.stop() == 0
    for name in ("files", "web", "worker"):
        assert "Traceback" not in server.log(name)
        assert password not in server.log(name)


@contextmanager
def simulated(server: PortalServer, charge_box_id: str) -> Iterator[None]:
    """A station on the wire, which does what it is asked."""
    options = ["--url", server.ws_url, "--ids", charge_box_id, "--no-faults"]
    with subprocess.Popen([sys.executable, "-m", "launcher", "simulate", *options], cwd=ROOT) as process:
        try:
            yield
        finally:
            process.terminate()


def file_password(server: PortalServer, station_id: int) -> str:
    """That of the running installation, whose secret is another than this process's."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SECRET_KEY", (server.data_dir / "secret_key").read_text().strip())
        get_settings.cache_clear()
        password = file_access.password(station_id, 0)
    get_settings.cache_clear()
    return password


def test_a_taken_port_keeps_nobody_from_charging(start_server: Start) -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        port = other.getsockname()[1]
        server = start_server(FTP_PORT=str(port))
        why = f"  No FTP server: Port {port} is in use: stop what uses it or set FTP_PORT.\n"
        wait_until(lambda: why in server.output())
    assert server.health()["status"] == "ok"
    assert server.process("files") is None


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"FTP_PASSIVE_PORTS": "80-90"},
            "The setting FTP_PASSIVE_PORTS is wrong: must look like 40000-40099, within 1024 and 65535.",
        ),
        (
            {"FTP_PUBLIC_HOST": "ftp://h"},
            "The setting FTP_PUBLIC_HOST is wrong: must be a name or an address, such as files.example.com.",
        ),
        ({"TLS_KEY": "/k"}, "The setting TLS_KEY is wrong: belongs together with TLS_CERTIFICATE."),
        ({"TLS_CERTIFICATE": "/c"}, "The setting TLS_KEY is wrong: belongs together with TLS_CERTIFICATE."),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], sentence: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    with pytest.raises(LaunchError) as error:
        load_settings()
    monkeypatch.undo()
    get_settings.cache_clear()
    assert error.value.message == sentence


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"FTP_PORT": "0"}, "There is no FTP server to run: the setting FTP_PORT is 0."),
        (
            {"TLS_KEY": __file__, "TLS_CERTIFICATE": __file__},
            "TLS_CERTIFICATE and TLS_KEY cannot be used: they are no pair in PEM.",
        ),
    ],
)
def test_why_it_cannot_run_is_said(
    tmp_path: Path, fresh_database: str, settings: dict[str, str], sentence: str
) -> None:
    given = {"DATABASE_URL": fresh_database, "REDIS_URL": VALKEY_URL, "FTP_PORT": str(free_port()), "FTPS_PORT": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "launcher", "files"],
        cwd=tmp_path,
        env=without_settings() | given | {"DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)} | settings,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, f"{sentence}\n")
