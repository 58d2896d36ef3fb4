"""The first start makes an installation and tells its password; later ones only start it."""

import re
import stat
from pathlib import Path

from tests.fixtures.product import PortalServer
from tests.launcher.api import sign_in
from tests.launcher.conftest import Installation


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_start_tells_the_password_once(installation: Installation) -> None:
    first = installation(ADMIN_PASSWORD="", ADMIN_EMAIL="ida@example.com", PUBLIC_URL="https://charge.example.com/")
    progress, _, said = first.start().output().partition("\nCharge Portal is ready.\n")
    assert progress.startswith("Starting Charge Portal ...\nMaking the database ...\n")
    assert said == (
        "\n"
        "  Portal      https://charge.example.com\n"
        "  OCPP 1.6J   wss://charge.example.com/Ocpp/websocket\n"
        "  OCPP 1.5    https://charge.example.com/Ocpp/CentralSystemService15\n"
        f"  Sign in as  ida@example.com   password {(password := shown_password(said))}   (shown this once)\n"
        "\n"
        f"  Logs are in {first.data_dir}/logs. Ctrl-C stops everything.\n"
        "\n"
    )
    assert sign_in(first, "ida@example.com", password)[0] == 200
    assert first.stop() == 0

    second = installation(ADMIN_PASSWORD="", PUBLIC_URL="https://charge.example.com/").start()
    assert "Making" not in second.output()
    assert "password" not in second.output()
    assert sign_in(second, "ida@example.com", password)[0] == 200


def shown_password(output: str) -> str:
    found = re.search(r"   password (\S{16})   ", output)
    assert found, output
    return found[1]


def test_secrets_and_sockets_are_for_their_owner_alone(running_installation: PortalServer) -> None:
    data_dir = running_installation.data_dir
    assert mode(data_dir / "secret_key") == 0o600
    assert len((data_dir / "secret_key").read_text()) >= 32
    directories = ("postgres", "valkey", "logs", "run/postgres", "run/valkey")
    assert {name: mode(data_dir / name) for name in directories} == dict.fromkeys(directories, 0o700)
    assert open_ports(running_installation.processes()) == {running_installation.port}


def open_ports(pids: object) -> set[int]:
    import psutil

    return {
        connection.laddr.port
        for pid in pids
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }


def test_settings_are_read_from_a_file_beside_the_program_and_a_given_password_is_not_shown(
    installation: Installation, data_dir: Path
) -> None:
    server = installation(ADMIN_PASSWORD="brought-along-1")
    del server.settings["ADMIN_EMAIL"]
    data_dir.mkdir()
    # The directory that the command is started in.
    (data_dir / ".env").write_text(
        "ADMIN_EMAIL=from-the-file@example.com\nPUBLIC_URL=https://from-the-file.example.com\n"
    )
    server.start()
    assert "  Portal      https://from-the-file.example.com\n" in server.output()
    assert sign_in(server, "from-the-file@example.com", "brought-along-1")[0] == 200
    assert "password" not in server.output()
    assert "brought-along-1" not in server.output() + server.log("prepare") + server.log("web")
