"""The FTP server beside the others: it is started, it is told of, and nobody who charges needs it."""

import socket
import subprocess
import sys
from collections.abc import Callable
from ftplib import FTP
from pathlib import Path

import pytest

from tests.fixtures.environment import ROOT, VALKEY_URL, without_settings
from tests.fixtures.product import PortalServer, free_port
from tests.waiting import wait_until

Start = Callable[..., PortalServer]


def welcome(port: int) -> str:
    """What the FTP server says first; empty while there is none."""
    try:
        with FTP() as ftp:
            return ftp.connect("127.0.0.1", port)
    except ConnectionRefusedError:
        return ""


def test_it_runs_with_the_others(start_server: Start) -> None:
    port, encrypted = free_port(), free_port()
    server = start_server(FTP_PORT=str(port), FTPS_PORT=str(encrypted))
    assert f"  Files       ftp://localhost:{port}\n" in server.output()
    wait_until(lambda: welcome(port))
    assert welcome(port) == "220 Charge Portal: files for charging stations."
    assert (server.data_dir / "ftp-certificate.pem").stat().st_mode & 0o777 == 0o600
    assert server.stop() == 0
    assert "Traceback" not in server.log("files")


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
        ({"FTP_PORT": "0"}, "There is no FTP server to run: the setting FTP_PORT is 0."),
        ({"FTP_PASSIVE_PORTS": "80-90"}, "must look like 40000-40099, within 1024 and 65535."),
        ({"FTP_PUBLIC_HOST": "ftp://h"}, "must be a name or an address, such as files.example.com."),
        ({"TLS_KEY": "/k"}, "The setting TLS_KEY is wrong: belongs together with TLS_CERTIFICATE."),
        (
            {"TLS_KEY": __file__, "TLS_CERTIFICATE": __file__},
            "TLS_CERTIFICATE and TLS_KEY cannot be used: they are no pair in PEM.",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, fresh_database: str, settings: dict[str, str], sentence: str) -> None:
    given = {"DATABASE_URL": fresh_database, "REDIS_URL": VALKEY_URL, "FTP_PORT": str(free_port()), "FTPS_PORT": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "launcher", "files"],
        cwd=tmp_path,
        env=without_settings() | given | {"DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)} | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
