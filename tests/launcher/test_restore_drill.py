"""The drill: charge, back up, lose everything, restore, compare, charge again."""

import shutil
from pathlib import Path
from typing import Any, cast

from sqlalchemy import create_engine, text

from launcher.backups import postgres
from tests.engine.conftest import Wire, wire
from tests.fixtures.environment import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.fixtures.product import PortalServer
from tests.launcher.api import sign_in
from tests.launcher.conftest import Installation
from tests.launcher.test_commands import command

CHARGES = 3
STATION = "DRILL-1"
ENERGY_WH = 5000


def ask(station: Wire, number: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """What the portal answers; what it asks meanwhile is refused, as by a station that can little."""
    station.send(2, number, action, payload)
    while (reply := station.receive())[0] != 3 or reply[1] != number:
        assert reply[0] == 2, reply
        station.send(4, reply[1], "NotSupported", "", {})
    return cast(dict[str, Any], reply[2])


def charge(server: PortalServer, meter_wh: int) -> int:
    """One whole charge over OCPP 1.6; returns its number."""
    with wire(f"{server.ws_url}/{STATION}") as station:
        ask(station, "boot", "BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
        begun = {"connectorId": 1, "idTag": "anyone", "meterStart": meter_wh, "timestamp": "2026-11-29T10:00:00Z"}
        number = int(ask(station, "start", "StartTransaction", begun)["transactionId"])
        ended = {"transactionId": number, "meterStop": meter_wh + ENERGY_WH, "timestamp": "2026-11-29T11:00:00Z"}
        assert ask(station, "stop", "StopTransaction", ended) == {}
    return number


def make_station(server: PortalServer) -> None:
    with create_engine(server.database_owner_url).begin() as owner:
        owner.execute(text("INSERT INTO site (name) VALUES ('Harbour')"))
        owner.execute(
            text(f"INSERT INTO station (site_id, name, charge_box_id) SELECT id, '{STATION}', '{STATION}' FROM site")
        )
        owner.execute(text("INSERT INTO outlet (station_id, number, mode) SELECT id, 1, 'open' FROM station"))


def test_nothing_is_lost(installation: Installation, data_dir: Path) -> None:
    backups = {"BACKUP_DIRECTORY": str(data_dir.parent / "elsewhere")}
    server = installation().start()
    make_station(server)
    numbers = [charge(server, 1000 * number) for number in range(CHARGES)]
    (data_dir / "uploads").mkdir(exist_ok=True)
    (data_dir / "uploads" / "log").write_bytes(b"of a station")
    code, said, complaint = command(data_dir, "backup", "--verify", **backups)
    assert (code, complaint) == (0, "") and ", restored and found to be the same." in said
    [backup] = (data_dir.parent / "elsewhere").iterdir()
    server.stop()

    shutil.rmtree(data_dir)
    code, said, complaint = command(_made(data_dir), "restore", str(backup))
    assert (code, complaint) == (0, "")
    assert f"{backup.name} of " in said and "all the same." in said
    assert (data_dir / "uploads" / "log").read_bytes() == b"of a station"
    code, said, complaint = command(data_dir, "restore", str(backup))
    assert (code, said) == (1, "")
    assert complaint == "The database has tables already: a backup is restored into an empty one.\n"

    again = installation().start()
    assert sign_in(again, ADMIN_EMAIL, ADMIN_PASSWORD)[0] == 200
    with create_engine(again.database_owner_url).connect() as owner:
        kept = text("SELECT id, energy_wh FROM charging_session ORDER BY id")
        assert owner.execute(kept).all() == [(number, ENERGY_WH) for number in numbers]
    assert charge(again, 1000 * CHARGES) > max(numbers)
    assert postgres.fingerprints(again.database_owner_url)["charging_session"].rows == CHARGES + 1


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory
