"""Plans of the demo's floors, drawn by ourselves: bays, lanes with arrows, lift and ramp; and who stands where."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy.orm import Session

from domain import floor_plans
from domain.floor_plans import Picture
from domain.models import Floor, Station

WIDTH_PX, HEIGHT_PX = 1624, 1088
SCALE = 2
"""Drawn twice as large and then made smaller, so that slanting lines are smooth."""
BAY_PX = 136
LEFT_PX = 64
BAYS = 9

PAPER, WALL, LINE, MARKED, WORDS = "#ffffff", "#84919d", "#c6cdd4", "#e4f3f2", "#596672"

ROWS = ((20, 212, "top"), (384, 544, "both"), (544, 704, "both"), (876, 1068, "bottom"))
"""The rows of bays: from and to, and where cars enter."""
SPOTS = ((1, 54), (3, 54), (5, 54), (2, 544), (4, 544), (1, 1034), (3, 1034), (7, 54), (6, 544), (5, 1034))
"""Between which bays and how far down stations stand."""
WAITING = {"Level -2": 2}
"""Floors on which so many stations wait to be placed, so that there is something to try."""


@dataclass(frozen=True)
class Drawing:
    pen: ImageDraw.ImageDraw

    def box(self, left: int, top: int, right: int, bottom: int, **how: object) -> None:
        self.pen.rectangle([SCALE * part for part in (left, top, right, bottom)], **how)  # type: ignore[arg-type]

    def line(self, points: Sequence[tuple[int, int]], colour: str, width: int) -> None:
        self.pen.line([(SCALE * x, SCALE * y) for x, y in points], fill=colour, width=SCALE * width, joint="curve")

    def word(self, x: int, y: int, text: str) -> None:
        font = ImageFont.load_default(SCALE * 20)
        self.pen.text((SCALE * x, SCALE * y), text, fill=WORDS, font=font, anchor="mm")


def add(db: Session, floor: Floor, stations: Sequence[Station]) -> None:
    """Draw a floor's plan and place its stations, but for those that are to wait."""
    floor_plans.keep(db, floor, draw(floor.name, len(stations)))
    placed = stations[: len(stations) - WAITING.get(floor.name, 0)]
    for station, (bay, down) in zip(placed, SPOTS, strict=False):
        station.plan_x, station.plan_y = (LEFT_PX + bay * BAY_PX) / WIDTH_PX, down / HEIGHT_PX


def draw(name: str, stations: int) -> Picture:
    image = Image.new("RGB", (WIDTH_PX * SCALE, HEIGHT_PX * SCALE), PAPER)
    drawing = Drawing(ImageDraw.Draw(image))
    for bay, down in SPOTS[:stations]:
        _marked_bays(drawing, bay, down)
    for top, bottom, _ in ROWS:
        for bay in range(BAYS + 1):
            x = LEFT_PX + bay * BAY_PX
            drawing.line(((x, top), (x, bottom)), LINE, 3)
    drawing.line(((LEFT_PX, 544), (LEFT_PX + BAYS * BAY_PX, 544)), LINE, 3)
    _arrows(drawing)
    _walls(drawing, name)
    file = io.BytesIO()
    small = image.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS)
    small.quantize(64).convert("RGB").save(file, "PNG", optimize=True)
    return floor_plans.read(file.getvalue())


def _marked_bays(drawing: Drawing, bay: int, down: int) -> None:
    """The bays at either side of a station."""
    x = LEFT_PX + bay * BAY_PX
    for top, bottom, _ in ROWS:
        if top <= down <= bottom:
            drawing.box(x - BAY_PX, top, x + BAY_PX, bottom, fill=MARKED)


def _arrows(drawing: Drawing) -> None:
    for x in (300, 860):
        drawing.line(((x, 298), (x + 120, 298)), WALL, 4)
        drawing.line(((x + 104, 286), (x + 120, 298), (x + 104, 310)), WALL, 4)
        drawing.line(((x, 790), (x + 120, 790)), WALL, 4)
        drawing.line(((x + 16, 778), (x, 790), (x + 16, 802)), WALL, 4)
    drawing.line(((1502, 720), (1502, 600)), WALL, 4)
    drawing.line(((1490, 616), (1502, 600), (1514, 616)), WALL, 4)


def _walls(drawing: Drawing, name: str) -> None:
    drawing.box(14, 14, WIDTH_PX - 14, HEIGHT_PX - 14, outline=WALL, width=SCALE * 6)
    drawing.line(((1328, 20), (1328, 208), (WIDTH_PX - 18, 208)), WALL, 4)
    drawing.line(((1400, 384), (1400, HEIGHT_PX - 18)), WALL, 4)
    drawing.word(1464, 88, "Lift")
    drawing.word(1464, 120, "Stairs")
    drawing.word(1502, 776, "Ramp up")
    drawing.word(1502, 1030, name)
