"""What may be the plan of a floor, and what becomes of it: hostile files among them."""

import io
import warnings

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import floor_plans, nodes
from domain.floor_plans import KEPT_SIDE_PX, LARGEST_BYTES, PlanError, PlanFault, read
from domain.models import Floor, FloorPlan, Site
from tests.pictures import SCRIPT, SVG, huge_png, padded, picture, with_comment

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize(
    ("kind", "mode", "media_type"),
    [
        ("PNG", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "LA", "image/png"),
        ("PNG", "1", "image/png"),
        ("PNG", "I;16", "image/png"),
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
    ],
)
def test_a_picture_is_taken_whatever_its_colours(kind: str, mode: str, media_type: str) -> None:
    plan = read(picture(kind, mode=mode))
    assert (plan.media_type, plan.width_px, plan.height_px) == (media_type, 300, 200)
    assert opened(plan.content).size == (300, 200)


def test_16_bits_a_dot_stay_grey() -> None:
    file = io.BytesIO()
    Image.new("I;16", (60, 60), 32768).save(file, "PNG")
    assert opened(read(file.getvalue()).content).convert("L").getpixel((30, 30)) == 128


@pytest.mark.parametrize(
    ("content", "fault", "found"),
    [
        (b"", PlanFault.EMPTY, ""),
        (padded(picture(), LARGEST_BYTES + 1), PlanFault.TOO_LARGE, ""),
        (SVG, PlanFault.OTHER_KIND, "SVG"),
        (picture("GIF"), PlanFault.OTHER_KIND, "GIF"),
        (picture("WEBP"), PlanFault.OTHER_KIND, "WebP"),
        (picture("BMP"), PlanFault.OTHER_KIND, "BMP"),
        (picture("TIFF"), PlanFault.OTHER_KIND, "TIFF"),
        (b"%PDF-1.7\n", PlanFault.OTHER_KIND, "PDF"),
        (b"PK\x03\x04" + picture("JPEG"), PlanFault.OTHER_KIND, "ZIP"),
        (b"<html>" + SCRIPT, PlanFault.OTHER_KIND, ""),
        (b"MZ\x90\0" * 100, PlanFault.OTHER_KIND, ""),
        (huge_png(30_000, 30_000), PlanFault.TOO_MANY_PIXELS, None),
        (huge_png(6_001, 6_000), PlanFault.TOO_MANY_PIXELS, "6001 x 6000"),
        (picture(size=(49, 300)), PlanFault.TOO_SMALL, "49 x 300"),
        (huge_png(500, 500), PlanFault.BROKEN, ""),
        (picture("JPEG")[:800], PlanFault.BROKEN, ""),
        (picture("PNG", size=(900, 900))[:-60], PlanFault.BROKEN, ""),
        (b"\xff\xd8\xff\xe0" + b"\0" * 500, PlanFault.BROKEN, "JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, PlanFault.BROKEN, "PNG"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else None,
)
def test_what_is_no_plan_is_refused_by_its_content(content: bytes, fault: PlanFault, found: str | None) -> None:
    with pytest.raises(PlanError) as refused:
        read(content)
    assert refused.value.fault is fault
    assert found is None or refused.value.found == found


def test_a_bomb_is_refused_even_where_warnings_are_none() -> None:
    """Between one and two times Pillow's own limit it only warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(PlanError) as refused:
            read(huge_png(10_000, 10_000))
    assert refused.value.found == "10000 x 10000"


def test_a_file_of_the_largest_size_is_taken() -> None:
    assert read(padded(picture("JPEG"), LARGEST_BYTES)).media_type == "image/jpeg"


@pytest.mark.parametrize(
    "content",
    [
        picture("JPEG") + b"<html>" + SCRIPT,
        picture("JPEG") + b"PK\x03\x04" + SCRIPT,
        with_comment(picture("JPEG"), SCRIPT),
        picture("PNG") + SCRIPT,
        picture("JPEG", icc_profile=SCRIPT),
    ],
    ids=["html behind it", "zip behind it", "a comment", "behind a PNG", "a profile"],
)
def test_a_picture_that_is_something_else_too_is_a_picture_afterwards(content: bytes) -> None:
    assert SCRIPT in content
    plan = read(content)
    assert SCRIPT not in plan.content
    assert opened(plan.content).size == (300, 200)


def test_texts_and_profile_of_a_png_are_gone() -> None:
    texts = PngInfo()
    texts.add_text("Author", "somebody")
    texts.add_itxt("XML:com.adobe.xmp", "<somebody/>")
    plan = read(picture("PNG", pnginfo=texts, icc_profile=b"a profile"))
    assert opened(plan.content).info == {}


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "Somebody's phone"  # To be turned by a quarter.
    exif.get_ifd(GPS)[2] = (55.0, 40.0, 21.0)
    plan = read(picture("JPEG", exif=exif))
    assert (plan.width_px, plan.height_px) == (200, 300)
    image = opened(plan.content)
    assert image.convert("L").getpixel((190, 10)) < 40, "the dark corner is now at the right"
    assert not image.getexif()
    assert b"Somebody" not in plan.content


def test_a_picture_that_is_larger_than_is_useful_is_made_smaller() -> None:
    plan = read(picture("PNG", size=(5000, 2500)))
    assert (plan.width_px, plan.height_px) == (KEPT_SIDE_PX, KEPT_SIDE_PX // 2)


def test_a_drawing_may_be_transparent() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(read(file.getvalue()).content).getpixel((5, 5))[3] == 0


@pytest.fixture
def floor(db: Session) -> Floor:
    site = Site(name="Harbour")
    floor = Floor(site=site, name="Deck 1")
    db.add_all([site, floor])
    db.flush()
    return floor


def test_a_new_plan_takes_the_place_of_the_old_one(db: Session, floor: Floor) -> None:
    for size in ((100, 60), (200, 120)):
        floor_plans.keep(db, floor, read(picture(size=size)))
        db.flush()
        assert (floor.plan_width_px, floor.plan_height_px) == size
    assert db.scalar(select(func.count()).select_from(FloorPlan)) == 1
    first = floor.plan_sha256
    floor_plans.keep(db, floor, read(picture("JPEG")))
    assert floor.plan_sha256 != first
    assert db.get_one(FloorPlan, floor.id).media_type == "image/jpeg"


def test_a_plan_goes_when_it_is_removed_and_with_its_floor(db: Session, floor: Floor) -> None:
    floor_plans.keep(db, floor, read(picture()))
    db.flush()
    floor_plans.remove(db, floor)
    db.flush()
    assert (floor.plan_sha256, db.get(FloorPlan, floor.id)) == (None, None)
    floor_plans.remove(db, floor)  # Nothing is there, which is right too.
    floor_plans.keep(db, floor, read(picture()))
    db.flush()
    nodes.delete(db, floor)
    db.flush()
    assert db.scalar(select(func.count()).select_from(FloorPlan)) == 0
