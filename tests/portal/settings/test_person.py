"""User settings of the person: name, language, time zone, dashboard, mail about alarms."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.alarm_mail import outbox
from domain.alarm_mail.outbox import Fate, Outcome
from domain.clock import now
from domain.models import AlarmKind, AlarmMailKind, AuditEntry, PortalUser, Site
from domain.roles import RoleName
from portal.pages.dashboard.registry import available_panes, chosen_panes
from tests.fixtures.mail import Mailbox
from tests.portal.browser_like import Visitor, errors
from tests.portal.people import add_person, sign_in
from tests.portal.settings.asking import PAGE, save, saved

TITLE = re.compile(r'<h3 id="[\w-]+-title">([\w -]+)')


def sections(visitor: Visitor) -> list[str]:
    return [title.strip() for title in TITLE.findall(visitor.get(PAGE).text)]


COMMON = ["E-mail", "Password", "Second factor", "Sign-ins", "API keys"]


@pytest.mark.parametrize("role", RoleName)
def test_every_role_has_the_page_under_its_name_and_just_its_sections(
    portal: Flask, db: Session, role: RoleName
) -> None:
    site = Site(name="Harbour")
    db.add(site)
    browser = sign_in(portal, add_person(db, role, "p@example.com", sites=[site]))
    assert 'href="/settings/">User settings</a>' in browser.get("/").text
    alarms = ["E-mail on alarm"] if role in (RoleName.ADMINISTRATOR, RoleName.SITE_ADMINISTRATOR) else []
    assert sections(browser) == ["Name", "Language and time zone", "Dashboard", *alarms, *COMMON]
    if not alarms:
        assert save(browser, "alarms", alarm_email="y").status_code == 404


def test_a_name_is_saved_where_it_stands(db: Session, mads: PortalUser, browser: Visitor) -> None:
    assert saved(browser, "name", first_name=" Mads Ole ", last_name="Krogh") == ["Saved."]
    db.refresh(mads)
    assert str(mads) == "Mads Ole Krogh"
    assert '<span class="who">Mads Ole Krogh</span>' in browser.get(PAGE).text


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ("", "Krogh", ["This is needed."]),
        ("  ", " ", ["This is needed.", "This is needed."]),
        ("x" * 65, "Krogh", ["At most 64 characters."]),
        ("Ma\x00ds", "Krogh", ["This contains characters that cannot be written."]),
    ],
)
def test_a_name_that_is_none_is_said_at_its_field(
    db: Session, mads: PortalUser, browser: Visitor, first: str, last: str, wrong: list[str]
) -> None:
    answer = save(browser, "name", first_name=first, last_name=last)
    assert (answer.status_code, errors(answer)) == (422, wrong)
    db.refresh(mads)
    assert str(mads) == "P mads.krogh"


def test_the_language_is_ones_own_on_every_browser(
    portal: Flask, db: Session, mads: PortalUser, browser: Visitor
) -> None:
    saved(browser, "region", language="da", time_zone="")
    for one in (browser, sign_in(portal, mads)):
        assert '<html lang="da">' in one.get("/", headers={"Accept-Language": "en"}).text
    saved(browser, "region", language="", time_zone="")
    for spoken in ("da", "en"):
        assert f'<html lang="{spoken}">' in browser.get("/", headers={"Accept-Language": spoken}).text


def test_as_the_browser_is_also_said_to_a_browser_that_chose_before(browser: Visitor) -> None:
    browser.get("/lang/da")
    saved(browser, "region", language="", time_zone="")
    assert '<html lang="en">' in browser.get("/", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize(
    ("written", "kept"), [("europe/london", "Europe/London"), ("America/New york", "America/New_York"), ("", None)]
)
def test_a_time_zone_is_found_however_it_is_typed(
    db: Session, mads: PortalUser, browser: Visitor, written: str, kept: str | None
) -> None:
    saved(browser, "region", language="", time_zone=written)
    db.refresh(mads)
    assert mads.time_zone == kept


@pytest.mark.parametrize("written", ["Mars/Olympus", "../etc/passwd", "Europe"])
def test_a_time_zone_that_is_none_is_refused(browser: Visitor, written: str) -> None:
    answer = save(browser, "region", language="", time_zone=written)
    assert (answer.status_code, errors(answer)) == (422, ["There is no such time zone. Choose one from the list."])


def test_a_language_that_is_not_offered_is_refused(browser: Visitor) -> None:
    assert save(browser, "region", language="sv", time_zone="").status_code == 422


def test_panes_are_chosen_in_order_and_can_be_left_out(db: Session, mads: PortalUser, browser: Visitor) -> None:
    offered = [pane.name for pane in available_panes(RoleName.EV_USER)]
    saved(browser, "dashboard", pane_1=offered[2], pane_2="", pane_3=offered[0], pane_4="")
    db.refresh(mads)
    assert mads.dashboard_panes == [offered[2], offered[0]]
    assert [pane.name for pane in chosen_panes(mads)] == [offered[2], offered[0]]
    page = browser.get(PAGE).text
    chosen = re.findall(r'<option selected value="(\w+)">', page.partition('id="dashboard"')[2])
    assert chosen[:2] == [offered[2], offered[0]]
    saved(browser, "usual-panes")
    db.refresh(mads)
    assert mads.dashboard_panes is None


def test_a_pane_twice_or_of_another_role_is_refused(db: Session, mads: PortalUser, browser: Visitor) -> None:
    offered = [pane.name for pane in available_panes(RoleName.EV_USER)]
    twice = save(browser, "dashboard", pane_1=offered[0], pane_2=offered[1], pane_3=offered[0], pane_4="")
    assert (twice.status_code, errors(twice)) == (422, ["This pane is chosen already."])
    foreign = save(browser, "dashboard", pane_1="stations_now", pane_2="", pane_3="", pane_4="")
    assert (foreign.status_code, errors(foreign)) == (422, ["Not a valid choice."])
    db.refresh(mads)
    assert mads.dashboard_panes is None


def test_mail_about_alarms_is_switched_on_and_off(db: Session, administrator: Visitor) -> None:
    ida = db.get_one(PortalUser, 1)
    for written, wanted in (({"alarm_email": "y"}, True), ({}, False)):
        assert saved(administrator, "alarms", **written) == ["Saved."]
        db.refresh(ida)
        assert ida.alarm_email is wanted


def test_when_and_of_what_is_chosen_with_it(db: Session, mailbox: Mailbox, administrator: Visitor) -> None:
    ida = db.get_one(PortalUser, 1)
    page = administrator.get(PAGE).text
    assert re.search(
        r'<select[^>]* name="alarms-alarm_digest_hour">.*<option selected value="7">07:00<', page, re.DOTALL
    )
    kinds = re.findall(r'name="alarms-alarms_at_once" type="checkbox" value="(\w+)"', page)
    assert kinds == [kind.value for kind in AlarmKind if kind is not AlarmKind.SITE_UPLINK]
    assert "checked" not in page.partition('id="alarms"')[2].partition("</form>")[0]
    values = {"alarm_email": "y", "alarm_digest_hour": "22", "alarms_at_once": ["fuse", "no_network"]}
    assert saved(administrator, "alarms", **values) == ["Saved."]
    db.refresh(ida)
    assert (ida.alarm_email, ida.alarm_digest_hour, ida.alarms_at_once) == (True, 22, ["fuse", "no_network"])
    entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry and entry.after == {
        "alarm_email": True,
        "alarm_digest_hour": 22,
        "alarms_at_once": ["fuse", "no_network"],
    }
    saved(administrator, "alarms", alarm_email="y", alarm_digest_hour="0")
    db.refresh(ida)
    assert (ida.alarm_digest_hour, ida.alarms_at_once) == (0, [])


@pytest.mark.parametrize(
    "wrong", [{"alarm_digest_hour": "24"}, {"alarm_digest_hour": "x"}, {"alarms_at_once": ["fuse", "site_uplink"]}]
)
def test_an_hour_or_an_alarm_that_is_none_is_refused(
    db: Session, administrator: Visitor, wrong: dict[str, object]
) -> None:
    assert save(administrator, "alarms", alarm_email="y", **wrong).status_code == 422
    db.expire_all()
    assert not db.get_one(PortalUser, 1).alarm_email


def test_without_a_mail_server_the_section_says_so(administrator: Visitor) -> None:
    assert "This installation sends no e-mails: it has no mail server." in administrator.get(PAGE).text


def test_an_e_mail_that_was_refused_is_told_there_and_to_administrators(
    db: Session, mailbox: Mailbox, administrator: Visitor
) -> None:
    assert "no mail server" not in administrator.get(PAGE).text
    assert "none yet" in administrator.get("/users/show/1").text
    outbox.put(db, [outbox.new(1, AlarmMailKind.AT_ONCE, [1], now())])
    mail = outbox.claim(db, now())
    assert mail
    outbox.settle(db, mail.id, Outcome(Fate.REFUSED, "550 no <such> user"), now())
    db.commit()
    said = "not delivered: 550 no &lt;such&gt; user"
    assert f"The last e-mail was {said}" in administrator.get(PAGE).text
    assert said in administrator.get("/users/show/1").text
    outbox.put(db, [outbox.new(1, AlarmMailKind.AT_ONCE, [1], now())])
    mail = outbox.claim(db, now())
    assert mail
    outbox.settle(db, mail.id, Outcome(Fate.TAKEN), now())
    db.commit()
    assert "not delivered" not in administrator.get(PAGE).text + administrator.get("/users/show/1").text


@pytest.mark.parametrize("section", ["", "nonsense", "second-factor"])
def test_what_is_no_form_is_not_found(browser: Visitor, section: str) -> None:
    assert save(browser, section).status_code == 404


def test_without_the_hidden_token_nothing_is_saved(db: Session, mads: PortalUser, browser: Visitor) -> None:
    sent = {"section": "name", "name-first_name": "Eve", "name-last_name": "Evil"}
    assert browser.http.post(PAGE, data=sent).status_code == 400
    db.refresh(mads)
    assert mads.first_name == "P"


def test_no_field_of_another_section_is_taken_along(db: Session, mads: PortalUser, browser: Visitor) -> None:
    more = {"email": "eve@example.com", "role": "Administrator", "roles": "1", "active": "", "sign_in_number": "5"}
    before = (mads.email, mads.role, mads.active, mads.sign_in_number)
    saved(browser, "name", first_name="Mads", last_name="Krogh", **more)
    db.expire_all()
    assert (mads.email, mads.role, mads.active, mads.sign_in_number) == before
