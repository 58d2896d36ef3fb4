"""`charge-portal rollup rebuild`."""

from pathlib import Path

from sqlalchemy import func, select

from domain.db import session_factory
from domain.models import WHOLE_SYSTEM, ChargingQuarter, Site, Station
from tests.domain.charge_histories import Charge, write
from tests.fixtures.environment import VALKEY_URL, using
from tests.launcher.test_commands import command


def test_it_adds_all_charges_up_anew(fresh_database: str, tmp_path: Path) -> None:
    with using(DATABASE_URL=fresh_database):
        with session_factory().begin() as db:
            station = Station(site=Site(name="Harbour"), name="H", charge_box_id="H")
            db.add(station)
            db.flush()
            write(db, [Charge(0, 60, 75, 7000), Charge(100, None, None, None)], [station])
        servers = {"DATABASE_URL": fresh_database, "REDIS_URL": VALKEY_URL}
        code, said, complaint = command(tmp_path, "rollup", "rebuild", **servers)
        assert (code, said, complaint) == (0, "2 charges were added up.\n2 changes of states were added up.\n", "")
        with session_factory()() as db:
            whole = select(func.sum(ChargingQuarter.energy_wh)).where(ChargingQuarter.site_id == WHOLE_SYSTEM)
            assert db.scalar(whole) == 7000
