"""News on its pages: read by everybody for whom it is, written by administrators."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import News, news_read
from domain.roles import RoleName
from tests.portal.browser_like import TOKEN, Visitor, errors, notes
from tests.portal.people import add_person, sign_in

JSON = {"Accept": "application/json"}
BADGE = re.compile(r'<span class="badge" data-unread( hidden)?><span aria-hidden="true">(\d+\+?)</span>')


def add(db: Session, title: str, *roles: RoleName, hours_ago: float = 1, body: str = "-") -> None:
    begins_at = now() - timedelta(hours=hours_ago)
    db.add(News(title=title, body=body, published_from_at=begins_at, roles=list(roles)))
    db.commit()


def driver(portal: Flask, db: Session, email: str = "mads@example.com", **more: object) -> Visitor:
    return sign_in(portal, add_person(db, RoleName.EV_USER, email, **more))


def unread(reader: Visitor) -> str | None:
    """What the button in the top bar says; None for nothing."""
    hidden, count = BADGE.findall(reader.get("/").text)[0]
    return None if hidden else count


def titles(reader: Visitor, path: str = "/news/") -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", reader.get(path).text)


def mark_read(reader: Visitor, pk: int, **options: object) -> tuple[int, object]:
    token = TOKEN.search(reader.get("/").text)
    assert token
    answer = reader.http.post(f"/news/{pk}/read", data={"csrf_token": token[1]}, headers=JSON, **options)
    return answer.status_code, answer.json


def test_each_reads_what_is_for_the_role(administrator: Visitor, portal: Flask, db: Session) -> None:
    add(db, "For all", hours_ago=2)
    add(db, "For administrators", RoleName.ADMINISTRATOR)
    add(db, "For <drivers>", RoleName.EV_USER)
    add(db, "Planned", hours_ago=-1)
    mads = driver(portal, db)
    assert (titles(administrator), unread(administrator)) == (["For administrators", "For all"], "2")
    assert (titles(mads), unread(mads)) == (["For &lt;drivers&gt;", "For all"], "2")


def test_to_load_a_page_reads_nothing_and_to_open_reads_one(portal: Flask, db: Session) -> None:
    for title in ("First", "Second"):
        add(db, title)
    mads, signe = driver(portal, db), driver(portal, db, "signe@example.com")
    for _ in range(2):
        assert mads.get("/news/").text.count('<span class="new">unread</span>') == 2
    assert mark_read(mads, 1) == (200, {"unread": 1})
    assert mark_read(mads, 1) == (200, {"unread": 1})
    assert (unread(mads), unread(signe)) == ("1", "2")
    assert mark_read(mads, 2) == (200, {"unread": 0})
    assert (unread(mads), unread(signe)) == (None, "2")
    assert "unread</span>" not in mads.get("/news/").text.partition("<main")[2]


def test_without_a_script_a_button_marks_as_read(portal: Flask, db: Session) -> None:
    add(db, "First")
    mads = driver(portal, db)
    answer = mads.send("/news/1/read", page="/news/")
    assert (answer.status_code, answer.location) == (302, "/news/?page=1#news-1")
    assert unread(mads) is None


def test_foreign_news_is_not_there(portal: Flask, db: Session) -> None:
    add(db, "For support", RoleName.SUPPORT)
    add(db, "Planned", hours_ago=-1)
    mads = driver(portal, db)
    for pk in (1, 2, 3):
        assert mark_read(mads, pk)[0] == 404
    assert db.execute(select(news_read)).all() == []
    assert mads.http.post("/news/1/read").status_code == 400
    assert mads.get("/news/1/read").status_code == 405


def test_pages_of_ten(portal: Flask, db: Session) -> None:
    for number in range(12):
        add(db, f"N{number}", hours_ago=number + 1)
    mads = driver(portal, db)
    assert titles(mads) == [f"N{number}" for number in range(10)]
    assert titles(mads, "/news/?page=2") == ["N10", "N11"]
    assert 'href="/news/?page=2" rel="next"' in mads.get("/news/").text
    assert 'href="/news/?page=1" rel="prev"' in mads.get("/news/?page=2").text
    assert 'rel="next"' not in mads.get("/news/?page=2").text
    for page in ("x", "-1", "1e3", "99999", "²"):
        assert mads.get("/news/", query_string={"page": page}).status_code == 404


def test_nothing_says_so(administrator: Visitor) -> None:
    assert "There is no news. What administrators publish appears here." in administrator.get("/news/").text
    assert "There is no news yet. Add what your users should know." in administrator.get("/news_items/").text
    assert unread(administrator) is None


def test_the_text_is_shown_as_markdown_and_does_no_harm(portal: Flask, db: Session) -> None:
    add(db, "T", body="# Big\n\n**bold** <script>alert(1)</script> [x](javascript:alert(1))")
    page = driver(portal, db).get("/news/").text
    assert "<h3>Big</h3>\n<p><strong>bold</strong> &lt;script&gt;alert(1)&lt;/script&gt; [x]" in page


@pytest.mark.parametrize("role", [RoleName.SITE_ADMINISTRATOR, RoleName.SUPPORT, RoleName.EV_USER])
def test_only_administrators_manage(portal: Flask, db: Session, role: RoleName) -> None:
    add(db, "Secret plan", RoleName.ADMINISTRATOR)
    person = sign_in(portal, add_person(db, role, "p@example.com"))
    for path in ("/news_items/", "/news_items/show/1", "/news_items/edit/1", "/news_items/export/csv"):
        answer = person.get(path, follow_redirects=True)
        assert "Secret plan" not in answer.text
        assert answer.status_code in (403, 404) or answer.request.path == "/"
    assert "/news_items/" not in person.get("/news/").text
    before = db.scalars(select(News.title)).all()
    for path in ("/news_items/add", "/news_items/delete/1", "/news_items/preview"):
        assert person.send(path, page="/", title="x", body="x").status_code in (302, 403)
    db.expire_all()
    assert db.scalars(select(News.title)).all() == before


def write(administrator: Visitor, path: str = "/news_items/add", **fields: object):
    usual = {"title": "Deck 1", "body": "**Open**", "published_from_at": "2026-01-05T08:30"}
    return administrator.send(path, **usual | fields)


def test_news_is_written_in_the_writers_time(administrator: Visitor, db: Session) -> None:
    answer = write(administrator, published_until_at="2026-07-05T08:30", roles=["Support", "EV user"])
    assert answer.location == "/news_items/show/1"
    assert notes(administrator.get(answer.location)) == [("good", "Deck 1 was created.")]
    (item,) = db.scalars(select(News))
    assert item.published_from_at == datetime(2026, 1, 5, 7, 30, tzinfo=UTC)
    assert item.published_until_at == datetime(2026, 7, 5, 6, 30, tzinfo=UTC)
    assert item.roles == ["Support", "EV user"]
    page = administrator.get("/news_items/edit/1").text
    assert 'value="2026-01-05T08:30"' in page
    assert re.findall(r'<input checked[^>]* value="([^"]+)"', page) == ["Support", "EV user"]
    assert write(administrator, "/news_items/edit/1", title="Deck 2", published_until_at="").status_code == 302
    db.expire_all()
    (item,) = db.scalars(select(News))
    assert (item.title, item.published_until_at, item.roles) == ("Deck 2", None, [])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": " "}, ["This is needed."]),
        ({"title": "x" * 201}, ["At most 200 characters."]),
        ({"body": " "}, ["This is needed."]),
        ({"body": "x" * 20_001}, ["At most 20000 characters."]),
        ({"body": "a\0b"}, ["This contains characters that cannot be written."]),
        ({"published_from_at": ""}, ["This is needed."]),
        ({"published_until_at": "2026-01-05T08:30"}, ["The end must be later than the beginning."]),
        ({"roles": ["Emperor"]}, ["'Emperor' is not a valid choice for this field."]),
    ],
)
def test_what_cannot_be_saved(administrator: Visitor, db: Session, fields: dict, expected: list[str]) -> None:
    answer = write(administrator, **fields)
    assert (answer.status_code, errors(answer)) == (422, expected)
    assert db.scalars(select(News)).all() == []


def test_the_table_tells_state_readers_and_for_whom(administrator: Visitor, portal: Flask, db: Session) -> None:
    add(db, "Now", RoleName.EV_USER, RoleName.SUPPORT)
    add(db, "Later", hours_ago=-1)
    for email in ("a@example.com", "b@example.com"):
        mark_read(driver(portal, db, email), 1)
    rows = administrator.get("/news_items/export/csv?columns=title,state,roles,read_by").text.splitlines()[1:]
    assert rows == ["Later,planned,,0", 'Now,published,"EV user, Support",2']
    page = administrator.get("/news_items/?state=published").text
    assert "EV user, Support" in page and "Later" not in page
    assert "everybody" in administrator.get("/news_items/?state=planned").text
    assert "2 people" in administrator.get("/news_items/show/1").text


def test_deleted_news_is_gone_for_its_readers(administrator: Visitor, portal: Flask, db: Session) -> None:
    add(db, "Now")
    mads = driver(portal, db)
    mark_read(mads, 1)
    assert administrator.send("/news_items/delete/1").status_code == 302
    assert (titles(mads), mark_read(mads, 1)[0]) == ([], 404)


def test_the_preview_is_what_readers_see(administrator: Visitor) -> None:
    answer = administrator.send("/news_items/preview", page="/news_items/add", body="# A\n\n<b>b</b>")
    assert (answer.status_code, answer.text) == (200, "<h3>A</h3>\n<p>&lt;b&gt;b&lt;/b&gt;</p>\n")
    assert administrator.send("/news_items/preview", page="/news_items/add").text == ""


def test_the_day_is_the_readers(portal: Flask, db: Session) -> None:
    db.add(News(title="T", body="-", published_from_at=datetime(2026, 1, 1, 2, tzinfo=UTC), roles=[]))
    db.commit()
    tokyo = driver(portal, db, "a@example.com", time_zone="Asia/Tokyo")
    denver = driver(portal, db, "b@example.com", time_zone="America/Denver")
    assert ">2026-01-01</time>" in tokyo.get("/news/").text
    assert ">2025-12-31</time>" in denver.get("/news/").text
