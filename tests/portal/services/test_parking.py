"""The doors of parking payment: who is let in, and what is answered."""

import json
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from domain.clock import now
from domain.models import Command, Outlet, Service, ServiceCharge, ServiceKind, Site, Station
from domain.services import setting_up
from domain.statuses import OutletStatus
from portal.services import coming
from tests.portal.jobs import queued

START, STOP, STATUS = (f"/api/v1/parking/{name}" for name in ("start", "stop", "status"))


class Provider:
    def __init__(self, http, token):
        self.http, self.token = http, token

    def ask(self, path, body=None, **query):
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is None:
            answer = self.http.get(path, query_string=query, headers=headers)
        else:
            answer = self.http.post(path, json=body, headers=headers)
        return answer.status_code, answer.json


@pytest.fixture
def outlet(db) -> Outlet:
    site = Site(name="Harbour")
    db.add(site)
    db.flush()
    station = Station(site_id=site.id, name="Quay", charge_box_id="Q", online=True, protocol="ocpp1.6")
    db.add(station)
    db.flush()
    made = Outlet(station_id=station.id, number=1, status=OutletStatus.AVAILABLE)
    db.add(made)
    db.commit()
    return made


@pytest.fixture
def service(db, portal, outlet) -> Service:
    service = Service(kind=ServiceKind.PARKING, name="EasyPark")
    setting_up.configure(service, {"url": "https://park.example.com/charging"})
    service.plain = setting_up.make_secrets(service)["token"]
    db.add(service)
    setting_up.enable(service)
    setting_up.check(db, service, now())
    db.commit()
    return service


@pytest.fixture
def provider(portal, service) -> Provider:
    return Provider(portal.test_client(), service.plain)


def test_start_status_stop(db, provider, outlet, valkey):
    body = {"reference": "EP-17", "outlet": str(outlet.uuid)}
    status, charge = provider.ask(START, body)
    assert status == 202
    assert charge == {
        "reference": "EP-17",
        "outlet": str(outlet.uuid),
        "provider_outlet_id": None,
        "state": "asked",
        "reason": None,
        "charging_session": None,
        "started_at": None,
        "stopped_at": None,
        "stop_reason": None,
        "needs_review": False,
        "energy_wh": None,
        "meter_at": None,
    }
    [command] = db.scalars(select(Command))
    assert [job.args for job in queued(valkey) if job.func_name == "engine.jobs.send_command"] == [(command.id,)]
    assert provider.ask(START, body) == (200, charge)
    assert provider.ask(STATUS, reference="EP-17") == (200, charge)
    status, stopped = provider.ask(STOP, {"reference": "EP-17"})
    assert (status, stopped["state"], stopped["reason"], stopped["energy_wh"]) == (200, "failed", "cancelled", 0)
    assert provider.ask(STOP, {"reference": "EP-17"}) == (200, stopped)
    assert db.scalar(select(func.count()).select_from(Command)) == 1


def test_how_an_outlet_is(db, provider, outlet):
    free = {"is_free": True, "reason": None, "status": "available", "connector_type": "", "parking": ""}
    assert provider.ask(STATUS, outlet=str(outlet.uuid)) == (200, {"outlet": str(outlet.uuid)} | free)
    provider.ask(START, {"reference": "EP-17", "outlet": str(outlet.uuid)})
    status, told = provider.ask(STATUS, outlet=str(outlet.uuid))
    assert (status, told["is_free"], told["reason"]) == (200, False, "taken")


def test_why_not(db, provider, outlet):
    known = {"reference": "EP-1", "outlet": str(outlet.uuid)}
    provider.ask(START, known)
    for body, status, reason in (
        ({"reference": "EP-2", "outlet": str(outlet.uuid)}, 409, "taken"),
        ({"reference": "EP-2", "outlet": str(uuid4())}, 404, None),
    ):
        answered, told = provider.ask(START, body)
        assert (answered, told.get("reason")) == (status, reason)
        assert told["message"]
    second = Outlet(station_id=outlet.station_id, number=2, status=OutletStatus.AVAILABLE)
    db.add(second)
    db.commit()
    assert provider.ask(START, known | {"outlet": str(second.uuid)})[1]["reason"] == "other_outlet"
    db.get(Station, outlet.station_id).online = False
    db.commit()
    assert provider.ask(START, {"reference": "EP-3", "outlet": str(second.uuid)})[1]["reason"] == "offline"
    assert provider.ask(STOP, {"reference": "EP-3"})[0] == 404
    assert provider.ask(STATUS, reference="EP-3")[0] == 404
    assert provider.ask(STATUS, reference="a\0b")[0] == 404
    assert provider.ask(STATUS, outlet=str(uuid4()))[0] == 404
    assert db.scalars(select(ServiceCharge.reference)).all() == ["EP-1"]


