"""The Services tab: what an administrator sees and does there."""

import re

import pytest
from sqlalchemy import select

from config import get_settings
from domain.models import AuditEntry, DeliveryState, Service, ServiceDelivery, ServiceKind
from domain.services import outbox, setting_up
from domain.services.outbox import Answer
from tests.domain.conftest import after
from tests.portal.jobs import queued

URL = "https://hooks.example.com/charging"


def add(administrator, name="Ops") -> str:
    answer = administrator.send("/services/add", kind="webhook", name=name)
    assert answer.status_code == 302
    return answer.location


def act(administrator, page, action):
    """Press a button of a service's page."""
    return administrator.send(page.replace("show", action), page)


def configure(administrator, page, **fields):
    return administrator.send(page.replace("show", "edit"), **fields)


def ready(administrator, db) -> Service:
    """A webhook that is enabled."""
    page = add(administrator)
    configure(administrator, page, name="Ops", url=URL, topics=["status"])
    act(administrator, page, "secrets")
    assert act(administrator, page, "enable").status_code == 302
    return db.scalars(select(Service)).one()


def test_at_first_the_table_says_what_to_do(administrator):
    assert "There is no service yet." in administrator.get("/services/").get_data(as_text=True)


def test_from_nothing_to_enabled(administrator, db):
    page = add(administrator)
    shown = administrator.get(page).get_data(as_text=True)
    assert "Configure the service first." in shown
    assert re.search(r'<button form="enable" disabled>', shown)
    assert act(administrator, page, "enable").status_code == 302
    assert "Configure the service first." in administrator.get(page).get_data(as_text=True)

    fields = {"name": "Operations", "url": URL, "topics": ["status", "charging_sessions", "alarms"]}
    assert configure(administrator, page, **fields).location == page
    assert "Make its secrets first." in administrator.get(page).get_data(as_text=True)

    once = act(administrator, page, "secrets").get_data(as_text=True)
    secret = re.search(r"whsec_[\w+/=]+", once)[0]
    service = db.scalars(select(Service)).one()
    assert setting_up.secret_of(service) == secret
    assert secret not in administrator.get(page).get_data(as_text=True)

    act(administrator, page, "enable")
    assert "Working" in administrator.get(page).get_data(as_text=True)
    db.expire_all()
    assert (service.is_enabled, service.name) == (True, "Operations")
    assert service.configuration == {"url": URL, "topics": ["status", "charging_sessions", "alarms"]}
    written = [str((e.before, e.after)) for e in db.scalars(select(AuditEntry).filter_by(object_kind="service"))]
    assert not any(secret in line or service.sealed_secret in line for line in written)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("url", "ftp://example.com/", "must begin with http"),
        ("url", "http://localhost/", "never called"),
        ("url", "http://169.254.169.254/", "never called"),
        ("url", "http://me:pass@example.com/", "must not hold a user name"),
        ("url", "", "This is needed."),
        ("name", "", "This is needed."),
        ("topics", ["everything"], "is not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(administrator, db, field, value, said):
    page = add(administrator)
    fields = {"name": "Typed", "url": URL, "topics": ["status"]} | {field: value}
    answer = configure(administrator, page, **fields)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in shown
    if field != "name":
        assert 'value="Typed"' in shown
    assert db.scalars(select(Service)).one().configuration == {}


def test_a_name_is_text_and_no_two_services_have_it(administrator):
    page = add(administrator, "<b>Æ</b>")
    assert "&lt;b&gt;Æ&lt;/b&gt;" in administrator.get(page).get_data(as_text=True)
    answer = administrator.send("/services/add", kind="webhook", name="<b>Æ</b>")
    assert "Another service has this name." in answer.get_data(as_text=True)
    assert administrator.send("/services/add", kind="pigeon", name="B").status_code == 422


def test_the_test_button_and_what_came_of_it(administrator, db, valkey):
    service = ready(administrator, db)
    page = f"/services/show/{service.id}"
    act(administrator, page, "test")
    assert "engine.jobs.check_service" in [job.func_name for job in queued(valkey)]
    [delivery] = db.scalars(select(ServiceDelivery))
    assert (delivery.kind, delivery.state) == ("test", DeliveryState.WAITING)
    assert "1 message waits." in administrator.get(page).get_data(as_text=True)

    outbox.settle(db, service, [(delivery, Answer(503, "closed <today>"))], after(0))
    db.commit()
    shown = administrator.get(f"/services/now/{service.id}").get_data(as_text=True)
    assert "In trouble" in shown
    assert "HTTP 503: closed &lt;today&gt;" in shown
    assert "In trouble" in administrator.get("/services/?state=trouble").get_data(as_text=True)
    assert "Ops" not in administrator.get("/services/?state=working").get_data(as_text=True)

    administrator.send(f"/services/send_again/{service.id}/{delivery.id}", page)
    db.refresh(service)
    assert service.resumes_at is None
    assert administrator.send(f"/services/send_again/{service.id}/{delivery.id + 1}", page).status_code == 404
    assert administrator.send(f"/services/send_again/{service.id + 1}/{delivery.id}", page).status_code == 404


def test_a_disabled_service_is_not_tested(administrator, db):
    page = add(administrator)
    act(administrator, page, "test")
    assert "Enable the service first." in administrator.get(page).get_data(as_text=True)
    assert db.scalars(select(ServiceDelivery)).all() == []


def test_an_enabled_one_is_disabled_and_deleted(administrator, db):
    service = ready(administrator, db)
    page = f"/services/show/{service.id}"
    act(administrator, page, "disable")
    db.refresh(service)
    assert not service.is_enabled
    assert act(administrator, page, "delete").status_code == 302
    assert db.scalars(select(Service.id)).all() == []


def test_this_machine_where_it_is_set(administrator, db, monkeypatch):
    monkeypatch.setattr(get_settings(), "services_allow_loopback", True)
    page = add(administrator)
    answer = configure(administrator, page, name="Ops", url="http://127.0.0.1:9/")
    assert answer.status_code == 302
    assert db.scalars(select(Service.kind)).all() == [ServiceKind.WEBHOOK]
