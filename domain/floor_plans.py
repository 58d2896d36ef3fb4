"""Plans of floors: a picture is known by its content, and what is kept is written by ourselves.

Nothing that was sent is ever handed out: the picture is decoded and encoded anew, so that whatever else a file carries
(a script after its end, a comment, where a photograph was taken) is gone. How large it is in pixels is read from its
head, before any of it is decoded.
"""

import hashlib
import io
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy.orm import Session

from domain import positions
from domain.errors import DomainError
from domain.models import Floor, FloorPlan

LARGEST_BYTES = 2_000_000
MOST_PIXELS = 36_000_000
"""A sheet of A0 at 150 dots an inch. Decoded it takes four bytes a pixel at most."""
SHORTEST_SIDE_PX = 50
KEPT_SIDE_PX = 3600
"""A longer side is made this long: enough to zoom in on a bay, and no more than a phone can draw."""
JPEG_QUALITY = 88

OTHER_KINDS = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"PK\3\4", "ZIP"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)
"""How files of some kinds begin, so that what somebody sent can be called by its name."""


class PlanFault(StrEnum):
    """What is wrong with a file that is to be a plan."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    OTHER_KIND = "other_kind"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    BROKEN = "broken"


class PlanError(DomainError):
    """This file is no plan; `found` says what it is, where that can be told."""

    def __init__(self, fault: PlanFault, found: str = "") -> None:
        super().__init__(f"{fault} {found}".strip())
        self.fault = fault
        self.found = found


@dataclass(frozen=True, slots=True)
class Picture:
    """A plan as it is kept."""

    content: bytes
    media_type: str
    width_px: int
    height_px: int


def read(content: bytes) -> Picture:
    """Make a plan of a file that somebody sent. Takes up to some seconds of computing, and touches no database.

    Raises:
        PlanError: it is not what it should be.
    """
    if not content:
        raise PlanError(PlanFault.EMPTY)
    if len(content) > LARGEST_BYTES:
        raise PlanError(PlanFault.TOO_LARGE)
    with _opened(content) as image:
        _check_size(image.size)
        is_png = image.format == "PNG"
        try:
            return _written(_decoded(image), is_png)
        except (OSError, SyntaxError, ValueError, EOFError) as error:  # As Pillow says that data are damaged.
            raise PlanError(PlanFault.BROKEN) from error


def _opened(content: bytes) -> Image.Image:
    """Its head alone is read here."""
    try:
        return Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PlanError(PlanFault.TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        found = kind_of(content)
        raise PlanError(PlanFault.BROKEN if found in ("JPEG", "PNG") else PlanFault.OTHER_KIND, found) from error


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise PlanError(PlanFault.TOO_MANY_PIXELS, f"{width} x {height}")
    if min(width, height) < SHORTEST_SIDE_PX:
        raise PlanError(PlanFault.TOO_SMALL, f"{width} x {height}")


def _decoded(image: Image.Image) -> Image.Image:
    """The pixels the right way up, in plain colours, and not more of them than are kept."""
    image.draft("RGB", (KEPT_SIDE_PX, KEPT_SIDE_PX))
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):  # 16 bits a dot.
        upright = upright.convert("I").point(lambda value: value / 256).convert("L")
    is_transparent = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    plain = upright.convert("RGBA" if is_transparent else "L" if upright.mode in ("1", "L") else "RGB")
    plain.thumbnail((KEPT_SIDE_PX, KEPT_SIDE_PX), Image.Resampling.LANCZOS)
    return plain


def _written(image: Image.Image, is_png: bool) -> Picture:
    """As PNG what came as PNG, unless it is more of a photograph than of a drawing."""
    image.info = {}  # Else comments and colour profiles would be written too.
    if is_png:
        content = _encoded(image, "PNG")
        if len(content) <= LARGEST_BYTES:
            return Picture(content, "image/png", image.width, image.height)
    content = _encoded(_on_white(image), "JPEG", quality=JPEG_QUALITY, progressive=True)
    return Picture(content, "image/jpeg", image.width, image.height)


def _encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.convert("RGB")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def kind_of(content: bytes) -> str:
    """What a file is by its first bytes, as people call it; empty if that is not known."""
    for beginning, kind in OTHER_KINDS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WebP"
    if content[4:8] == b"ftyp":
        return "HEIC" if content[8:11] in (b"hei", b"hev", b"mif") else "AVIF" if content[8:12] == b"avif" else ""
    return "SVG" if b"<svg" in content[:2000].lower() else ""


def keep(db: Session, floor: Floor, picture: Picture) -> None:
    """Be the plan of a floor, in place of an earlier one. Who stands on it stays where it was."""
    plan = db.get(FloorPlan, floor.id, with_for_update=True)
    if plan is None:
        plan = FloorPlan(floor_id=floor.id)
        db.add(plan)
    plan.media_type, plan.content = picture.media_type, picture.content
    floor.plan_sha256 = hashlib.sha256(picture.content).hexdigest()
    floor.plan_width_px, floor.plan_height_px = picture.width_px, picture.height_px
    positions.tell(db, floor.id, floor.site_id)


def remove(db: Session, floor: Floor) -> None:
    """Take a floor's plan away. Who stands on it stays where it was, for the next one."""
    plan = db.get(FloorPlan, floor.id)
    if plan is not None:
        db.delete(plan)
    floor.plan_sha256 = floor.plan_width_px = floor.plan_height_px = None
    positions.tell(db, floor.id, floor.site_id)
