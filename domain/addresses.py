"""Where sites and stations are.

A site has an address. A station directly on a site may have one of its own; what it leaves open is the site's. On a
floor it has none: where it stands is told by the floor's plan (manual, "Adresse").
"""

from dataclasses import dataclass

from domain.models import Site, Station

FIELDS = ("street", "postal_code", "city", "country", "latitude", "longitude")


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees to the north and to the east (WGS 84)."""

    latitude: float
    longitude: float


def is_whole(latitude: float | None, longitude: float | None) -> bool:
    """Whether they are a position, or none; half of one is neither."""
    return (latitude is None) == (longitude is None)


def has_own(station: Station) -> bool:
    """Whether an address of its own is told and holds."""
    return may_have_own(station) and any(getattr(station, name) not in ("", None) for name in FIELDS)


def may_have_own(station: Station) -> bool:
    """Whether it stands directly on a site; on a floor, the plan tells where it is."""
    return station.floor_id is None


def in_one_line(place: Site | Station) -> str:
    """As it is written; a station's that has none in words is its site's."""
    if isinstance(place, Station) and not (may_have_own(place) and _words(place)):
        return _words(place.site)
    return _words(place)


def _words(place: Site | Station) -> str:
    town = f"{place.postal_code} {place.city}".strip()
    return ", ".join(part for part in (place.street, town, place.country) if part)


def position_of(place: Site | Station) -> Position | None:
    """Its own, or that of the site on which a station stands; None where nobody has told one."""
    if isinstance(place, Station):
        own = _own(place) if may_have_own(place) else None
        return own or _own(place.site)
    return _own(place)


def _own(place: Site | Station) -> Position | None:
    if place.latitude is None or place.longitude is None:
        return None
    return Position(place.latitude, place.longitude)
