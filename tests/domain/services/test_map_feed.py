from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import nodes, stations, status_reports
from domain.models import FeedEvse, Outlet, Service, ServiceKind, Site, Station
from domain.reports import ConnectReport, StatusReport
from domain.services import outlet_values, setting_up, telling
from domain.services.map_feed import reading, words
from domain.services.map_feed.reading import Query
from domain.services.outlet_values import TakenError
from domain.statuses import OutletStatus
from tests.domain.conftest import after
from tests.statements import recorded

CONFIGURATION = {"country_code": "DK", "party_id": "FCR", "country": "DNK", "operator": "FastCars"}


def make_feed(db, name="NOBIL", **more):
    service = Service(kind=ServiceKind.MAP_FEED, name=name)
    setting_up.configure(service, CONFIGURATION | more)
    setting_up.make_secrets(service)
    db.add(service)
    setting_up.enable(service)
    setting_up.check(db, service, after(0))
    return service


@pytest.fixture
def place(db, station) -> Site:
    """A site on the map, with one station that is there and its two outlets."""
    site = station.site
    site.street, site.city, site.country, site.postal_code = "Kaj 1", "Aarhus", "Danmark", "8000"
    site.latitude, site.longitude = 56.1537, 10.2142
    db.add_all([Outlet(station_id=station.id, number=number) for number in (1, 2)])
    db.flush()
    stations.connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, after(0)))
    for number in (1, 2):
        say(db, station, number, OutletStatus.AVAILABLE, 0)
    db.flush()
    return site


@pytest.fixture
def feed(db, place) -> Service:
    return make_feed(db)


def say(db, station, number, status, minutes):
    status_reports.keep(
        db, [StatusReport(station.id, after(minutes), number, status, after(minutes), None, None, None)]
    )


def told(db, service, minutes=0.0, **query):
    """What is told by now."""
    db.flush()
    while telling.tell(db, after(minutes)):
        pass
    db.flush()
    return reading.page(db, service, Query(limit=100, **query)).locations


def at(minutes):
    return reading.moment(after(minutes))


def test_a_location_in_full(db, place, station, feed):
    first, second = db.scalars(select(Outlet).order_by(Outlet.number)).all()
    first.parking = "P-17"
    [location] = told(db, feed)
    evses = location.pop("evses")
    assert location == {
        "country_code": "DK",
        "party_id": "FCR",
        "id": str(place.id),
        "publish": True,
        "name": place.name,
        "address": "Kaj 1",
        "city": "Aarhus",
        "postal_code": "8000",
        "country": "DNK",
        "coordinates": {"latitude": "56.153700", "longitude": "10.214200"},
        "time_zone": "Europe/Copenhagen",
        "operator": {"name": "FastCars"},
        "last_updated": location["last_updated"],
    }
    assert [evse["physical_reference"] for evse in evses] == ["P-17", f"{station.name} / 2"]
    assert evses[1] == {
        "uid": str(second.uuid),
        "evse_id": f"DK*FCR*E{second.id}",
        "status": "AVAILABLE",
        "capabilities": ["REMOTE_START_STOP_CAPABLE", "RFID_READER"],
        "connectors": [
            {
                "id": "1",
                "standard": "IEC_62196_T2",
                "format": "SOCKET",
                "power_type": "AC_3_PHASE",
                "max_voltage": 230,
                "max_amperage": 32,
                "last_updated": at(0),
            }
        ],
        "physical_reference": f"{station.name} / 2",
        "last_updated": at(0),
    }


def test_only_real_changes_touch_last_updated(db, place, station, feed):
    [before] = told(db, feed)
    for minutes in (1, 2, 3):
        say(db, station, 1, OutletStatus.AVAILABLE, minutes)
        connection = stations.connect(db, ConnectReport(station.charge_box_id, "ocpp1.6", None, after(minutes)))
        assert connection is not None
        place.description = f"Seen {minutes} times"
        telling.check_all(db, after(minutes))
        assert told(db, feed, minutes) == [before]


def test_a_state_touches_its_evse_and_its_location_and_nothing_else(db, place, station, feed):
    told(db, feed)
    say(db, station, 1, OutletStatus.CHARGING, 5)
    [location] = told(db, feed, 5)
    first, second = location["evses"]
    assert (location["last_updated"], first["last_updated"], second["last_updated"]) == (at(5), at(5), at(0))
    assert (first["status"], second["status"]) == ("CHARGING", "AVAILABLE")
    assert first["connectors"][0]["last_updated"] == at(0)


