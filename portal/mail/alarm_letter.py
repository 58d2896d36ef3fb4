"""E-mails about alarms as people read them: in their language, their time zone, and of what they may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import get_settings
from domain.alarm_mail import contents, readers
from domain.alarm_mail.contents import Contents, Line
from domain.models import AlarmMail, AlarmMailKind, PortalUser, System
from domain.scope import viewer_of
from domain.time_zones import zone_of
from portal import alarm_words
from portal.mail import message, unsubscribing
from portal.mail.message import DEFAULT_LANGUAGE, Message
from portal.mail.words import speaking

TEMPLATES = {AlarmMailKind.DIGEST: "alarm_digest", AlarmMailKind.AT_ONCE: "alarms_at_once"}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One alarm in words."""

    kind: str
    station: str
    what: str
    since: str
    lasted: str
    over_at: str
    is_acknowledged: bool
    url: str


@dataclass(frozen=True, slots=True)
class ShownSite:
    name: str
    url: str
    """Of its active alarms."""
    lines: Sequence[ShownLine]


def write(db: Session, mail: AlarmMail, now: datetime) -> Message | None:
    """None if there is nothing for its reader in it."""
    user = db.get(PortalUser, mail.user_id)
    if user is None or not readers.wants(user):
        return None
    told = contents.read(db, mail, viewer_of(db, user))
    if told.total == 0:
        return None
    language = user.language or DEFAULT_LANGUAGE
    with speaking(language):
        sites = Writer(user, language, now).sites(told.lines)
        return _rendered(mail, user, language, told, sites, db.scalars(select(System.name)).one())


def _rendered(
    mail: AlarmMail, user: PortalUser, language: str, told: Contents, sites: Sequence[ShownSite], system: str
) -> Message:
    portal = get_settings().portal_url
    unsubscribe_url = unsubscribing.url_of(user.id)
    return message.render(
        TEMPLATES[mail.kind],
        user.email,
        language,
        message_id=mail.message_id,
        unsubscribe_url=unsubscribe_url,
        name=user.first_name,
        system=system,
        day=format_date(mail.day, "medium", language) if mail.day else "",
        time=clock_time(mail.created_at.astimezone(zone_of(user.time_zone)), language),
        total=told.total,
        number=format_decimal(told.total, locale=language),
        more=told.total - len(told.lines),
        more_number=format_decimal(told.total - len(told.lines), locale=language),
        sites=sites,
        first=sites[0].lines[0],
        where=told.lines[0].station_name or told.lines[0].site_name,
        all_url=f"{portal}/alarms/",
        settings_url=f"{portal}/settings/#alarms",
        unsubscribe=unsubscribe_url,
    )


class Writer:
    """Writes alarms in the language and the time zone of their reader."""

    def __init__(self, user: PortalUser, language: str, now: datetime) -> None:
        self.zone = zone_of(user.time_zone)
        self.language = language
        self.now = now
        self.portal = get_settings().portal_url

    def sites(self, lines: Sequence[Line]) -> list[ShownSite]:
        """As they come, which is by site."""
        found = []
        for (site_id, name), of_site in groupby(lines, lambda line: (line.site_id, line.site_name)):
            node = f"site-{site_id}" if site_id is not None else "system"
            url = f"{self.portal}/alarms/?node={node}"
            found.append(ShownSite(name or _("The portal itself"), url, [self.line(line) for line in of_site]))
        return found

    def line(self, line: Line) -> ShownLine:
        told = {
            name: getattr(line, name) for name in ("kind", "outlet_number", "error_code", "vendor_error_code", "info")
        }
        return ShownLine(
            kind=str(alarm_words.KINDS[line.kind]),
            station=line.station_name or "",
            what=alarm_words.what(told | {"stations": line.stations}),
            since=self.moment(line.raised_at),
            lasted=alarm_words.lasted((line.over_at or self.now) - line.raised_at),
            over_at=self.moment(line.over_at) if line.over_at else "",
            is_acknowledged=line.is_acknowledged,
            url=f"{self.portal}/alarms/show/{line.id}",
        )

    def moment(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        return f"{format_date(local, 'medium', self.language)} {clock_time(local, self.language)}"


def clock_time(local: datetime, language: str) -> str:
    return format_skeleton("Hm", local, locale=language)
