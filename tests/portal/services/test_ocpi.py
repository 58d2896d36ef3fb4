"""The map feed over HTTP: who is let in, what is asked for, and that a walk misses nothing."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from domain import clock, nodes, stations, status_reports
from domain.models import Outlet, Service, ServiceKind, Site, Station
from domain.reports import ConnectReport, StatusReport
from domain.services import setting_up, telling
from domain.statuses import OutletStatus
from portal.services import coming, ocpi
from tests.portal.services.ocpi_client import FIRST, OcpiClient

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
SITES = 12
STATES = (OutletStatus.CHARGING, OutletStatus.FINISHING, OutletStatus.AVAILABLE, OutletStatus.FAULTED)


class Clock:
    """Stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> datetime:
        return self.now

    def move(self, **more: float) -> None:
        self.now += timedelta(**more)


@pytest.fixture
def moment(monkeypatch) -> Clock:
    held = Clock()
    monkeypatch.setattr(clock, "now", held)
    return held


@pytest.fixture
def feed(db, portal, moment) -> tuple[Service, OcpiClient]:
    """A dozen sites on the map, with one station and two outlets each."""
    for number in range(1, SITES + 1):
        site = Site(name=f"Site {number}", city="Aarhus", latitude=56.0 + number / 100, longitude=10.2)
        db.add(site)
        db.flush()
        db.add(Station(site_id=site.id, name=f"S-{number}", charge_box_id=f"S-{number}"))
        db.flush()
    for station in db.scalars(select(Station)).all():
        stations.connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, NINE))
        for number in (1, 2):
            say(db, station.id, number, OutletStatus.AVAILABLE)
    service = Service(kind=ServiceKind.MAP_FEED, name="NOBIL")
    setting_up.configure(service, {"country_code": "DK", "party_id": "FCR", "country": "DNK"})
    token = setting_up.make_secrets(service)["token"]
    db.add(service)
    setting_up.enable(service)
    setting_up.check(db, service, clock.now())
    db.commit()
    return service, OcpiClient(portal.test_client(), token)


@pytest.fixture
def map_(feed) -> OcpiClient:
    return feed[1]


def say(db, station_id, number, status):
    at = clock.now()
    status_reports.keep(db, [StatusReport(station_id, at, number, status, at, None, None, None)])


def publish(db):
    """As the job does every few seconds."""
    db.commit()
    telling.tell(db, clock.now())
    db.commit()


def picture(locations):
    """What a map shows after it took these: each EVSE by its uid, the latest word of each."""
    return {evse["uid"]: evse["status"] for location in locations for evse in location["evses"]}


def truth(db):
    db.rollback()
    return {
        str(uuid): {"available": "AVAILABLE", "charging": "CHARGING", "finishing": "BLOCKED", "faulted": "OUTOFORDER"}[
            s
        ]
        for uuid, s in db.execute(select(Outlet.uuid, Outlet.status))
    }


# Walks


def test_a_walk_page_by_page_has_everything_once(db, map_):
    locations = map_.walk(limit=5)
    assert len(locations) == SITES
    assert len({location["id"] for location in locations}) == SITES
    assert picture(locations) == truth(db)
    first = map_.ask(FIRST, limit=5)
    assert (first.headers["X-Total-Count"], first.headers["X-Limit"]) == (str(SITES), "100")
    assert "Link" not in map_.ask(FIRST, limit=SITES).headers


def test_a_walk_during_which_everything_changes_misses_nothing(db, map_, moment):
    """After each page a Location that was read, and one that was not yet, change: the order of all shifts."""
    ids = db.scalars(select(Station.id).order_by(Station.id)).all()
    turns = count()

    def change():
        turn = next(turns)
        if turn >= 6:  # The sites stand still at last, so that the walk has an end.
            return
        moment.move(seconds=1)
        for station_id in (ids[turn], ids[-1 - turn]):
            say(db, station_id, 1, STATES[turn % 3])
        publish(db)

    seen = map_.walk(between=change, limit=2)
    assert {location["id"] for location in seen} == {str(pk) for pk in db.scalars(select(Site.id))}
    assert picture(seen) == truth(db)
    # In the order of their time, so that the latest seen is where to go on from.
    assert [location["last_updated"] for location in seen] == sorted(location["last_updated"] for location in seen)


