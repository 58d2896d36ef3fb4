"""The way of e-mails about alarms from the outbox (domain/alarm_mail/outbox.py) to the mail server."""

import smtplib
from time import monotonic

import structlog

from domain import clock
from domain.alarm_mail import outbox
from domain.alarm_mail.outbox import Fate, Outcome
from domain.db import session_factory
from portal.mail import alarm_letter, sending
from portal.mail.message import Message

BUDGET_SECONDS = 45.0
"""Then others have their turn; what is left is sent by the next job, in seconds."""
GOES_AWAY, PERMANENT = 421, 500
"""Answers of an SMTP server (RFC 5321, 4.2.1 and 4.2.3)."""

log = structlog.get_logger(__name__)


def send_due() -> int:
    """Send what waits until none is due, the time is up or the server is away; returns how many were taken."""
    ends_at, sent = monotonic() + BUDGET_SECONDS, 0
    while monotonic() < ends_at:
        outcome = _send_next()
        if outcome is None or outcome.fate is Fate.OUTAGE:
            break
        sent += outcome.fate is Fate.TAKEN
    return sent


def _send_next() -> Outcome | None:
    """What became of the next one; None if there is none. One that cannot even be written holds up no others."""
    with session_factory().begin() as db:
        mail = outbox.claim(db, clock.now())
    if mail is None:
        return None
    with session_factory()() as db:
        letter = alarm_letter.write(db, mail, clock.now())
    outcome = Outcome(Fate.NEEDLESS) if letter is None else _hand_over(letter)
    if outcome.fate in (Fate.LATER, Fate.REFUSED, Fate.OUTAGE):
        # The server's words may name the reader; they are kept in the row, which goes with its user.
        log.warning("an e-mail about alarms was not taken", mail_id=mail.id, fate=outcome.fate, tries=mail.tries)
    with session_factory().begin() as db:
        outbox.settle(db, mail.id, outcome, clock.now())
    return outcome


def _hand_over(letter: Message) -> Outcome:
    """What a refusal is about, its place in the conversation tells (RFC 5321, 3.3): at the recipient or the content it
    is this e-mail, anywhere else it is the server, or our account there."""
    try:
        sending.send(letter)
    except smtplib.SMTPRecipientsRefused as refused:
        [(code, said)] = refused.recipients.values()
        return _refused(code, said)
    except smtplib.SMTPDataError as error:
        return _refused(error.smtp_code, error.smtp_error)
    except smtplib.SMTPNotSupportedError as error:
        return Outcome(Fate.REFUSED, str(error))  # An address that this server cannot write (RFC 6531).
    except (OSError, smtplib.SMTPException, sending.UnprotectedPasswordError) as error:
        return Outcome(Fate.OUTAGE, f"{type(error).__name__}: {error}")
    return Outcome(Fate.TAKEN)


def _refused(code: int, said: bytes | str) -> Outcome:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    fate = Fate.OUTAGE if code == GOES_AWAY else Fate.REFUSED if code >= PERMANENT else Fate.LATER
    return Outcome(fate, f"{code} {' '.join(words.split())}")
