"""A year of past sessions of the demo company, believable by hour, weekday and season."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from domain.clock import now
from domain.grades import EnergySource, Grade, grade_of
from domain.models import (
    Authorization,
    ChargingSession,
    IdToken,
    Outlet,
    OutletMode,
    PortalUser,
    Site,
    Station,
    site_driver,
)
from domain.review_reasons import ReviewReason
from domain.stops import StopReason
from seeds import demo_tags

SEED = 20261122
DAYS = 365
COLUMNS = (
    "started_at, stopped_at, ended_at, logged_at, node_id, site_id, floor_id, outlet_id, site_name, station_name,"
    ' outlet_number, "authorization", id_token, user_id, email, meter_start_wh, meter_stop_wh, energy_wh,'
    " stop_reason, review_reasons, energy_source, grade, needs_review"
)

# How many of a hundred arrivals fall into each hour of a day.
COMMUTERS = (0, 0, 0, 0, 0, 1, 5, 14, 16, 10, 6, 5, 6, 6, 5, 6, 6, 5, 4, 2, 2, 1, 0, 0)
SHOPPERS = (0, 0, 0, 0, 0, 0, 1, 2, 4, 7, 9, 10, 9, 9, 9, 9, 10, 8, 6, 4, 2, 1, 0, 0)
RESIDENTS = (2, 1, 0, 0, 0, 1, 2, 3, 3, 3, 3, 3, 3, 4, 5, 8, 14, 15, 10, 7, 5, 4, 3, 1)


@dataclass(frozen=True)
class Habit:
    """Who comes to a site, how often, and for how long they stay."""

    hours: tuple[int, ...]
    weekday_per_outlet: float
    weekend_per_outlet: float
    median_stay_hours: float


HABITS = {
    "Copenhagen Central": Habit(COMMUTERS, 1.9, 0.7, 3.4),
    "Aarhus Harbour": Habit(SHOPPERS, 1.1, 1.9, 1.7),
    "Malmö West": Habit(RESIDENTS, 1.1, 1.2, 5.5),
}
POWERS_W = (3_700, 7_400, 11_000, 11_000, 22_000)
WINTER_MONTHS = (11, 12, 1, 2)
QUIET_MONTH = 7
LEAST_STAY, LONGEST_STAY = timedelta(minutes=7), timedelta(hours=20)
PAUSE = timedelta(minutes=4)
STOP_REASONS = (StopReason.EV_DISCONNECTED, StopReason.LOCAL, StopReason.REMOTE, StopReason.POWER_LOSS)


@dataclass(frozen=True)
class Driver:
    """Somebody with a tag."""

    id_token: str
    user_id: int
    email: str


def first_and_last_day() -> tuple[date, date]:
    """For which days there should be partitions."""
    today = now().date()
    return today - timedelta(days=DAYS + 1), today


def write(db: Session) -> int:
    """Write the sessions of the year before today, in the order of their start; says how many they are."""
    owned = select(IdToken.token, PortalUser.id, PortalUser.email).join(IdToken.user).where(demo_tags.USABLE)
    drivers = [Driver(*row) for row in db.execute(owned.order_by(IdToken.id))]
    today = now().date()
    outlets = db.execute(select(Outlet, Station, Site).join(Outlet.station).join(Station.site).order_by(Outlet.id))
    rows = [row for outlet, station, site in outlets for row in _at_outlet(outlet, station, site, drivers, today)]
    rows.sort(key=lambda row: row[0])
    connection: Connection[Any] | None = db.connection().connection.driver_connection
    assert connection is not None  # noqa: S101 - only a pooled connection that is checked in has none
    with connection.cursor() as cursor, cursor.copy(f"COPY charging_session ({COLUMNS}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    charged_there = select(ChargingSession.site_id, ChargingSession.user_id).where(ChargingSession.user_id.is_not(None))
    db.execute(insert(site_driver).from_select(["site_id", "user_id"], charged_there.distinct()))
    return len(rows)


def _at_outlet(
    outlet: Outlet, station: Station, site: Site, drivers: list[Driver], today: date
) -> Iterator[tuple[Any, ...]]:
    """One outlet's year. Its meter counts on from one session to the next, and no two overlap."""
    draw = random.Random(f"{SEED} {station.charge_box_id} {outlet.number}")  # noqa: S311 - no secret
    habit, zone = HABITS[site.name], ZoneInfo(site.time_zone or "Europe/Copenhagen")
    meter_wh = draw.randrange(400_000, 12_000_000)
    free_at = datetime.min.replace(tzinfo=UTC)
    for day in (today - timedelta(days=ago) for ago in range(DAYS, 0, -1)):
        for started_at in _arrivals(draw, habit, day, zone):
            if started_at < free_at:
                continue
            power_w = draw.choice(POWERS_W[:3] if outlet.number == 1 else POWERS_W)
            stay = timedelta(hours=habit.median_stay_hours) * draw.lognormvariate(0, 0.7)
            stay = min(LONGEST_STAY, max(LEAST_STAY, stay))
            energy_wh, charged_for = _taken(draw, power_w, stay, day)
            ended_at = started_at + stay
            if ended_at > now():
                return
            row = {
                "started_at": started_at,
                "stopped_at": started_at + charged_for if draw.random() < 0.3 else ended_at,
                "ended_at": ended_at,
                "logged_at": started_at + timedelta(seconds=draw.uniform(0.2, 2.5)),
                "node_id": station.id,
                "site_id": site.id,
                "floor_id": station.floor_id,
                "outlet_id": outlet.id,
                "site_name": site.name,
                "station_name": station.name,
                "outlet_number": outlet.number,
                **_authorized(draw, outlet, drivers),
                "meter_start_wh": meter_wh,
                "meter_stop_wh": meter_wh + energy_wh,
                "energy_wh": energy_wh,
                "stop_reason": draw.choices(STOP_REASONS, (80, 17, 2, 1))[0].value,
                "review_reasons": [],
                "energy_source": EnergySource.REGISTER.value,
                "grade": Grade.SOUND.value,
                "needs_review": False,
            }
            yield tuple(_sometimes_odd(draw, row).values())
            meter_wh += energy_wh
            free_at = ended_at + PAUSE


