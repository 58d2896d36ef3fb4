"""Two people edit the same record: the second is told, sees both values, loses nothing, and decides."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from domain.clock import now
from domain.models import (
    AlarmRule,
    FirmwareImage,
    Floor,
    IdToken,
    News,
    Outlet,
    Service,
    ServiceKind,
    Site,
    Station,
    System,
    UnknownStation,
)
from domain.roles import RoleName
from domain.statuses import StationStatus
from portal.record import RecordView
from portal.views.outlet import MODES_EXPLAINED
from tests.portal.browser_like import Visitor, notes
from tests.portal.forms_on_pages import form_on
from tests.portal.people import add_person, sign_in


@dataclass(frozen=True)
class Case:
    """A form, the field that both change, and another that only the first one does."""

    path: str
    model: Any
    field: str
    other: str
    other_value: str = "of the first"


CASES = [
    Case("/system/edit/1", System, "name", "description"),
    Case("/sites/edit/1", Site, "name", "description"),
    Case("/floors/edit/1", Floor, "name", "description"),
    Case("/stations/edit/1", Station, "name", "description"),
    Case("/outlets/edit/1", Outlet, "parking", "connector_type"),
    Case("/users/edit/2", None, "first_name", "last_name"),
    Case("/id_tokens/edit/1", IdToken, "description", "parent_token"),
    Case("/news_items/edit/1", News, "title", "body"),
    Case("/firmware_images/edit/1", FirmwareImage, "description", "vendor"),
    Case("/alarm_rules/edit/1", AlarmRule, "note", "vendor_error_code"),
    Case("/services/edit/1", Service, "name", "url", "https://first.example.com/"),
]


@pytest.fixture
def records(db: Session, portal: Flask) -> None:
    """One of each kind, with the key 1."""
    station = Station(site=(site := Site(name="S")), floor=Floor(site=site, name="F"), name="N", charge_box_id="C")
    db.add(station)
    db.flush()
    db.add(Outlet(station=station, number=1))
    add_person(db, RoleName.EV_USER, "driver@example.com")
    db.add(IdToken(token="77", user_id=2, expires_at=now() + timedelta(days=9, seconds=7.5)))
    db.add(News(title="T", body="B\nC", published_from_at=now()))
    db.add(FirmwareImage(file_name="a.bin", version="1", size_bytes=1, sha256="0" * 64, uploaded_at=now()))
    db.add(
        Service(
            name="W", kind=ServiceKind.WEBHOOK, configuration={"url": "https://a.example.com/", "topics": ["status"]}
        )
    )
    db.commit()


@pytest.fixture
def other(portal: Flask, db: Session, records: None) -> Visitor:
    return sign_in(portal, add_person(db, RoleName.ADMINISTRATOR, "second@example.com", first_name="Sec"))


def opened(visitor: Visitor, path: str) -> dict[str, Any]:
    page = visitor.get(path)
    assert page.status_code == 200
    return form_on(page.text)


def sent(visitor: Visitor, path: str, form: dict[str, Any], **changed: Any) -> TestResponse:
    return visitor.http.post(path, data=form | changed)


def test_every_form_of_a_record_is_in_the_table(portal: Flask) -> None:
    views = [view for view in portal.appbuilder.baseviews if isinstance(view, RecordView)]
    edits = {f"{view.route_base}/edit/" for view in views if "edit" not in view.exclude_route_methods}
    assert edits == {case.path.rpartition("/")[0] + "/" for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)
def test_a_form_that_is_sent_as_it_was_opened_is_no_clash(administrator: Visitor, other: Visitor, case: Case) -> None:
    form = opened(administrator, case.path)
    assert sent(administrator, case.path, form).status_code == 302
    assert sent(administrator, case.path, opened(administrator, case.path)).status_code == 302


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)
def test_the_second_is_told_who_changed_what_and_saves_knowingly(
    administrator: Visitor, other: Visitor, case: Case
) -> None:
    mine, theirs = opened(other, case.path), opened(administrator, case.path)
    saved = sent(administrator, case.path, theirs, **{case.field: "<i>first</i>", case.other: case.other_value})
    assert saved.status_code == 302, saved.text
    told = sent(other, case.path, mine, **{case.field: "second"})
    assert told.status_code == 409
    clashes = told.text.partition('class="note clashes"')[2].partition("</section>")[0]
    assert "<q>&lt;i&gt;first&lt;/i&gt;</q>" in clashes and "<q>second</q>" in clashes
    assert f"<q>{case.other_value}</q>" in clashes
    assert clashes.count("taken over") == 1
    assert clashes.count("First Administrator, 20") == 2
    form = form_on(told.text)
    assert (form[case.field], form[case.other]) == ("second", case.other_value)
    assert sent(other, case.path, form).status_code == 302
    after = opened(other, case.path)
    assert (after[case.field], after[case.other]) == ("second", case.other_value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)
def test_the_second_takes_the_others_value(administrator: Visitor, other: Visitor, case: Case) -> None:
    mine = opened(other, case.path)
    sent(administrator, case.path, opened(administrator, case.path), **{case.field: "first"})
    form = form_on(sent(other, case.path, mine, **{case.field: "second", case.other: case.other_value}).text)
    assert form[case.other] == case.other_value
    assert sent(other, case.path, form, theirs=[case.field]).status_code == 302
    after = opened(other, case.path)
    assert (after[case.field], after[case.other]) == ("first", case.other_value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)
def test_two_who_change_to_the_same_do_not_clash_over_it(administrator: Visitor, other: Visitor, case: Case) -> None:
    mine = opened(other, case.path)
    sent(administrator, case.path, opened(administrator, case.path), **{case.field: "same"})
    told = sent(other, case.path, mine, **{case.field: "same", case.other: case.other_value})
    assert told.status_code == 409 and "take theirs" not in told.text
    assert sent(other, case.path, form_on(told.text)).status_code == 302


DELETED = [case for case in CASES if case.path != "/system/edit/1"]


@pytest.mark.parametrize("case", DELETED, ids=lambda case: case.path)
def test_what_was_typed_for_a_record_that_was_deleted_is_given_back(
    administrator: Visitor, other: Visitor, db: Session, case: Case
) -> None:
    mine = opened(other, case.path)
    below = {"/sites/edit/1": ("outlets", "stations", "floors"), "/floors/edit/1": ("outlets", "stations")}
    below["/stations/edit/1"] = ("outlets",)
    for kind in below.get(case.path, ()):
        assert administrator.send(f"/{kind}/delete/1").status_code == 302
    assert administrator.send(case.path.replace("/edit/", "/delete/")).status_code == 302
    answer = sent(other, case.path, mine, **{case.field: "typed <b>long</b>", "password": "never-shown-1"})
    assert answer.status_code == 404
    assert "typed &lt;b&gt;long&lt;/b&gt;" in answer.text and "never-shown-1" not in answer.text
    assert "deleted it at" in answer.text


def test_what_a_station_reports_is_no_edit(administrator: Visitor, other: Visitor, db: Session) -> None:
    mine = opened(administrator, "/stations/edit/1")
    of_outlet = opened(administrator, "/outlets/edit/1")
    reported = {"online": True, "last_seen_at": now(), "vendor": "V", "status": StationStatus.FAULTED}
    db.execute(update(Station).values(**reported))
    db.execute(update(Outlet).values(occupied_at=now()))
    db.commit()
    assert sent(administrator, "/stations/edit/1", mine, name="New").status_code == 302
    assert sent(administrator, "/outlets/edit/1", of_outlet, parking="P").status_code == 302
    assert db.scalar(select(Station.name)) == "New"


def test_what_is_wrong_and_what_clashed_are_told_together(administrator: Visitor, other: Visitor) -> None:
    mine = opened(other, "/sites/edit/1")
    sent(administrator, "/sites/edit/1", opened(administrator, "/sites/edit/1"), description="Aarhus")
    told = sent(other, "/sites/edit/1", mine, name="", time_zone="Mars", description="Odense")
    assert told.status_code == 422
    assert "<q>Aarhus</q>" in told.text and "This is needed." in told.text
    form = form_on(told.text)
    assert (form["name"], form["description"]) == ("", "Odense")


def test_choices_and_moments_are_told_in_words(administrator: Visitor, other: Visitor, db: Session) -> None:
    for path, field, first, second, said in (
        ("/outlets/edit/1", "mode", "open", "rfid", str(MODES_EXPLAINED[1].label)),
        ("/users/edit/2", "id_tokens", "77, 78", "77, 79", "77, 78"),
        ("/id_tokens/edit/1", "user_id", "second@example.com", "", "second@example.com"),
        ("/system/edit/1", "second_factor_roles", ["Support"], ["Administrator", "Support"], "Support"),
        ("/sites/edit/1", "time_zone", "Europe/Oslo", "Europe/Paris", "Europe/Oslo"),
    ):
        mine = opened(other, path)
        saved = sent(administrator, path, opened(administrator, path), **{field: first})
        assert saved.status_code == 302, (path, saved.text)
        told = sent(other, path, mine, **{field: second})
        assert told.status_code in (302, 409), path
        if told.status_code == 409:
            assert f"<q>{said}</q>" in told.text, path


def test_a_role_that_somebody_else_gave_is_told(administrator: Visitor, other: Visitor, db: Session) -> None:
    mine = opened(other, "/users/edit/2")
    as_support = opened(administrator, "/users/edit/2?role=Support")
    assert sent(administrator, "/users/edit/2?role=Support", as_support).status_code == 302
    told = sent(other, "/users/edit/2", mine, first_name="New")
    assert told.status_code == 409
    assert "<b>Role</b>" in told.text and "<q>Support</q>" in told.text


@pytest.mark.parametrize("seen", ["", "{", "[]", '{"name": 5}', '{"name": "0"}', "x" * 5000])
def test_marks_that_are_none_break_nothing(administrator: Visitor, other: Visitor, seen: str) -> None:
    form = opened(administrator, "/sites/edit/1")
    answer = sent(administrator, "/sites/edit/1", form, seen=seen, name="New")
    assert answer.status_code in (302, 409)


def test_two_at_the_very_same_time_do_not_both_save(administrator: Visitor, other: Visitor) -> None:
    """The record is locked while its marks are compared."""
    forms = [opened(administrator, "/sites/edit/1"), opened(other, "/sites/edit/1")]
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(
            lambda each: sent(each[0], "/sites/edit/1", each[1], description=each[2]).status_code,
            zip((administrator, other), forms, ("Aarhus", "Odense"), strict=True),
        )
        assert sorted(answers) == [302, 409]


def test_adopting_and_adding_have_nothing_to_clash_with(administrator: Visitor, db: Session) -> None:
    db.add(UnknownStation(charge_box_id="CB"))
    db.commit()
    assert 'name="seen"' not in administrator.get("/sites/add").text
    assert notes(administrator.get("/sites/")) == []
