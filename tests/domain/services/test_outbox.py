from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.models import DeliveryState, ServiceDelivery
from domain.services import outbox
from domain.services.outbox import Answer, Told
from tests.domain.conftest import after
from tests.domain.services.conftest import make_webhook

TAKEN = Answer(200, "thanks")
REFUSED = Answer(400, "what?")
DOWN = Answer(None, "no answer within 10 s")


def put(db, service, *subjects, minutes=0):
    told = [Told(f"{minutes}-{n}-{subject}", "test", subject, after(minutes), {}) for n, subject in enumerate(subjects)]
    outbox.put(db, service.id, told, after(minutes))


def claim(db, service, minutes=0.0, most=10):
    return outbox.claim(db, service, after(minutes), most)


def settle(db, service, deliveries, answer, minutes=0.0):
    outbox.settle(db, service, [(delivery, answer) for delivery in deliveries], after(minutes))
    db.flush()


def subjects(deliveries):
    return [delivery.subject for delivery in deliveries]


def test_what_is_about_the_same_is_told_in_its_order(db, webhook):
    put(db, webhook, "a", "a", "b")
    first = claim(db, webhook)
    assert subjects(first) == ["a", "b"]
    assert claim(db, webhook) == []
    settle(db, webhook, first, TAKEN)
    assert subjects(claim(db, webhook)) == ["a"]


def test_what_is_there_already_is_not_written_again(db, webhook):
    told = [Told("final-1", "final", "charge-1", after(0), {})]
    assert outbox.put(db, webhook.id, told, after(0)) == 1
    assert outbox.put(db, webhook.id, told, after(5)) == 0
    other = make_webhook(db, "Other")
    assert outbox.put(db, other.id, told, after(5)) == 1


def test_one_that_is_refused_holds_up_its_own_subject_alone(db, webhook):
    put(db, webhook, "a", "a", "b", "b")
    settle(db, webhook, claim(db, webhook, most=1), REFUSED)
    assert webhook.failing_since_at == after(0)
    assert webhook.resumes_at is None
    assert subjects(claim(db, webhook)) == ["b"]
    [again] = db.scalars(select(ServiceDelivery).where(ServiceDelivery.tries == 1))
    assert timedelta(seconds=4) <= again.next_try_at - after(0) <= timedelta(seconds=6)
    assert (again.status_code, again.answer) == (400, "what?")


def test_one_that_is_down_is_asked_by_one_message_until_it_is_back(db, webhook):
    put(db, webhook, *"abcdef")
    settle(db, webhook, claim(db, webhook, most=3), DOWN)
    assert webhook.trouble == "no answer within 10 s"
    assert claim(db, webhook) == []
    assert outbox.services_with_due(db, after(0)) == []
    assert outbox.services_with_due(db, after(1)) == [webhook.id]
    probe = claim(db, webhook, 1)
    assert subjects(probe) == ["a"]
    assert claim(db, webhook, 1) == []
    settle(db, webhook, probe, DOWN, 1)
    assert webhook.failures == 2
    assert webhook.failing_since_at == after(0)
    probe = claim(db, webhook, 10)
    settle(db, webhook, probe, TAKEN, 10)
    assert (webhook.failures, webhook.failing_since_at, webhook.resumes_at, webhook.trouble) == (0, None, None, None)
    db.expire_all()
    assert subjects(claim(db, webhook, 10)) == [*"bcdef"]


def test_pauses_grow_and_end(db):
    pauses = [outbox.pause(tries, outbox.LONGEST_PAUSE).total_seconds() for tries in range(1, 30)]
    for tries, seconds in enumerate(pauses, 1):
        usual = min(5 * 2 ** (tries - 1), 3600)
        assert usual * 0.8 <= seconds <= usual * 1.2
    assert len(set(pauses)) > 20


def test_a_service_that_asks_for_peace_gets_it(db, webhook):
    put(db, webhook, "a")
    settle(db, webhook, claim(db, webhook), Answer(429, "slowly", timedelta(minutes=20)))
    assert claim(db, webhook, 19) == []
    assert subjects(claim(db, webhook, 21)) == ["a"]


def test_after_days_it_is_given_up_and_what_follows_has_its_turn(db, webhook):
    put(db, webhook, "a", "a")
    day = 24 * 60
    for minutes in (0, day, 2 * day, 3 * day - 1):
        settle(db, webhook, claim(db, webhook, minutes, most=1), REFUSED, minutes)
    [first, second] = db.scalars(select(ServiceDelivery).order_by(ServiceDelivery.id))
    assert (first.state, first.tries) == (DeliveryState.WAITING, 4)
    settle(db, webhook, claim(db, webhook, 3 * day + 60, most=1), REFUSED, 3 * day + 60)
    assert (first.state, first.next_try_at) == (DeliveryState.GIVEN_UP, None)
    assert claim(db, webhook, 3 * day + 60) == [second]


def test_what_a_worker_took_and_lost_is_sent_again(db, webhook):
    put(db, webhook, "a")
    claim(db, webhook)
    assert claim(db, webhook, 1) == []
    assert subjects(claim(db, webhook, 3)) == ["a"]


def test_a_disabled_service_is_told_nothing(db, webhook):
    put(db, webhook, "a")
    webhook.is_enabled = False
    db.flush()
    assert outbox.services_with_due(db, after(1)) == []
    assert claim(db, webhook, 1) == []


@pytest.mark.parametrize("answer", [TAKEN, DOWN])
def test_send_again(db, webhook, answer):
    put(db, webhook, "a")
    taken = claim(db, webhook)
    settle(db, webhook, taken, answer)
    outbox.send_again(webhook, taken[0], after(0))
    db.flush()
    assert claim(db, webhook, 0) == list(taken)


def test_old_messages_go(db, webhook):
    put(db, webhook, "a")
    assert outbox.forget_before(db, after(0) - timedelta(days=1)) == 0
    assert outbox.forget_before(db, after(0) + timedelta(days=1)) == 1