def test_a_station_that_goes_leaves_its_states_unknown(db, place, station, feed):
    told(db, feed)
    stations.sweep_silent(db, after(60))
    [location] = told(db, feed, 60)
    assert [evse["status"] for evse in location["evses"]] == ["UNKNOWN", "UNKNOWN"]


def test_another_connector_touches_it(db, place, station, feed):
    told(db, feed)
    outlet = db.scalars(select(Outlet).where(Outlet.number == 1)).one()
    outlet.connector_type = "CCS"
    told(db, feed, 6)
    outlet.max_current_a = 125
    [location] = told(db, feed, 7)
    first, second = location["evses"]
    assert (first["connectors"][0]["standard"], first["connectors"][0]["power_type"]) == ("IEC_62196_T2_COMBO", "DC")
    assert first["connectors"][0]["max_amperage"] == 125
    assert (first["connectors"][0]["last_updated"], second["connectors"][0]["last_updated"]) == (at(7), at(0))


def test_an_outlet_that_is_removed_is_told_as_removed_and_comes_back(db, place, station, feed):
    told(db, feed)
    outlet = db.scalars(select(Outlet).where(Outlet.number == 2)).one()
    uid = str(outlet.uuid)
    nodes.delete(db, outlet)
    [location] = told(db, feed, 5)
    assert [(evse["uid"], evse["status"]) for evse in location["evses"]][1] == (uid, "REMOVED")
    assert (location["last_updated"], location["publish"]) == (at(5), True)
    assert told(db, feed, 6) == [location]
    say(db, station, 2, OutletStatus.AVAILABLE, 7)
    [location] = told(db, feed, 8)
    assert sorted(evse["status"] for evse in location["evses"]) == ["AVAILABLE", "AVAILABLE", "REMOVED"]


@pytest.mark.parametrize("how", ["deleted", "excluded", "without position"])
def test_a_site_that_is_shown_no_more(db, place, station, feed, how):
    told(db, feed)
    if how == "deleted":
        for outlet in db.scalars(select(Outlet)).all():
            db.delete(outlet)
        db.flush()
        db.delete(db.get(Station, station.id))
        db.flush()
        db.delete(db.get(Site, place.id))
    elif how == "excluded":
        setting_up.configure(feed, feed.configuration | {"excluded_site_ids": [place.id]})
        setting_up.check(db, feed, after(5))
    else:
        place.latitude = place.longitude = None
    [location] = told(db, feed, 5)
    assert (location["publish"], location["last_updated"]) == (False, at(5))
    assert [evse["status"] for evse in location["evses"]] == ["REMOVED", "REMOVED"]
    telling.check_all(db, after(9))
    assert told(db, feed, 9) == [location]


def test_how_much_is_shown(db, place, station, feed):
    told(db, feed)
    assert reading.shown(db, feed.id) == reading.Shown(1, 2, after(0))
    nodes.delete(db, db.scalars(select(Outlet).where(Outlet.number == 2)).one())
    told(db, feed, 5)
    assert reading.shown(db, feed.id) == reading.Shown(1, 1, after(5))
    assert reading.shown(db, feed.id + 1) == reading.Shown(0, 0, None)


def test_a_site_without_a_position_is_not_shown(db, station, outlet):
    assert told(db, make_feed(db)) == []


def test_the_maps_own_numbers(db, place, station, feed):
    told(db, feed)
    first, second = db.scalars(select(Outlet).order_by(Outlet.number)).all()
    outlet_values.put(db, first, {(feed.id, "evse_uid"): "NOBIL-1", (feed.id, "nobil_station_id"): "DNK_00123"})
    locations = {location["id"]: location for location in told(db, feed, 5)}
    assert set(locations) == {str(place.id), "DNK_00123"}
    assert [(evse["uid"], evse["status"]) for evse in locations["DNK_00123"]["evses"]] == [("NOBIL-1", "AVAILABLE")]
    old = {evse["uid"]: evse["status"] for evse in locations[str(place.id)]["evses"]}
    assert old == {str(first.uuid): "REMOVED", str(second.uuid): "AVAILABLE"}
    say(db, station, 1, OutletStatus.CHARGING, 6)
    [location] = told(db, feed, 6, date_from=after(6))
    assert (location["id"], location["evses"][0]["status"]) == ("DNK_00123", "CHARGING")
    db.flush()
    with pytest.raises(TakenError, match="has this value already"):
        outlet_values.put(db, second, {(feed.id, "evse_uid"): "NOBIL-1"})


