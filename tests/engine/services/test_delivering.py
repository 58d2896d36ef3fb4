from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy import select

from config import get_settings
from domain import clock
from domain.db import session_factory
from domain.models import DeliveryState, Service, ServiceDelivery, ServiceKind
from domain.services import outbox, setting_up
from domain.services.outbox import Told
from engine import jobs
from engine.services import delivering, sending
from engine.services.sending import post
from tests.fixtures.receiver import Receiver

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NINE)
    monkeypatch.setattr(get_settings(), "services_allow_loopback", True)


@pytest.fixture
def service(db, receiver: Receiver) -> Iterator[Service]:
    service = Service(kind=ServiceKind.WEBHOOK, name="Ops")
    setting_up.configure(service, {"url": receiver.url, "topics": ["status"]})
    receiver.secret = setting_up.make_secrets(service)["secret"]
    db.add(service)
    setting_up.enable(service)
    setting_up.check(db, service, NINE)
    db.commit()
    return service


def put(db, service, *subjects):
    told = [Told(f"{n}-{subject}", "test", subject, NINE, {"n": n}) for n, subject in enumerate(subjects)]
    outbox.put(db, service.id, told, NINE)
    db.commit()


def fresh(db, service):
    db.rollback()
    db.expire_all()
    return db.get(Service, service.id), db.scalars(select(ServiceDelivery).order_by(ServiceDelivery.id)).all()


def test_messages_arrive_signed_and_in_the_order_of_their_subject(db, service, receiver):
    put(db, service, *("a" * 5), *("b" * 5))
    assert delivering.deliver(service.id) == 10
    for subject, numbers in (("a", range(5)), ("b", range(5, 10))):
        assert [m["data"]["n"] for m in receiver.taken if m["data"]["n"] in numbers] == [*numbers], subject
    known, deliveries = fresh(db, service)
    assert {d.state for d in deliveries} == {DeliveryState.DELIVERED}
    assert {(d.tries, d.status_code, d.answer) for d in deliveries} == {(1, 200, "thanks")}
    assert known.told_at is not None
    assert {m["id"] for m in receiver.taken} == {str(d.message_id) for d in deliveries}


def test_a_service_that_was_away_for_an_hour_gets_everything_and_in_order(db, service, receiver, monkeypatch):
    moment = NINE
    monkeypatch.setattr(clock, "now", lambda: moment)
    put(db, service, *("a" * 6), *"bcdef")
    receiver.status = 503
    for _ in range(12):
        delivering.deliver(service.id)
        moment += timedelta(minutes=5, seconds=90)
    known, _ = fresh(db, service)
    assert known.failing_since_at == NINE
    assert known.trouble == "HTTP 503: thanks"
    # Twelve rounds, and after the first of them one message each.
    assert len(receiver.tries) == 6 + 11
    receiver.status = 200
    delivering.deliver(service.id)
    assert [m["data"]["n"] for m in receiver.taken if m["data"]["n"] < 6] == [*range(6)]
    assert sorted(m["data"]["n"] for m in receiver.taken) == [*range(11)]
    known, deliveries = fresh(db, service)
    assert known.failing_since_at is None
    assert {d.state for d in deliveries} == {DeliveryState.DELIVERED}


def test_a_service_that_hangs_is_left_after_its_time(db, service, receiver, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.2)
    receiver.hangs = True
    put(db, service, "a")
    assert delivering.deliver(service.id) == 1
    known, [delivery] = fresh(db, service)
    assert (delivery.state, delivery.status_code, delivery.tries) == (DeliveryState.WAITING, None, 1)
    assert delivery.answer == "no answer within 0 s"
    assert known.resumes_at > clock.now()


def test_a_wrong_secret_is_the_receivers_to_refuse(db, service, receiver):
    receiver.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    put(db, service, "a")
    delivering.deliver(service.id)
    _, [delivery] = fresh(db, service)
    assert (delivery.state, delivery.status_code) == (DeliveryState.WAITING, 401)


def test_a_service_that_was_disabled_or_deleted_meanwhile(db, service, receiver):
    put(db, service, "a")
    service.is_enabled = False
    db.commit()
    assert delivering.deliver(service.id) == 0
    assert delivering.deliver(service.id + 1) == 0
    assert receiver.tries == []


# Where nobody is called


def test_this_machine_is_not_called_unless_that_is_set(receiver, monkeypatch):
    monkeypatch.setattr(get_settings(), "services_allow_loopback", False)
    answer = post(receiver.url, {}, b"{}")
    assert (answer.status, answer.words) == (None, "this address is never called: 127.0.0.1")
    assert receiver.tries == []


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "0.0.0.0", "[::ffff:169.254.169.254]"])
def test_neighbours_and_clouds_are_never_called(host):
    assert post(f"http://{host}/", {}, b"{}").words.startswith("this address is never called")


def test_a_name_is_judged_by_where_it_leads(monkeypatch):
    monkeypatch.setattr(
        "engine.calls.connecting.socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("169.254.169.254", 80))]
    )
    assert post("http://hooks.example.com/", {}, b"{}").words == "this address is never called: 169.254.169.254"


def test_redirects_are_not_followed(receiver):
    receiver.status, receiver.headers = 302, {"Location": "http://169.254.169.254/"}
    answer = post(receiver.url, {"Webhook-Id": "1", "Webhook-Timestamp": "1"}, b"{}")
    assert (answer.status, answer.is_taken) == (302, False)
    assert answer.words == "it leads elsewhere, which is not followed: http://169.254.169.254/"


def test_nobody_listens(receiver):
    assert "refused" in post("http://127.0.0.1:1/", {}, b"{}").words


def test_it_asks_for_peace(receiver):
    receiver.status, receiver.headers = 429, {"Retry-After": "120"}
    answer = post(receiver.url, {"Webhook-Id": "1", "Webhook-Timestamp": "1"}, b"{}")
    assert (answer.retry_after, answer.is_outage) == (timedelta(minutes=2), True)


# The jobs


def test_the_job_asks_for_one_delivery_at_a_time(db, service, receiver, valkey: Redis, monkeypatch):
    valkey.flushall()
    asked = []
    monkeypatch.setattr(jobs, "enqueue", lambda job, *arguments, **_: asked.append((job, *arguments)))
    put(db, service, "a")
    jobs.tell_services()
    jobs.tell_services()
    assert asked == [("engine.jobs.deliver_to_service", service.id)]
    jobs.deliver_to_service(service.id)
    assert len(receiver.taken) == 1
    with session_factory()() as other:
        outbox.put(other, service.id, [Told("2", "test", "b", NINE, {})], NINE)
        other.commit()
    jobs.tell_services()
    assert len(asked) == 2
