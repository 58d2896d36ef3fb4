"""What a station may name."""

import pytest

from domain.file_paths import BadPathError, Folder, Place, parse

UPLOADS, FIRMWARE = Folder.UPLOADS, Folder.FIRMWARE


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("", Place(Folder.ROOT)),
        ("/", Place(Folder.ROOT)),
        ("//./", Place(Folder.ROOT)),
        ("/uploads", Place(UPLOADS)),
        ("uploads/17/", Place(UPLOADS, 17)),
        ("/uploads//17//a.log", Place(UPLOADS, 17, "a.log")),
        ("/uploads/a.log", Place(UPLOADS, None, "a.log")),
        ("/uploads/0", Place(UPLOADS, None, "0")),
        ("/uploads/99999999999999999999", Place(UPLOADS, None, "99999999999999999999")),
        ("/a.log", Place(UPLOADS, None, "a.log")),
        ("/firmware", Place(FIRMWARE)),
        ("/firmware/3", Place(FIRMWARE, 3)),
        ("/firmware/3/a.bin", Place(FIRMWARE, 3, "a.bin")),
        ("...", Place(UPLOADS, None, "...")),
    ],
)
def test_places(path: str, place: Place) -> None:
    assert parse(path) == place


@pytest.mark.parametrize(
    "path",
    [
        *("..", "/..", "/uploads/..", "uploads/../firmware", "/etc/passwd", "/uploads/1/2/3", "/uploads/a/b"),
        *("/uploads/\0", "/uploads/a\nb", "/uploads/\u202egol.exe", "/uploads/ ", "/uploads/" + "x" * 256),
    ],
)
def test_no_places(path: str) -> None:
    with pytest.raises(BadPathError):
        parse(path)


def test_what_is_uploaded() -> None:
    assert parse("/uploads/1/a").is_upload
    assert not parse("/uploads/1").is_upload
    assert not parse("/firmware/1/a").is_upload
