"""The demo company FastCars: three sites, their floors, 40 stations, users of each role and a year of past sessions.

Everything is drawn from one seed and laid out relative to today, so that two machines that start on the same day show
the same. All demo users sign in with `DEMO_PASSWORD`, which the launcher prints; a real installation never has them.
"""

from datetime import timedelta

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.clock import now
from domain.models import (
    Floor,
    IdToken,
    News,
    Outlet,
    OutletMode,
    PortalUser,
    Site,
    Station,
    StationKind,
    System,
)
from domain.passwords import hash_password
from domain.protocols import Protocol
from domain.roles import RoleName
from seeds import demo_alarms, demo_history, demo_load, demo_plans, demo_services, demo_tags

DEMO_PASSWORD = "charge2026"  # noqa: S105 - everybody may know it
COMPANY = "FastCars"
CHARGE_BOX_PREFIX = "FC-"

SITES = (
    ("Copenhagen Central", "CC", "Bernstorffsgade 16", "1577", "København V", "Danmark", 55.6727, 12.5647),
    ("Aarhus Harbour", "AH", "Hack Kampmanns Plads 2", "8000", "Aarhus C", "Danmark", 56.1537, 10.2142),
    ("Malmö West", "MW", "Västra Varvsgatan 19", "211 77", "Malmö", "Sverige", 55.6108, 12.9767),
)
"""Name, prefix of its stations, address, latitude, longitude."""

FLOORS = {
    "CC": (("Level -1", 6), ("Level -2", 6), ("Level -3", 4)),
    "AH": (("Ground floor", 6), ("Deck 1", 6)),
    "MW": (("Level 0", 5), ("Roof", 4), (None, 2)),
}
"""Each floor and how many charging stations it has; None is the site itself. With the supply controller they are 40."""

SPEAKING_SOAP = {
    Protocol.OCPP15: ("FC-CC-103", "FC-CC-204", "FC-AH-202", "FC-MW-102"),
    Protocol.OCPP12: ("FC-CC-302",),
    Protocol.OCPP16_SOAP: ("FC-AH-105",),
}
"""The oldest stations of the company; all others speak OCPP 1.6 over WebSocket."""

SUPPLY_CONTROLLER_SITE = "CC"
MODELS = (("CTEK", "Chargestorm Connected 2"), ("Alfen", "Eve Double Pro-line"), ("Easee", "Charge Max"))
CONNECTOR_TYPE = "Type 2"

USERS = (
    ("Ida", "Holm", RoleName.ADMINISTRATOR),
    ("Lise", "Falk", RoleName.SITE_ADMINISTRATOR),
    ("Per", "Nygren", RoleName.SITE_ADMINISTRATOR),
    ("Bo", "Winther", RoleName.SUPPORT),
    ("Mads", "Krogh", RoleName.EV_USER),
    ("Signe", "Lund", RoleName.EV_USER),
    ("Freja", "Holst", RoleName.EV_USER),
    ("Jonas", "Bech", RoleName.EV_USER),
    ("Elin", "Åberg", RoleName.EV_USER),
    ("Omar", "Haddad", RoleName.EV_USER),
    ("Karim", "Saleh", RoleName.EV_USER),
    ("Nora", "Dahl", RoleName.EV_USER),
    ("Ali", "Demir", RoleName.EV_USER),
    ("Emil", "Skov", RoleName.EV_USER),
    ("Sara", "Vinge", RoleName.EV_USER),
    ("Astrid", "Møller", RoleName.EV_USER),
)
NEWS = (
    (
        2,
        "Deck 1 in Aarhus is open",
        "Six more stations stand on **Deck 1** of Aarhus Harbour.\n\n"
        "- Height: 2.1 m\n- Guests charge without a tag on the ground floor\n\n"
        "Tell us how it goes: [support@example.com](mailto:support@example.com).",
        (),
    ),
    (
        9,
        "Malmö West: arbete i elcentralen",
        "På lördag mellan 06.00 och 08.00 är laddarna i *Malmö West* utan ström.",
        (RoleName.SITE_ADMINISTRATOR, RoleName.SUPPORT, RoleName.EV_USER),
    ),
    (
        1,
        "Choose the panes of your dashboard",
        "Four panes of the dashboard are yours to choose, in the user settings.\n\n"
        "## For administrators\n\nNews like this one is written under *News*; choose there who reads it.",
        (RoleName.ADMINISTRATOR,),
    ),
)
"""How many days ago, title, text, and the roles that read it; without a role everybody does."""

SITES_OF = {"Falk": ("Copenhagen Central", "Aarhus Harbour"), "Nygren": ("Malmö West",)}
WITH_ALARM_EMAIL = ("Holm", "Falk", "Nygren")
ASCII = str.maketrans({"å": "a", "ø": "o", "æ": "ae", "ö": "o", "ä": "a"})


def seed(db: Session) -> bool:
    """Make the demo company and say so; does nothing where there is a site already, be it its own or a real one."""
    if db.scalar(select(Site.id).limit(1)) is not None:
        return False
    db.execute(update(System).values(name=COMPANY, description="Demo company; nothing here is real."))
    _add_users(db)
    _add_news(db)
    for site in SITES:
        _add_site(db, *site)
    db.flush()
    _assign_sites(db)
    demo_history.write(db)
    demo_load.add(db)
    demo_alarms.add(db)
    demo_tags.add_hint(db)
    demo_services.add(db)
    return True