def test_no_location_is_torn(db, map_, moment):
    """Both outlets of a station change together; nobody sees one without the other."""
    ids = db.scalars(select(Station.id).order_by(Station.id)).all()
    turns = count()

    def change():
        turn = next(turns)
        if turn < 8:
            moment.move(seconds=1)
            for number in (1, 2):
                say(db, ids[turn], number, OutletStatus.CHARGING)
            publish(db)

    for location in map_.walk(between=change, limit=1):
        assert len({evse["status"] for evse in location["evses"]}) == 1
        assert location["last_updated"] == max(evse["last_updated"] for evse in location["evses"])


def test_a_map_that_was_down_for_an_hour_gets_every_missed_change(db, map_, moment):
    """Changed, changed and back, faulted, removed, moved in address, added; and nothing that did not change."""
    shown = {location["id"]: location for location in map_.walk(limit=5)}
    latest = max(location["last_updated"] for location in shown.values())
    sites = db.scalars(select(Site).order_by(Site.id)).all()
    by_site = {station.site_id: station.id for station in db.scalars(select(Station))}
    moment.move(minutes=5)
    say(db, by_site[sites[0].id], 1, OutletStatus.CHARGING)
    publish(db)
    moment.move(minutes=20)
    say(db, by_site[sites[1].id], 2, OutletStatus.FAULTED)
    say(db, by_site[sites[2].id], 1, OutletStatus.AVAILABLE)  # Said again: no change.
    publish(db)
    gone = db.scalars(select(Outlet).where(Outlet.station_id == by_site[sites[3].id], Outlet.number == 2)).one()
    gone_uid = str(gone.uuid)
    nodes.delete(db, gone)
    sites[4].street = "Another street 2"
    publish(db)
    moment.move(minutes=35)
    say(db, by_site[sites[5].id], 3, OutletStatus.AVAILABLE)
    publish(db)
    moment.move(minutes=1)

    missed = map_.walk(limit=2, date_from=latest)
    changed = [location for location in missed if location != shown.get(location["id"])]
    assert {location["id"] for location in changed} == {str(sites[n].id) for n in (0, 1, 3, 4, 5)}
    shown |= {location["id"]: location for location in missed}
    now_shown = picture(shown.values())
    assert now_shown.pop(gone_uid) == "REMOVED"
    assert now_shown == truth(db)
    assert shown[str(sites[4].id)]["address"] == "Another street 2"
    # Once it is up to date, the feed has nothing for it but what has that very moment.
    latest = max(location["last_updated"] for location in missed)
    assert map_.walk(date_from=latest) == [shown[str(sites[5].id)]]
    assert map_.walk(date_from="2026-11-22T12:00:00Z") == []


def test_dates_bound_what_is_told(db, map_, moment):
    moment.move(hours=1)
    say(db, db.scalars(select(Station.id)).first(), 1, OutletStatus.CHARGING)
    publish(db)
    at = "2026-11-22T10:00:00Z"
    assert len(map_.walk(date_from=at)) == 1
    assert len(map_.walk(date_to=at)) == SITES - 1
    assert map_.ask(FIRST, date_from=at).headers["X-Total-Count"] == "1"
    assert len(map_.walk(date_from="2026-11-22T11:00:00+01:00")) == 1
    assert len(map_.walk(date_from="2026-11-22T10:00:00")) == 1
    assert len(map_.walk(offset=10)) == 2


# Single objects


def test_one_location_one_evse_one_connector(map_):
    location = map_.walk(limit=1)[0]
    evse = location["evses"][0]
    path = f"{FIRST}/{location['id']}"
    assert map_.ask(path).json["data"] == location
    assert map_.ask(f"{path}/{evse['uid']}").json["data"] == evse
    assert map_.ask(f"{path}/{evse['uid']}/1").json["data"] == evse["connectors"][0]
    for missing in (f"{path}x", f"{path}/x", f"{path}/{evse['uid']}/2"):
        answer = map_.ask(missing)
        assert (answer.status_code, answer.json["status_code"]) == (404, 2003)


