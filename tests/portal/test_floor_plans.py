"""The plan on a floor's page: uploaded, shown to who may see the floor, removed; and what is refused, in words."""

import io
import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.floor_plans import LARGEST_BYTES
from domain.models import Floor, FloorPlan, Site
from tests.pictures import SCRIPT, SVG, huge_png, padded, picture
from tests.portal.browser_like import Visitor, notes

PAGE, UPLOAD, DELETE = "/floors/show/1", "/floor_plans/upload/1", "/floor_plans/delete/1"


@pytest.fixture(autouse=True)
def floor(db: Session) -> None:
    site = Site(name="Harbour")
    db.add_all([site, Floor(site=site, name="Deck <b>1</b>")])
    db.commit()


def send(
    visitor: Visitor, content: bytes, name: str = "plan.jpg", media_type: str = "image/jpeg"
) -> list[tuple[str, str]]:
    """Upload a file, and read what the page says then."""
    fields = {"csrf_token": visitor.token(PAGE), "plan": (io.BytesIO(content), name, media_type)}
    answer = visitor.http.post(UPLOAD, data=fields, content_type="multipart/form-data", follow_redirects=True)
    assert answer.status_code == 200
    return notes(answer)


def address(visitor: Visitor) -> str | None:
    found = re.search(r'<img src="(/floor_plans/picture/1\?v=\w+)"', visitor.get(PAGE).text)
    return found[1] if found else None


def test_a_plan_is_uploaded_and_served_as_what_it_is(administrator: Visitor) -> None:
    assert address(administrator) is None
    assert "There is no plan yet." in administrator.get(PAGE).text
    # Neither the name nor what the sender calls it decides.
    assert send(administrator, picture("PNG") + SCRIPT, "evil.html", "text/html") == [
        ("good", "The plan of Deck <b>1</b> was saved.")
    ]
    answer = administrator.get(address(administrator) or "")
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert SCRIPT not in answer.data
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_another_plan_has_another_address_and_the_old_one_is_not_kept(administrator: Visitor, db: Session) -> None:
    send(administrator, picture("PNG"))
    first = address(administrator) or ""
    send(administrator, picture("JPEG", size=(640, 480)))
    second = address(administrator) or ""
    assert first != second
    assert db.scalar(select(func.count()).select_from(FloorPlan)) == 1
    by_old_address = administrator.get(first)
    assert by_old_address.content_type == "image/jpeg"
    assert by_old_address.headers["Cache-Control"] == "no-store"


def test_a_plan_is_removed(administrator: Visitor, db: Session) -> None:
    send(administrator, picture())
    was_at = address(administrator) or ""
    answer = administrator.send(DELETE, PAGE)
    assert notes(administrator.get(answer.location)) == [("good", "The plan of Deck <b>1</b> was removed.")]
    assert address(administrator) is None
    assert administrator.get(was_at).status_code == 404
    assert db.scalar(select(func.count()).select_from(FloorPlan)) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty. Choose a JPEG or PNG picture of the plan."),
        (
            padded(picture("JPEG"), LARGEST_BYTES + 1),
            "The file is larger than 2 MB. Save the picture smaller, or as JPEG.",
        ),
        (SVG, "By its content this file is SVG, whatever its name says. A plan is a JPEG or PNG picture."),
        (picture("GIF"), "By its content this file is GIF, whatever its name says. A plan is a JPEG or PNG picture."),
        (picture("WEBP"), "By its content this file is WebP, whatever its name says. A plan is a JPEG or PNG picture."),
        (b"hello", "This file is no picture. A plan is a JPEG or PNG picture."),
        (
            huge_png(30_000, 30_000),
            "The picture has too many pixels (more than can be read)."
            " At most 36 million are taken, such as 6000 x 6000.",
        ),
        (picture("JPEG", size=(40, 40)), "The picture is too small (40 x 40). Each side has at least 50 pixels."),
        (picture("JPEG")[:800], "The picture is damaged or incomplete. Save it once more as JPEG or PNG."),
    ],
    ids=["empty", "2 MB and a byte", "SVG", "GIF", "WebP", "text", "a bomb", "tiny", "half"],
)
def test_what_is_no_plan_is_refused_in_words_and_leaves_the_old_one(
    administrator: Visitor, content: bytes, said: str
) -> None:
    send(administrator, picture())
    before = address(administrator)
    assert send(administrator, content) == [("bad", said)]
    assert address(administrator) == before


def test_nothing_chosen(administrator: Visitor) -> None:
    assert send(administrator, b"", name="") == [("bad", "Choose a file first.")]


def test_what_is_far_too_large_is_not_even_read(administrator: Visitor) -> None:
    fields = {"csrf_token": administrator.token(PAGE), "plan": (io.BytesIO(b"\0" * 11_000_000), "plan.jpg")}
    assert administrator.http.post(UPLOAD, data=fields).status_code == 413
