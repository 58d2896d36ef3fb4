"""What is counted in the running product, and that the rules of deploy/ speak of nothing else."""

import json
import re
import subprocess
import sys
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text

from tests.engine.conftest import wire
from tests.fixtures.environment import ROOT
from tests.fixtures.product import PortalServer
from tests.launcher.conftest import Installation
from tests.waiting import wait_until

TOKEN = "a token for those who watch"
MONITORING = ROOT / "deploy" / "monitoring"
NAME = re.compile(r"charge_portal_\w+")
FRAMES = 30


@pytest.fixture
def server(installation: Installation) -> PortalServer:
    return installation(METRICS_TOKEN=TOKEN, WEB_WORKERS="2").start()


def samples(server: PortalServer) -> dict[tuple[str, ...], float]:
    request = Request(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urlopen(request) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_all_processes_count_together(server: PortalServer) -> None:
    with create_engine(server.database_owner_url).begin() as owner:
        owner.execute(text("INSERT INTO site (name) VALUES ('Harbour')"))
        station = "INSERT INTO station (site_id, name, charge_box_id) SELECT id, 'S', 'S' FROM site"
        owner.execute(text(station))
    for _line in range(FRAMES):
        with wire(f"{server.ws_url}/S") as line:
            line.ask(2, "1", "Heartbeat", {})
            line.ask(2, "2", "MadeUp", {})
    found = samples(server)
    # Sorted by the names of their labels: action, direction, kind.
    assert found["charge_portal_frames_total", "Heartbeat", "in", "call"] == FRAMES
    assert found["charge_portal_frames_total", "other", "out", "error"] == FRAMES
    assert found["charge_portal_answer_seconds_count", "Heartbeat"] == FRAMES
    assert found[("charge_portal_commit_seconds_count",)] > 0
    assert found["charge_portal_up", "worker"] == 1
    wait_until(lambda: ("charge_portal_cron_heartbeat_age_seconds",) in samples(server))

    backup = "INSERT INTO backup (began_at, ended_at, state, verified) VALUES (now(), now(), 'made', true)"
    with create_engine(server.database_owner_url).begin() as owner:
        owner.execute(text(backup))
    names = {name for name, *_labels in samples(server)}
    for told in ("alerts.yml", "dashboard.json"):
        spoken_of = set(NAME.findall((MONITORING / told).read_text()))
        assert spoken_of and spoken_of <= names, told


def test_the_dashboard_is_what_its_program_writes() -> None:
    written = subprocess.run([sys.executable, MONITORING / "dashboard.py"], capture_output=True, check=True).stdout
    assert json.loads(written) == json.loads((MONITORING / "dashboard.json").read_text())
