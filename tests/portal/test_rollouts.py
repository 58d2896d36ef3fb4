"""Careful rollouts: what is chosen, what is asked once more, and how far it is."""

import html
import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock, rollouts
from domain.models import Command, Rollout, RolloutState, RolloutStation, Site, Station
from domain.roles import RoleName
from portal.views import rollout_words
from tests.portal.browser_like import Visitor, notes
from tests.portal.people import add_person, sign_in
from tests.portal.test_parameters import TOLD, fields, make_station, page

Park = list[Station]


@pytest.fixture
def park(db: Session, administrator: Visitor) -> Park:
    """A source, two of its model, and one of another; all on one site."""
    stations = [make_station(db, TOLD), *(make_station(db, {}) for _ in range(3))]
    for station in stations:
        station.site_id = stations[0].site_id
        station.vendor, station.model = "ACME", "Wall 22"
    stations[3].model = "Wall 11"
    db.commit()
    return stations


def address(name: str, source: Station) -> str:
    return f"/rollouts/{name}?node=station-{source.id}"


def plan(*chosen: tuple[str, str], stations: Park = (), **others: object) -> dict[str, object]:
    """What the form sends."""
    return {
        "planned": "yes",
        "key": [key for key, _value in chosen],
        "value": [value for _key, value in chosen],
        "chosen": [key for key, _value in chosen],
        "station": [str(station.id) for station in stations],
        "same_model": "on",
        **others,
    }


def begin(visitor: Visitor, source: Station, **form: object):
    return visitor.send(address("begin", source), page=address("plan", source), **form)


def all_rollouts(db: Session) -> list[Rollout]:
    db.rollback()
    return list(db.scalars(select(Rollout).order_by(Rollout.id)))


