"""How times, energies and numbers are written."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale
from flask_login import login_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import PortalUser
from portal import formats

MOMENT = datetime(2026, 11, 22, 15, 43, 59, 999_999, tzinfo=UTC)


def test_a_time_is_in_the_zone_of_the_installation_and_cut_to_tenths() -> None:
    assert formats.at(MOMENT) == "2026-11-22 16:43:59.9"
    assert formats.at(MOMENT, ZoneInfo("UTC")) == "2026-11-22 15:43:59.9"
    assert formats.at(None) == ""


@pytest.mark.parametrize(
    ("chosen", "written"),
    [
        ("Asia/Tokyo", "2026-11-23 00:43:59.9"),
        (None, "2026-11-22 16:43:59.9"),
        ("Mars/Olympus", "2026-11-22 16:43:59.9"),
    ],
)
def test_a_time_is_in_the_zone_of_who_reads_it(portal: Flask, db: Session, chosen: str | None, written: str) -> None:
    user = db.scalars(select(PortalUser)).one()
    user.time_zone = chosen
    with portal.test_request_context():
        login_user(user)
        assert formats.at(MOMENT) == written


def test_the_night_in_which_an_hour_comes_twice_is_told_by_the_zone() -> None:
    zone = ZoneInfo("Europe/Copenhagen")
    assert formats.at(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), zone) == "2026-10-25 02:30:00.0"
    assert formats.at(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), zone) == "2026-10-25 02:30:00.0"


@pytest.mark.parametrize(
    ("energy_wh", "decimals", "written"),
    [
        (11064, 3, "11.064"),
        (0, 3, "0.000"),
        (-5, 3, "-0.005"),
        (9120400, 2, "9120.40"),
        (0.1, 4, "0.0001"),
        (None, 3, ""),
    ],
)
def test_energy_is_in_kwh(energy_wh: float | None, decimals: int, written: str) -> None:
    assert formats.kwh(energy_wh, decimals) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0:00:00"), (1860.9, "0:31:00"), (3599, "0:59:59"), (360_000, "100:00:00"), (-61, "-0:01:01"), (None, "")],
)
def test_a_duration_is_in_hours_that_run_on(seconds: float | None, written: str) -> None:
    assert formats.duration(seconds) == written


@pytest.mark.parametrize(("language", "written"), [("en", "1,234,567.5"), ("da", "1.234.567,5")])
def test_a_number_in_prose_is_as_the_language_writes_it(portal: Flask, language: str, written: str) -> None:
    with portal.test_request_context(), force_locale(language):
        assert formats.number(1234567.46, 1) == written
        assert formats.number(None) == ""


def test_a_templates_own_number_is_written_for_each_reader(portal: Flask) -> None:
    with portal.test_request_context():
        with force_locale("da"):
            template = portal.jinja_env.from_string("{{ 0|number(1) }}")
            assert template.render() == "0,0"
        with force_locale("en"):
            assert template.render() == "0.0"