def _arrivals(draw: random.Random, habit: Habit, day: date, zone: ZoneInfo) -> list[datetime]:
    """When cars come to one outlet on a day, in order."""
    per_day = habit.weekend_per_outlet if day.weekday() >= 5 else habit.weekday_per_outlet
    season = 1.12 if day.month in WINTER_MONTHS else 0.75 if day.month == QUIET_MONTH else 1.0
    expected = per_day * season
    cars = int(expected) + (draw.random() < expected % 1)
    midnight = datetime.combine(day, time(), zone)
    return sorted(
        (midnight + timedelta(hours=hour, seconds=draw.uniform(0, 3600))).astimezone(UTC)
        for hour in draw.choices(range(24), habit.hours, k=cars)
    )


def _taken(draw: random.Random, power_w: int, stay: timedelta, day: date) -> tuple[int, timedelta]:
    """The energy of one charge in Wh and how long it flowed: until the battery is full or the car leaves."""
    wanted_wh = min(70_000.0, draw.lognormvariate(9.55, 0.6)) * (1.18 if day.month in WINTER_MONTHS else 1.0)
    average_w = power_w * draw.uniform(0.78, 0.97)
    hours = min(wanted_wh / average_w, stay.total_seconds() / 3600)
    return int(average_w * hours), timedelta(hours=hours)


def _authorized(draw: random.Random, outlet: Outlet, drivers: list[Driver]) -> dict[str, Any]:
    """Who charged: at an open outlet often somebody unknown. Some drivers come much more than others."""
    if outlet.mode is OutletMode.OPEN and draw.random() < 0.55:
        tag = f"{draw.randrange(16**8):08X}"
        return {"authorization": int(Authorization.ANONYMOUS), "id_token": tag, "user_id": None, "email": None}
    driver = draw.choices(drivers, range(len(drivers) + 4, 4, -1))[0]
    return {
        "authorization": int(Authorization.RFID),
        "id_token": driver.id_token,
        "user_id": driver.user_id,
        "email": driver.email,
    }


def _sometimes_odd(draw: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    """A few sessions a month are such that a person should look at them."""
    chance = draw.random()
    if chance < 0.0015:
        row |= {"meter_start_wh": 0} | _doubtful(ReviewReason.METER_START_ZERO, EnergySource.REGISTER)
    elif chance < 0.0025:
        missing = {"meter_stop_wh": None, "stop_reason": StopReason.STATION_BOOTED.value}
        row |= missing | _doubtful(ReviewReason.STOP_MISSING, EnergySource.SAMPLES)
    return row


def _doubtful(reason: ReviewReason, source: EnergySource) -> dict[str, Any]:
    grade = grade_of(source, [reason])
    return {"review_reasons": [reason.value], "energy_source": source.value, "grade": grade.value, "needs_review": True}