def words_of(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def marked(text: str) -> list[str]:
    """Whose boxes are ticked."""
    return re.findall(r'name="(?:chosen|station)" value="([^"]+)" checked', text)


def test_the_plan_offers_what_can_be_copied_and_the_stations_of_the_same_model(
    administrator: Visitor, park: Park
) -> None:
    text = page(administrator, address("plan", park[0]))
    assert re.findall(r'name="chosen" value="([^"]+)"', text) == [
        "HeartbeatInterval",
        "MeterValueSampleInterval",
        "VendorThing",
    ]
    assert re.findall(r'name="station" value="(\d+)"', text) == [str(station.id) for station in park[:3]]
    assert marked(text) == []


def test_another_place_and_other_models(administrator: Visitor, park: Park, db: Session) -> None:
    elsewhere = make_station(db, {})
    answer = administrator.send(
        address("plan", park[0]), planned="yes", within="system", key=["VendorThing"], value=["9"], chosen="VendorThing"
    )
    listed = re.findall(r'name="station" value="(\d+)"', answer.text)
    assert {str(park[3].id), str(elsewhere.id)} <= set(listed)
    assert marked(answer.text) == ["VendorThing"]
    assert 'name="value" value="9"' in answer.text
    assert administrator.send(address("plan", park[0]), planned="yes", within="site-888888").status_code == 404


def test_changes_that_are_not_sent_yet_become_its_values(administrator: Visitor, park: Park) -> None:
    sent = fields(("VendorThing", "17", "18"), ("HeartbeatInterval", "300", "300"), ("WifiPassword", "", "secret word"))
    answer = administrator.send(address("plan", park[0]), **sent)
    assert re.findall(r'name="chosen" value="([^"]+)"', answer.text) == ["VendorThing"]
    assert 'name="value" value="18"' in answer.text
    assert "secret word" not in answer.text


def test_marked_keys_of_a_comparison_become_its_values(administrator: Visitor, park: Park) -> None:
    answer = administrator.send(address("plan", park[0]), chosen=["HeartbeatInterval", "VendorThing"])
    assert marked(answer.text) == ["HeartbeatInterval", "VendorThing"]
    assert 'name="value" value="300"' in answer.text


def test_it_begins_after_it_was_asked_in_words(db: Session, administrator: Visitor, park: Park) -> None:
    form = plan(("VendorThing", "18"), stations=park[1:3], wave_size="1", return_seconds="600", restarts="on")
    asked = begin(administrator, park[0], **form)
    assert asked.status_code == 422
    said = words_of(asked.text)
    assert f"First {park[1].name} alone, then waves of 1." in said
    assert "Each station is restarted and must be back within 0:10:00." in said
    assert all_rollouts(db) == []
    done = begin(administrator, park[0], **form, sure="yes")
    [rollout] = all_rollouts(db)
    assert (done.status_code, done.location) == (
        303,
        f"/rollouts/show/{rollout.id}?node=station-{park[0].id}",
    )
    assert (rollout.values, rollout.wave_size, rollout.return_seconds, rollout.restarts) == (
        {"VendorThing": "18"},
        1,
        600,
        True,
    )
    assert rollout.source_station_id == park[0].id
    turns = db.scalars(select(RolloutStation.station_id).order_by(RolloutStation.position)).all()
    assert turns == [park[1].id, park[2].id]


def test_what_can_cut_the_line_is_marked_key_by_key(db: Session, administrator: Visitor, park: Park) -> None:
    form = plan(("HeartbeatInterval", "60"), ("VendorThing", "1"), stations=park[1:2])
    for more in ({}, {"sure": "yes"}, {"sure": "yes", "confirmed": "VendorThing"}, {"confirmed": "HeartbeatInterval"}):
        answer = begin(administrator, park[0], **form, **more)
        assert answer.status_code == 422
        assert "I have checked the new value of HeartbeatInterval" in answer.text
    assert all_rollouts(db) == []
    begin(administrator, park[0], **form, sure="yes", confirmed="HeartbeatInterval")
    assert len(all_rollouts(db)) == 1


def test_all_that_are_listed(db: Session, administrator: Visitor, park: Park) -> None:
    begin(administrator, park[0], **plan(("VendorThing", "1"), all="on", within=f"site-{park[0].site_id}", sure="yes"))
    turns = db.scalars(select(RolloutStation.station_id).order_by(RolloutStation.position)).all()
    assert turns == [station.id for station in park[:3]]


@pytest.mark.parametrize(
    ("chosen", "number", "refusal"),
    [
        ((), 1, "Choose at least one parameter."),
        ((("VendorThing", "1"),), 0, "Choose at least one station."),
        ((("HeartbeatInterval", "often"),), 1, "The value of HeartbeatInterval cannot be right."),
        ((("WifiPassword", "x"),), 1, "WifiPassword is a secret, which is set at each station by itself."),
    ],
)
def test_what_cannot_begin(
    db: Session, administrator: Visitor, park: Park, chosen: tuple[tuple[str, str], ...], number: int, refusal: str
) -> None:
    answer = begin(administrator, park[0], **plan(*chosen, stations=park[1 : 1 + number]), sure="yes")
    assert answer.status_code == 422
    assert refusal in words_of(answer.text)
    assert all_rollouts(db) == []


def test_a_station_is_in_one_rollout_at_a_time(db: Session, administrator: Visitor, park: Park) -> None:
    form = plan(("VendorThing", "1"), stations=park[1:2], sure="yes")
    begin(administrator, park[0], **form)
    answer = begin(administrator, park[0], **form)
    assert f"{park[1].name} is in another rollout now." in words_of(answer.text)


def test_numbers_of_nonsense_become_usual_ones(db: Session, administrator: Visitor, park: Park) -> None:
    form = plan(("VendorThing", "1"), stations=park[1:2], sure="yes", wave_size="many", return_seconds="9" * 30)
    form["station"] = [*form["station"], "x", "9" * 30, "9" * 5000, "888888"]
    begin(administrator, park[0], **form)
    [rollout] = all_rollouts(db)
    assert (rollout.wave_size, rollout.return_seconds) == (5, 300)
    assert len(db.scalars(select(RolloutStation)).all()) == 1


def test_its_page_and_its_end(db: Session, administrator: Visitor, park: Park) -> None:
    begin(administrator, park[0], **plan(("VendorThing", "1"), stations=park[1:3], sure="yes"))
    [rollout] = all_rollouts(db)
    rollouts.advance(db, rollout.id, clock.now())
    db.commit()
    said = words_of(page(administrator, f"/rollouts/show/{rollout.id}"))
    assert f"First, alone {park[1].name} ↗ Is being changed Wave 1 {park[2].name} ◷ Waits for its turn" in said
    assert "VendorThing → 1" in said
    answer = administrator.send(f"/rollouts/cancel/{rollout.id}", page=f"/rollouts/show/{rollout.id}")
    assert answer.status_code == 303
    text = page(administrator, f"/rollouts/show/{rollout.id}")
    assert ("good", "No further station is changed. Those under way end by themselves.") in notes_of(text)
    assert f"{park[2].name} – Left out The rollout ended before its turn." in words_of(text)
    assert db.get_one(Rollout, rollout.id, populate_existing=True).state is RolloutState.CANCELLED
    assert "Cancelled" in words_of(page(administrator, "/rollouts/"))


def notes_of(text: str) -> list[tuple[str, str]]:
    class Answer:
        pass

    answer = Answer()
    answer.text = text
    return notes(answer)


def test_those_left_over_are_tried_again(db: Session, administrator: Visitor, park: Park) -> None:
    begin(administrator, park[0], **plan(("VendorThing", "1"), stations=park[1:3], sure="yes"))
    [rollout] = all_rollouts(db)
    show = f"/rollouts/show/{rollout.id}"
    assert "Try those left over" not in page(administrator, show)
    rollouts.cancel(db, rollout.id, clock.now())
    db.commit()
    text = page(administrator, show)
    assert "Try those left over" in text
    assert re.findall(r'name="station" value="(\d+)"', text) == [str(station.id) for station in park[1:3]]
    answer = administrator.send(
        address("plan", park[1]), page=show, **plan(("VendorThing", "1"), stations=park[1:3], within="system")
    )
    assert set(marked(answer.text)) == {"VendorThing", str(park[1].id), str(park[2].id)}


def test_the_list(db: Session, administrator: Visitor, park: Park) -> None:
    assert "Nothing was rolled out yet." in page(administrator, "/rollouts/")
    begin(
        administrator,
        park[0],
        **plan(("VendorThing", "1"), ("MeterValueSampleInterval", "5"), stations=park[1:3], sure="yes"),
    )
    said = words_of(page(administrator, "/rollouts/"))
    assert "Running VendorThing, MeterValueSampleInterval 2 0" in said


def test_who_sees_a_rollout(db: Session, portal: Flask, administrator: Visitor, park: Park) -> None:
    """Site administrators their own alone; and they reach no station of others."""
    elsewhere = Site(name="Far away")
    db.add(elsewhere)
    db.flush()
    own = make_station(db, TOLD)
    own.site_id = elsewhere.id
    db.commit()
    visitor = sign_in(portal, add_person(db, RoleName.SITE_ADMINISTRATOR, "far.adm@example.com", [elsewhere]))
    begin(administrator, park[0], **plan(("VendorThing", "1"), stations=park[1:2], sure="yes"))
    [others] = all_rollouts(db)
    assert visitor.get(f"/rollouts/show/{others.id}").status_code == 404
    assert "Nothing was rolled out yet." in page(visitor, "/rollouts/")
    form = plan(("VendorThing", "1"), stations=[own, park[2]], sure="yes")
    begin(visitor, own, **form)
    [_others, mine] = all_rollouts(db)
    turns = select(RolloutStation.station_id).where(RolloutStation.rollout_id == mine.id)
    assert db.scalars(turns).all() == [own.id]
    everything = begin(visitor, own, **plan(("VendorThing", "2"), all="on", within="system"))
    assert park[1].name not in everything.text
    assert (
        begin(visitor, own, **plan(("VendorThing", "2"), all="on", within=f"site-{park[0].site_id}")).status_code == 404
    )


def test_the_commands_are_the_persons_own(db: Session, administrator: Visitor, park: Park) -> None:
    begin(administrator, park[0], **plan(("VendorThing", "1"), stations=park[1:2], sure="yes"))
    [rollout] = all_rollouts(db)
    rollouts.advance(db, rollout.id, clock.now())
    db.commit()
    assert db.scalars(select(Command.user_id)).all() == [rollout.user_id]


def test_every_word_has_its_text() -> None:
    assert set(rollout_words.REFUSALS) == set(rollouts.Refusal)
    assert set(rollout_words.REASONS) == set(rollouts.Why)
    assert set(rollout_words.STATES) == set(rollout_words.STATE_SIGNS) == set(RolloutState)