UUID_ = str(UUID(int=7))


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (START, {}, "outlet"),
        (START, {"reference": "x"}, "outlet"),
        (START, {"reference": "x", "outlet": "7"}, "outlet"),
        (START, {"reference": "", "outlet": UUID_}, "reference"),
        (START, {"reference": "x" * 101, "outlet": UUID_}, "reference"),
        (START, {"reference": "a\0b", "outlet": UUID_}, "reference"),
        (START, {"reference": 7, "outlet": UUID_}, "reference"),
        (START, {"reference": "x", "outlet": UUID_, "price": 1}, "price"),
        (START, [], "_schema"),
        (STOP, {}, "reference"),
    ],
)
def test_what_is_wrong_is_said_by_field(provider, path, body, field):
    status, told = provider.ask(path, body)
    assert (status, field in told["message"]) == (422, True)


def test_what_is_no_json(provider):
    headers = {"Authorization": f"Bearer {provider.token}"}
    for data, kind in (("{", "application/json"), ("reference=1", "application/x-www-form-urlencoded")):
        answer = provider.http.post(START, data=data, content_type=kind, headers=headers)
        assert (answer.status_code, answer.is_json) == (400, True)
    assert provider.ask(STATUS)[0] == 422
    assert provider.ask(STATUS, outlet="x")[0] == 422


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer x", "Token x", "Bearer " + "A" * 2000])
def test_a_stranger_gets_nothing(db, portal, service, outlet, header):
    http = portal.test_client()
    headers = {} if header is None else {"Authorization": header}
    body = json.dumps({"reference": "x", "outlet": str(outlet.uuid)})
    for method, path in (("POST", START), ("POST", STOP), ("GET", f"{STATUS}?outlet={outlet.uuid}")):
        answer = http.open(path, method=method, data=body, content_type="application/json", headers=headers)
        assert (answer.status_code, list(answer.json)) == (401, ["message"])
    assert db.scalars(select(ServiceCharge)).all() == []


def test_a_disabled_service_is_let_in_no_more(db, provider, service, outlet):
    setting_up.disable(service)
    db.commit()
    assert provider.ask(STATUS, outlet=str(outlet.uuid))[0] == 401


def test_the_token_of_a_map_starts_nothing(db, provider, service, outlet):
    service.kind = ServiceKind.MAP_FEED
    db.commit()
    assert provider.ask(START, {"reference": "x", "outlet": str(outlet.uuid)})[0] == 401


def test_who_comes_too_often_waits(provider, outlet, monkeypatch):
    monkeypatch.setattr(coming, "RATE", coming.parse("2 per minute"))
    statuses = [provider.ask(STATUS, outlet=str(outlet.uuid))[0] for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_the_charges_of_another_provider_are_not_there(db, portal, provider, outlet):
    provider.ask(START, {"reference": "EP-17", "outlet": str(outlet.uuid)})
    other = Service(kind=ServiceKind.PARKING, name="Other")
    setting_up.configure(other, {"url": "https://other.example.com/"})
    token = setting_up.make_secrets(other)["token"]
    db.add(other)
    setting_up.enable(other)
    setting_up.check(db, other, now())
    db.commit()
    stranger = Provider(portal.test_client(), token)
    assert stranger.ask(STATUS, reference="EP-17")[0] == 404
    assert stranger.ask(STOP, {"reference": "EP-17"})[0] == 404


def test_the_document_tells_of_it(administrator):
    document = administrator.get("/api/v1/_openapi").json
    assert set(document["paths"]["/api/v1/parking/start"]["post"]["responses"]) >= {"200", "202", "409", "401"}
    assert document["paths"]["/api/v1/parking/status"]["get"]["security"] == [{"service": []}]


def test_the_form_of_a_provider(administrator, db):
    page = administrator.send("/services/add", kind="parking", name="EasyPark").location
    fields = {"name": "EasyPark", "url": "https://park.example.com/", "progress_minutes": "0", "start_minutes": "5"}
    assert "Between 1 and 1440." in administrator.send(page.replace("show", "edit"), **fields).text
    fields |= {"progress_minutes": "10", "only_listed": "y"}
    assert administrator.send(page.replace("show", "edit"), **fields).status_code == 302
    assert db.scalars(select(Service)).one().configuration == {
        "url": "https://park.example.com/",
        "progress_minutes": 10,
        "start_minutes": 5,
        "only_listed": True,
    }
    assert "/api/v1/parking" in administrator.get(page).text
