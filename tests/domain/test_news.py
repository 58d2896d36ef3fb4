"""News: who sees what of it, when, and what is unread."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import news
from domain.clock import now
from domain.models import News, PortalUser, news_read
from domain.roles import RoleName
from domain.scope import Viewer

HOUR = timedelta(hours=1)


def add(db: Session, title: str, *roles: RoleName, begins: float = -1, ends: float | None = None) -> News:
    """News that is published from and until so many hours from now."""
    item = News(
        title=title,
        body="-",
        published_from_at=now() + begins * HOUR,
        published_until_at=None if ends is None else now() + ends * HOUR,
        roles=list(roles),
    )
    db.add(item)
    db.flush()
    return item


def person(db: Session, role: RoleName = RoleName.EV_USER) -> Viewer:
    number = db.scalar(select(func.count(PortalUser.id)))
    name = f"reader{number}@example.com"
    user = PortalUser(first_name="R", last_name="R", username=name, email=name, active=True, password="-")
    db.add(user)
    db.flush()
    return Viewer(user.id, role)


def titles(db: Session, viewer: Viewer, limit: int = 10, offset: int = 0) -> list[tuple[str, bool]]:
    return [(item.news.title, item.is_unread) for item in news.page(db, viewer, limit=limit, offset=offset)]


def test_only_what_is_published_now_the_newest_first(db: Session) -> None:
    add(db, "old", begins=-48)
    add(db, "planned", begins=1)
    add(db, "over", begins=-9, ends=-1)
    add(db, "lasting", begins=-9, ends=1)
    add(db, "new")
    assert titles(db, person(db)) == [("new", True), ("lasting", True), ("old", True)]
    assert news.unread_count(db, person(db)) == 3


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (RoleName.ADMINISTRATOR, {"all", "administrators", "two"}),
        (RoleName.SITE_ADMINISTRATOR, {"all"}),
        (RoleName.SUPPORT, {"all", "two"}),
        (RoleName.EV_USER, {"all"}),
    ],
)
def test_only_what_is_for_the_role(db: Session, role: RoleName, expected: set[str]) -> None:
    add(db, "all")
    add(db, "administrators", RoleName.ADMINISTRATOR)
    add(db, "two", RoleName.SUPPORT, RoleName.ADMINISTRATOR)
    viewer = person(db, role)
    assert {title for title, _unread in titles(db, viewer)} == expected
    assert news.unread_count(db, viewer) == len(expected)


def test_somebody_without_a_role_reads_what_is_for_everybody(db: Session) -> None:
    add(db, "all")
    add(db, "drivers", RoleName.EV_USER)
    viewer = Viewer(person(db).user_id, None)
    assert titles(db, viewer) == [("all", True)]


def test_what_one_has_read_the_other_has_not(db: Session) -> None:
    one, other = person(db), person(db)
    item = add(db, "new")
    assert news.mark_read(db, one, item.id) is True
    assert news.mark_read(db, one, item.id) is True
    assert (titles(db, one), news.unread_count(db, one)) == ([("new", False)], 0)
    assert (titles(db, other), news.unread_count(db, other)) == ([("new", True)], 1)


def test_nobody_reads_what_is_not_theirs_now(db: Session) -> None:
    viewer = person(db)
    foreign = add(db, "foreign", RoleName.SUPPORT)
    planned = add(db, "planned", begins=1)
    over = add(db, "over", begins=-9, ends=-1)
    for news_id in (foreign.id, planned.id, over.id, 999):
        assert news.mark_read(db, viewer, news_id) is False
    assert db.execute(select(news_read)).all() == []


def test_pages(db: Session) -> None:
    for number in range(5):
        add(db, str(number), begins=-number - 1)
    viewer = person(db)
    assert titles(db, viewer, limit=2) == [("0", True), ("1", True)]
    assert titles(db, viewer, limit=2, offset=4) == [("4", True)]


def test_the_count_stops_where_nobody_reads_it(db: Session) -> None:
    for number in range(news.MOST_COUNTED + 3):
        add(db, str(number))
    assert news.unread_count(db, person(db)) == news.MOST_COUNTED


def test_deleted_news_and_deleted_people_leave_nothing(db: Session) -> None:
    one, other = person(db), person(db)
    first, second = add(db, "first"), add(db, "second")
    for viewer in (one, other):
        for item in (first, second):
            news.mark_read(db, viewer, item.id)
    db.delete(first)
    db.delete(db.get_one(PortalUser, one.user_id))
    db.flush()
    assert db.execute(select(news_read)).all() == [(other.user_id, second.id)]


def test_each_state(db: Session) -> None:
    add(db, "planned", begins=1)
    add(db, "published", begins=-1, ends=1)
    add(db, "over", begins=-2, ends=-1)
    rows = db.execute(select(News.title, news.state_at(func.now()))).all()
    assert [title for title, _state in rows] == [state for _title, state in rows]
