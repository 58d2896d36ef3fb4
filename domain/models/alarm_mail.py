"""E-mails about alarms: what waits, what was sent, and up to which day each reader's digests are decided."""

import datetime as dt
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import ARRAY, BigInteger, DateTime, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.columns import At, BigKey, word


class AlarmMailKind(StrEnum):
    DIGEST = "digest"
    """What is active, once a day."""
    AT_ONCE = "at_once"
    """What was just raised."""


class AlarmMailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class AlarmMail(Model):
    """One e-mail to one person: the outbox. Rules: domain/alarm_mail."""

    __tablename__ = "alarm_mail"
    __table_args__ = (
        Index("uq_alarm_mail_day", "user_id", "day", unique=True, postgresql_where=text("day IS NOT NULL")),
        Index("ix_alarm_mail_waiting", "user_id", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_alarm_mail_latest", "user_id", "id"),
        Index("ix_alarm_mail_created_at", "created_at"),
    )

    id: Mapped[BigKey]
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    kind: Mapped[AlarmMailKind] = mapped_column(word(AlarmMailKind))
    day: Mapped[dt.date | None]
    """Of a digest, on its reader's calendar: there is one a day."""
    alarm_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), deferred=True)
    """What it is about, perhaps thousands; empty once it is settled."""
    message_id: Mapped[str] = mapped_column(String(255))
    """The same however often it is sent: by this a mail server knows what it has (RFC 5322, 3.6.4)."""
    created_at: Mapped[At]
    state: Mapped[AlarmMailState] = mapped_column(word(AlarmMailState))
    tries: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    next_try_at: Mapped[At]
    settled_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    error: Mapped[str | None] = mapped_column(String(300))
    """What the mail server said last, if it did not take it."""


class AlarmDigestDay(Model):
    """The last day of which it is decided whether somebody gets a digest."""

    __tablename__ = "alarm_digest_day"

    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[dt.date]