def test_a_number_of_the_map_belongs_to_one_site(db, place, station, feed):
    other = Site(name="Elsewhere", latitude=55.0, longitude=10.0)
    db.add(other)
    db.flush()
    db.add(Station(site_id=other.id, name="E", charge_box_id="E"))
    db.flush()
    elsewhere = Outlet(station_id=db.scalars(select(Station.id).where(Station.name == "E")).one(), number=1)
    db.add(elsewhere)
    db.flush()
    for outlet in (db.scalars(select(Outlet).where(Outlet.number == 2)).one(), elsewhere):
        outlet_values.put(db, outlet, {(feed.id, "nobil_station_id"): "DNK_1"})
        told(db, feed, 5)
    sites = {location["id"]: location["name"] for location in told(db, feed, 6)}
    assert sites["DNK_1"] == place.name
    assert sites[str(other.id)] == "Elsewhere"
    telling.check_all(db, after(7))
    assert told(db, feed, 8, date_from=after(6)) == []


def test_two_feeds_have_their_own_words(db, place, station, feed):
    other = make_feed(db, "Other", excluded_site_ids=[place.id])
    assert len(told(db, feed)) == 1
    assert told(db, other) == []


def test_no_two_publishings_have_one_moment(db, place, station, feed):
    told(db, feed)
    say(db, station, 1, OutletStatus.CHARGING, 0)
    [location] = told(db, feed, 0)
    assert location["last_updated"] == reading.moment(after(0) + timedelta(milliseconds=1))


def test_a_state_costs_the_same_however_many_outlets_there_are(db, place, station, feed):
    told(db, feed)
    db.add_all([Outlet(station_id=station.id, number=number) for number in range(3, 60)])
    other = Station(site_id=place.id, name="Other", charge_box_id="other")
    db.add(other)
    db.flush()
    db.add(Outlet(station_id=other.id, number=1))
    stations.connect(db, ConnectReport("other", "ocpp1.6", None, after(0)))
    told(db, feed, 1)
    say(db, other, 1, OutletStatus.CHARGING, 2)
    db.flush()
    db.expire_all()
    with recorded() as statements:
        telling.tell(db, after(2))
        db.flush()
    assert len(statements) <= 10
    assert len(db.scalars(select(FeedEvse).where(FeedEvse.updated_at == after(2))).all()) == 1


@pytest.mark.parametrize(
    ("online", "of_station", "of_outlet", "said"),
    [
        (False, None, OutletStatus.AVAILABLE, "UNKNOWN"),
        (True, None, None, "UNKNOWN"),
        (True, OutletStatus.AVAILABLE, OutletStatus.PREPARING, "BLOCKED"),
        (True, OutletStatus.FAULTED, OutletStatus.AVAILABLE, "OUTOFORDER"),
        (True, OutletStatus.UNAVAILABLE, None, "INOPERATIVE"),
        (True, None, OutletStatus.RESERVED, "RESERVED"),
    ],
)
def test_states_in_the_words_of_ocpi(online, of_station, of_outlet, said):
    assert words.status(online, of_station, of_outlet) == said


def test_every_state_has_its_word():
    assert words.STATUSES.keys() == set(OutletStatus)


@pytest.mark.parametrize(
    ("written", "standard", "form"),
    [
        ("", "IEC_62196_T2", "SOCKET"),
        ("Type 2", "IEC_62196_T2", "SOCKET"),
        ("Type 2 med kabel", "IEC_62196_T2", "CABLE"),
        ("CHAdeMO", "CHADEMO", "CABLE"),
        ("CCS 2", "IEC_62196_T2_COMBO", "CABLE"),
        ("Type 1", "IEC_62196_T1", "CABLE"),
        ("Schuko", "DOMESTIC_F", "SOCKET"),
    ],
)
def test_connectors_in_the_words_of_ocpi(written, standard, form):
    assert (words.plug(written).standard, words.plug(written).format) == (standard, form)


def test_countries():
    assert [words.country(name, "DNK") for name in ("Sverige", " danmark ", "no", "SWE", "Atlantis", "")] == [
        *("SWE", "DNK", "NOR", "SWE", "DNK", "DNK")
    ]