def charge_box_ids(db: Session) -> list[str]:
    """The demo's charging stations, as simulated stations call themselves on the wire."""
    statement = select(Station.charge_box_id).where(
        Station.charge_box_id.startswith(CHARGE_BOX_PREFIX), Station.kind == StationKind.CHARGING_STATION
    )
    return list(db.scalars(statement.order_by(Station.charge_box_id)))


def by_protocol(db: Session) -> dict[Protocol, list[str]]:
    """Those that are to be simulated, by what they speak."""
    speaking = {charge_box_id: protocol for protocol, ids in SPEAKING_SOAP.items() for charge_box_id in ids}
    groups: dict[Protocol, list[str]] = {}
    for charge_box_id in charge_box_ids(db):
        if charge_box_id == demo_alarms.OUT_OF_ORDER:
            continue
        groups.setdefault(speaking.get(charge_box_id, Protocol.OCPP16), []).append(charge_box_id)
    return groups


def id_tokens(db: Session) -> list[str]:
    """The tags of the demo's EV users that charge, as simulated cars present them."""
    of_the_demo = PortalUser.email.endswith("@example.com")
    statement = select(IdToken.token).join(IdToken.user).where(of_the_demo, demo_tags.USABLE)
    return list(db.scalars(statement.order_by(IdToken.id)))


def _add_users(db: Session) -> None:
    roles = {role.name: role for role in db.scalars(select(Role))}
    today = now().replace(tzinfo=None)
    # One hash for all: it is made to be slow, and the password is no secret.
    password = hash_password(DEMO_PASSWORD)
    for number, (first_name, last_name, role) in enumerate(USERS):
        email = f"{first_name}.{last_name}@example.com".lower().translate(ASCII)
        user = PortalUser(
            first_name=first_name,
            last_name=last_name,
            username=email,
            email=email,
            active=True,
            password=password,
            roles=[roles[role]],
            alarm_email=last_name in WITH_ALARM_EMAIL,
            last_login=today - timedelta(hours=7.3 * number + 1),
        )
        db.add(user)
        if role is RoleName.EV_USER:
            db.add_all(demo_tags.of(user, number))


def _assign_sites(db: Session) -> None:
    for last_name, names in SITES_OF.items():
        user = db.scalars(select(PortalUser).where(PortalUser.last_name == last_name)).one()
        user.sites = list(db.scalars(select(Site).where(Site.name.in_(names))))


def _add_news(db: Session) -> None:
    for days_ago, title, body, roles in NEWS:
        db.add(News(title=title, body=body, published_from_at=now() - timedelta(days=days_ago), roles=list(roles)))


def _add_site(
    db: Session,
    name: str,
    prefix: str,
    street: str,
    postal_code: str,
    city: str,
    country: str,
    latitude: float,
    longitude: float,
) -> None:
    site = Site(
        name=name,
        street=street,
        postal_code=postal_code,
        city=city,
        country=country,
        latitude=latitude,
        longitude=longitude,
        time_zone="Europe/Stockholm" if country == "Sverige" else "Europe/Copenhagen",
    )
    db.add(site)
    for level, (floor_name, stations) in enumerate(FLOORS[prefix], 1):
        floor = Floor(site=site, name=floor_name) if floor_name else None
        if floor:
            db.add(floor)
        # A floor's key is a part of the station's foreign key, so it must be there first.
        db.flush()
        added = [
            _add_station(db, site, floor, f"{prefix}-{level}{number:02}", (level + number) % len(MODELS))
            for number in range(1, stations + 1)
        ]
        if floor:
            demo_plans.add(db, floor, added)
        else:
            for number, station in enumerate(added, 1):
                station.latitude, station.longitude = latitude + 0.0006 * number, longitude - 0.0009 * number
    if prefix == SUPPLY_CONTROLLER_SITE:
        db.add(
            Station(
                site=site,
                name=f"{prefix}-Supply",
                charge_box_id=f"{CHARGE_BOX_PREFIX}{prefix}-SUPPLY",
                kind=StationKind.SUPPLY_CONTROLLER,
                description="Feed of the whole garage",
            )
        )


def _add_station(db: Session, site: Site, floor: Floor | None, name: str, model: int) -> Station:
    vendor, model_name = MODELS[model]
    station = Station(
        site=site,
        floor_id=floor.id if floor else None,
        name=name,
        charge_box_id=CHARGE_BOX_PREFIX + name,
        vendor=vendor,
        model=model_name,
    )
    # The last one, a home charger's kind, has one cable; the others have two. The roof in Malmö is for guests.
    for number in range(1, 2 if model == len(MODELS) - 1 else 3):
        mode = OutletMode.OPEN if _is_for_guests(name) else OutletMode.RFID
        parking = f"{name[3:]}{number}"
        station.outlets.append(Outlet(number=number, connector_type=CONNECTOR_TYPE, parking=parking, mode=mode))
    db.add(station)
    return station


def _is_for_guests(name: str) -> bool:
    return name.startswith(("MW-2", "MW-3", "AH-1"))
