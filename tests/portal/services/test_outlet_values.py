"""What an outlet is called at services: the table on its page, and the same in the API."""

import pytest
from sqlalchemy import select

from domain.models import AuditEntry, Outlet, Service, ServiceKind, ServiceOutletValue, Site, Station
from domain.roles import RoleName
from tests.portal.browser_like import errors, notes
from tests.portal.people import add_person, sign_in


@pytest.fixture
def outlets(db, portal) -> list[Outlet]:
    site = Site(name="Harbour")
    db.add(site)
    db.flush()
    db.add(Station(site_id=site.id, name="Quay", charge_box_id="Q"))
    db.flush()
    made = [Outlet(station_id=1, number=number) for number in (1, 2)]
    db.add_all(made)
    db.add(Service(kind=ServiceKind.MAP_FEED, name="<NOBIL>"))
    db.add(Service(kind=ServiceKind.WEBHOOK, name="Ops"))
    db.commit()
    return made


def values(db):
    db.expire_all()
    rows = select(ServiceOutletValue).order_by(ServiceOutletValue.id)
    return [(row.outlet_id, row.name, row.value) for row in db.scalars(rows)]


PAGE = "/outlets/show/1"
FIELDS = {"value-1-evse_uid": " NOBIL-1 ", "value-1-nobil_station_id": "DNK_00123"}


def test_the_table_of_an_outlet(administrator, db, outlets):
    shown = administrator.get(PAGE).text
    assert "&lt;NOBIL&gt;" in shown
    assert "Ops" not in shown
    assert administrator.send("/outlets/services/1", PAGE, **FIELDS).location.startswith(PAGE)
    assert values(db) == [(1, "nobil_station_id", "DNK_00123"), (1, "evse_uid", "NOBIL-1")]
    assert 'value="NOBIL-1"' in administrator.get(PAGE).text
    kinds = db.scalars(select(AuditEntry.object_kind).where(AuditEntry.action == "created")).all()
    assert kinds.count("service_outlet_value") == 2

    administrator.send("/outlets/services/1", PAGE, **{"value-1-evse_uid": "NOBIL-9", "value-1-nobil_station_id": ""})
    assert values(db) == [(1, "evse_uid", "NOBIL-9")]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("N" * 37, "At most 36 characters."),
        ("a\u202eb", "This contains characters that cannot be written."),
        ("NOBIL-1", "Quay / 1 has this value already."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(administrator, db, outlets, value, said):
    administrator.send("/outlets/services/1", PAGE, **FIELDS)
    typed = {"value-1-evse_uid": value, "value-1-nobil_station_id": "DNK_2"}
    answer = administrator.send("/outlets/services/2", "/outlets/show/2", **typed)
    assert answer.status_code == 422
    assert errors(answer) == [said]
    assert 'value="DNK_2"' in answer.text
    assert [outlet for outlet, *_ in values(db)] == [1, 1]


def test_a_field_that_is_no_value_changes_nothing(administrator, db, outlets):
    answer = administrator.send("/outlets/services/1", PAGE, **{"value-9-evse_uid": "x", "value-2-x": "y"})
    assert notes(administrator.get(answer.location)) == [("good", "The properties at services were saved.")]
    assert values(db) == []


def test_an_outlet_without_services_has_no_table(administrator, db, outlets):
    for service in db.scalars(select(Service)).all():
        db.delete(service)
    db.commit()
    assert "Properties at services" not in administrator.get(PAGE).text


def test_a_site_administrator_keeps_to_own_sites(portal, db, outlets):
    person = add_person(db, RoleName.SITE_ADMINISTRATOR, "lise@example.com")
    lise = sign_in(portal, person)
    assert lise.get(PAGE).status_code == 404
    person.sites = [db.get(Site, 1)]
    db.commit()
    assert lise.send("/outlets/services/1", PAGE, **FIELDS).status_code == 302
    assert len(values(db)) == 2


# The API


def test_in_the_api(api, db, outlets):
    status, answer = api.get("outlets/1/services")
    assert (status, answer["count"]) == (200, 2)
    assert answer["result"][1] == {
        "service": 1,
        "service_name": "<NOBIL>",
        "kind": "map_feed",
        "name": "evse_uid",
        "value": "",
    }
    body = {"values": [{"service": 1, "name": "evse_uid", "value": "NOBIL-1"}]}
    status, answer = api.put("outlets/1/services", body)
    assert (status, answer["result"][1]["value"]) == (200, "NOBIL-1")
    assert values(db) == [(1, "evse_uid", "NOBIL-1")]
    assert api.put("outlets/2/services", body) == (
        422,
        {"message": {"values": ["evse_uid: Quay / 1 has this value already."]}},
    )
    assert api.put("outlets/1/services", {"values": [{"service": 1, "name": "evse_uid", "value": ""}]})[0] == 200
    assert values(db) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"values": 1},
        {"values": [{"service": 1}]},
        {"values": [{"service": 7, "name": "evse_uid", "value": "x"}]},
        {"values": [{"service": 1, "name": "colour", "value": "x"}]},
        {"values": [{"service": "1", "name": "evse_uid", "value": "x"}]},
        {"values": [{"service": 1, "name": "evse_uid", "value": "x" * 101}]},
    ],
)
def test_a_bad_body_is_refused(api, db, outlets, body):
    status, answer = api.put("outlets/1/services", body)
    assert status == 422
    assert "values" in answer["message"]
    assert values(db) == []
