"""GET /metrics, in one process."""

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.orm import Session

from domain.models import Site, Station
from tests.fixtures.environment import using

TOKEN = "a token for those who watch"


def scraped(portal: Flask, token: str = TOKEN) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels, which are sorted by their names."""
    with using(METRICS_TOKEN=TOKEN):
        answer = portal.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_the_installation_in_figures(portal: Flask, db: Session) -> None:
    site = Site(name="Harbour")
    for number, (online, protocol) in enumerate([(True, "ocpp1.6"), (True, "ocpp1.6"), (False, None)]):
        name = f"S-{number}"
        db.add(Station(site=site, name=name, charge_box_id=name, online=online, protocol=protocol))
    db.commit()
    samples = scraped(portal)
    assert samples["charge_portal_stations", "ocpp1.6", "online"] == 2
    assert samples["charge_portal_stations", "none", "offline"] == 1
    assert samples["charge_portal_up", "database"] == 1
    assert samples["charge_portal_up", "worker"] == 0
    assert samples["charge_portal_jobs_queued", "default"] == 0
    assert ("charge_portal_backup_timestamp_seconds",) not in samples


def test_pages_are_counted(portal: Flask, db: Session) -> None:
    name = ("charge_portal_page_seconds_count", "health.healthz", "5xx")
    before = scraped(portal).get(name, 0)
    portal.test_client().get("/healthz")
    assert scraped(portal)[name] == before + 1


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer another"}, {"Authorization": "Basic eDp5"}])
def test_nobody_reads_it_without_the_token(portal: Flask, headers: dict[str, str]) -> None:
    with using(METRICS_TOKEN=TOKEN):
        answer = portal.test_client().get("/metrics", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "charge_portal" not in answer.text


def test_without_a_token_there_is_none(portal: Flask) -> None:
    answer = portal.test_client().get("/metrics", headers={"Authorization": "Bearer "})
    assert (answer.status_code, answer.text) == (404, "There are no metrics here: METRICS_TOKEN is not set.\n")


def test_it_answers_while_the_rest_does_not(portal: Flask, db: Session) -> None:
    nowhere = {"DATABASE_URL": "postgresql://127.0.0.1:1/portal", "REDIS_URL": "redis://127.0.0.1:1/0"}
    with using(**nowhere):
        samples = scraped(portal)
    assert [samples["charge_portal_up", part] for part in ("database", "redis", "worker")] == [0, 0, 0]
    assert ("charge_portal_jobs_queued", "default") not in samples
