"""What RQ runs for the portal: each job is one transaction."""

import structlog
from sqlalchemy import select

from config import get_settings
from domain import clock, password_resets
from domain.alarm_mail import at_once, digests, outbox
from domain.db import session_factory
from domain.models import ExportSchedule, PortalUser, System
from portal.mail import alarm_mail, message, sending

TRY_MAIL_AGAIN_AFTER_SECONDS = (10, 60, 300)
"""As `enqueue` takes it, for each job that sends e-mail."""

log = structlog.get_logger(__name__)


def send_password_reset(account: str, language: str) -> None:
    """Send a link to whoever has this e-mail; nothing if nobody has it. `language` is for those without a setting.

    The link is made here and not by whoever queues the job, so that its secret never lies in Redis. One that could not
    be sent is forgotten again.
    """
    with session_factory().begin() as db:
        user = db.scalar(select(PortalUser).where(PortalUser.username == account, PortalUser.active.is_(True)))
        if user is None or user.role is None:
            return
        secret = password_resets.request(db, user, clock.now())
        sending.send(
            message.render(
                "password_reset",
                user.email,
                user.language or language,
                name=user.first_name,
                system=db.scalar(select(System.name)),
                link=f"{get_settings().portal_url}/reset/{secret}",
            )
        )


def send_export_failed(schedule_id: int, fault: str) -> None:
    """Tell a user that a regular export did not arrive, and why."""
    with session_factory()() as db:
        schedule = db.get(ExportSchedule, schedule_id)
        if schedule is None:
            return
        user = db.get_one(PortalUser, schedule.user_id)
        letter = message.render(
            "export_failed",
            user.email,
            user.language or schedule.language,
            name=user.first_name,
            system=db.scalar(select(System.name)),
            title=schedule.title,
            fault=fault,
            schedules=f"{get_settings().portal_url}/export_schedules/",
        )
    sending.send(letter)


def send_account_changed(user_id: int, to: str, what: str, language: str) -> None:
    """Tell a user at the address `to` that `what`, their e-mail or their password, was changed."""
    with session_factory()() as db:
        user = db.get(PortalUser, user_id)
        if user is None:
            return
        system = db.scalar(select(System.name))
        words = {"name": user.first_name, "system": system, "what": what}
        sending.send(message.render("account_changed", to, user.language or language, **words))


def write_alarm_digests() -> None:
    """Where no e-mails are sent, none is written either."""
    if sending.can_send():
        with session_factory().begin() as db:
            written = digests.write_due(db, clock.now())
        if written:
            log.info("digests of alarms were written", digests=written)


def tell_alarms_at_once() -> None:
    """Those who want to know of what was just raised."""
    if sending.can_send():
        with session_factory().begin() as db:
            at_once.tell(db, clock.now())


def send_alarm_mail() -> None:
    """What waits in the outbox (domain/alarm_mail/outbox.py)."""
    if sending.can_send():
        sent = alarm_mail.send_due()
        if sent:
            log.info("e-mails about alarms were sent", emails=sent)


def give_up_old_alarm_mail() -> None:
    with session_factory().begin() as db:
        given_up = outbox.give_up_old(db, clock.now())
    if given_up:
        log.info("e-mails about alarms were given up", emails=given_up)
