"""Alarms, those who want to be told of them, and the jobs that do it, at a time that the test says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from domain import clock
from domain.alarms import sweeping
from domain.models import Alarm, AlarmKind, PortalUser, Site, Station
from domain.roles import RoleName
from portal import jobs
from tests.domain.conftest import NINE
from tests.portal.people import add_person

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
ADMINISTRATOR, SITE_ADMINISTRATOR = RoleName.ADMINISTRATOR, RoleName.SITE_ADMINISTRATOR


@dataclass
class Story:
    """The clock, and what goes on."""

    db: Session
    now: datetime = NINE

    def at(self, day: int, hour: float, month: int = 11) -> "Story":
        """It is this time in Copenhagen, on a day of the year 2026."""
        local = datetime(2026, month, day, tzinfo=COPENHAGEN) + timedelta(hours=hour)
        self.now = local.astimezone(UTC)
        return self

    def later(self, **span: float) -> "Story":
        self.now += timedelta(**span)
        return self

    def cron(self) -> None:
        """What the timetable does, once."""
        jobs.write_alarm_digests()
        jobs.tell_alarms_at_once()
        jobs.send_alarm_mail()

    def told(self) -> None:
        """What was just raised is told: once it was seen, and again when it has become quiet."""
        self.cron()
        self.later(seconds=31).cron()

    def raise_alarm(self, station: Station, kind: AlarmKind = AlarmKind.FUSE, **more: object) -> Alarm:
        alarm = Alarm(
            kind=kind,
            site_id=station.site_id,
            site_name=station.site.name,
            station_id=station.id,
            station_name=station.name,
            raised_at=self.now,
            **more,
        )
        self.db.add(alarm)
        self.db.commit()
        return alarm

    def end(self, alarm: Alarm) -> None:
        """Its cause is gone, and a minute later so is the alarm."""
        alarm.calm_since = self.now
        self.db.commit()
        self.later(minutes=1)
        sweeping.sweep(self.db, self.now)
        self.db.commit()


@pytest.fixture
def story(db: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    told = Story(db)
    monkeypatch.setattr(clock, "now", lambda: told.now)
    return told


def place(db: Session, name: str, stations: int = 1) -> list[Station]:
    """The stations of a new site, all of which have called."""
    site = Site(name=name)
    db.add(site)
    called_at = datetime(2026, 11, 1, tzinfo=UTC)
    made = [
        Station(site=site, name=f"{name} {number}", charge_box_id=f"{name}-{number}", last_seen_at=called_at)
        for number in range(1, stations + 1)
    ]
    db.add_all(made)
    db.commit()
    return made


def reader(
    db: Session, email: str, role: RoleName = ADMINISTRATOR, sites: list[Site] | None = None, **more: object
) -> PortalUser:
    return add_person(db, role, email, sites, **{"alarm_email": True, **more})