def test_versions(map_):
    [version] = map_.ask("/ocpi/versions").json["data"]
    assert version["version"] == "2.2.1"
    details = map_.ask(version["url"]).json["data"]
    assert details["endpoints"][0]["url"].endswith(FIRST)
    assert details["endpoints"][0] | {"url": ""} == {"identifier": "locations", "role": "SENDER", "url": ""}


def test_the_envelope(map_, moment):
    answer = map_.http.get(
        "/ocpi/versions", headers={"Authorization": f"token {map_.token}", "X-Request-ID": "7", "X-Correlation-ID": "8"}
    )
    assert answer.json["timestamp"] == "2026-11-22T09:00:00.000Z"
    assert (answer.headers["X-Request-ID"], answer.headers["X-Correlation-ID"]) == ("7", "8")
    assert answer.headers["Cache-Control"] == "no-store"


# Who is let in


@pytest.mark.parametrize("header", [None, "", "Token", "Token ", "Token nonsense", "Bearer x", "Token " + "A" * 2000])
def test_a_stranger_gets_nothing(portal, feed, header):
    headers = {} if header is None else {"Authorization": header}
    for path in ("/ocpi/versions", "/ocpi/2.2.1", FIRST, f"{FIRST}/1", f"{FIRST}/1/2", f"{FIRST}/1/2/3"):
        answer = portal.test_client().get(path, headers=headers)
        assert (answer.status_code, answer.json["status_code"]) == (401, 2000)
        assert "data" not in answer.json


def test_a_disabled_feed_is_closed_and_new_secrets_end_the_old(db, feed, map_):
    service, _ = feed
    new = setting_up.make_secrets(service)["token"]
    db.commit()
    assert map_.ask(FIRST).status_code == 401
    map_.token = new
    assert map_.ask(FIRST).status_code == 200
    setting_up.disable(service)
    db.commit()
    assert map_.ask(FIRST).status_code == 401


def test_the_token_of_another_kind_opens_nothing(db, portal, feed):
    service, map_ = feed
    service.kind = ServiceKind.PARKING
    db.commit()
    assert map_.ask(FIRST).status_code == 401


def test_a_visit_is_noted_once_a_minute(db, feed, map_, moment):
    service, _ = feed
    for seconds, noted in ((0, 0), (30, 0), (61, 61)):
        moment.now = NINE + timedelta(seconds=seconds)
        map_.ask(FIRST)
        db.refresh(service)
        assert service.asked_at == NINE + timedelta(seconds=noted)


def test_it_is_read_only(map_):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert map_.http.open(FIRST, method=method).status_code in (400, 405)


def test_who_comes_too_often_waits(map_, monkeypatch):
    monkeypatch.setattr(coming, "RATE", coming.parse("3 per minute"))
    answers = [map_.ask(FIRST) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    monkeypatch.setattr(coming, "UNKNOWN_RATE", coming.parse("2 per minute"))
    strangers = [map_.http.get(FIRST).status_code for _ in range(3)]
    assert strangers == [401, 401, 429]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "many"},
        {"limit": "9" * 30},
        {"offset": "x"},
        {"date_from": "yesterday"},
        {"date_to": "2026-13-01T00:00:00Z"},
        {"date_from": "0001-01-01T00:00:00+23:00"},
        {"cursor": "x"},
        {"cursor": "2026-11-22T10:00:00~\0"},
        {"cursor": "2026-11-22T10:00:00Z~\0"},
    ],
)
def test_what_is_not_understood_is_said(map_, query):
    answer = map_.ask(FIRST, **query)
    assert (answer.status_code, answer.json["status_code"]) == (400, 2001)
    assert next(iter(query)) in answer.json["status_message"]


def test_a_limit_has_its_limit(map_, monkeypatch):
    monkeypatch.setattr(ocpi, "LARGEST_LIMIT", 4)
    answer = map_.ask(FIRST, limit=1000)
    assert len(answer.json["data"]) == 4
    assert "limit=4" in answer.headers["Link"]
