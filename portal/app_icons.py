"""Makes the icons with which the app stands on a phone: `python -m portal.app_icons`, part of `make assets`.

The same drawing as static/icon.svg, since phones want PNG.
"""

from pathlib import Path

from PIL import Image, ImageDraw

BUILD = Path(__file__).parent / "static" / "build"
GREEN, WHITE = "#0b6e69", "#ffffff"
SIDE = 24
"""Of the drawing, in its own units."""
CORNER = 7
BOLT = ((13.5, 4), (6.5, 13.4), (11.1, 13.4), (10, 20), (17.5, 9.8), (12.8, 9.8))
SMOOTH = 4
"""Drawn so many times larger and then made smaller, which makes edges smooth."""
SAFE = 0.95
"""Of a maskable icon: a phone may cut off all but a circle of 80 % (W3C, Web App Manifest, "maskable")."""


def drawn(size_px: int, *, is_maskable: bool = False) -> Image.Image:
    """The icon as a square; a maskable one fills it."""
    whole = size_px * SMOOTH
    image = Image.new("RGBA", (whole, whole), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    corner = 0 if is_maskable else whole * CORNER / SIDE
    pen.rounded_rectangle((0, 0, whole - 1, whole - 1), corner, fill=GREEN)
    scale = whole / SIDE * (SAFE if is_maskable else 1)
    margin = (whole - scale * SIDE) / 2
    pen.polygon([(margin + x * scale, margin + y * scale) for x, y in BOLT], fill=WHITE)
    return image.resize((size_px, size_px), Image.Resampling.LANCZOS)


def make() -> None:
    BUILD.mkdir(exist_ok=True)
    for size_px in (192, 512):
        drawn(size_px).save(BUILD / f"icon-{size_px}.png", optimize=True)
    drawn(512, is_maskable=True).save(BUILD / "icon-maskable-512.png", optimize=True)
    drawn(180, is_maskable=True).save(BUILD / "icon-apple-180.png", optimize=True)


if __name__ == "__main__":
    make()
