"""Two of everything: at home what site administrator and driver of the tests may see, and abroad what is others'.

Whatever belongs abroad carries FOREIGN in every text it has, so that a page that leaks it is caught by the word alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from flask_appbuilder import Model
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from domain import firmware_images, floor_plans, partitions, passwords, station_files
from domain.floor_plans import Picture
from domain.models import (
    Alarm,
    AlarmHistory,
    AlarmKind,
    AlarmRule,
    ChargingSession,
    Command,
    CommandBatch,
    Direction,
    Event,
    ExportEvery,
    ExportFile,
    ExportSchedule,
    ExportState,
    ExportTarget,
    FileState,
    FirmwareImage,
    Floor,
    IdToken,
    Message,
    MessageKind,
    News,
    Outlet,
    OutletMode,
    PortalUser,
    Rollout,
    RolloutState,
    RolloutStation,
    RolloutStep,
    SavedView,
    Service,
    ServiceDelivery,
    ServiceKind,
    Site,
    Station,
    StationFile,
    StationParameter,
    UnknownStation,
    site_driver,
)
from domain.models.command import Action, CommandState
from domain.roles import RoleName
from tests.portal.people import add_person

FOREIGN, HOME = "Abroadville", "Homestead"
PASSWORD = "right-horse-77"
GUESSED = 888_888
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
EMAIL_OF_DRIVER = "hanna.driver@homestead.example"

_numbers = count(100)


@dataclass
class World:
    """Ids of what is at home and abroad, by kind, and the e-mail of somebody of each role."""

    home: dict[str, int] = field(default_factory=dict)
    abroad: dict[str, int] = field(default_factory=dict)
    emails: dict[RoleName, str] = field(default_factory=dict)


def build(db: Session) -> World:
    """Commits."""
    # The audit log has no place: its first entries are those of the people's own sign-ins.
    world = World({"audit_entry": 1}, {"audit_entry": 2})
    partitions.ensure(db, AT.date())
    for ids, name in ((world.home, HOME), (world.abroad, FOREIGN)):
        _place(db, ids, name)
        _driver(db, ids, name)
        _history(db, ids, name)
        _files(db, ids, name)
        _service(db, ids, name)
    _people(db, world)
    for ids in (world.home, world.abroad):
        _export(db, ids)
    db.commit()
    return world


def _place(db: Session, ids: dict[str, int], name: str) -> None:
    if name == HOME:
        ids["system"] = 1  # There is no other.
    ids["site"] = _add(db, Site(name=f"{name} site", city=name, street=name, description=name))
    floor = Floor(site_id=ids["site"], name=f"{name} level")
    ids["floor"] = _add(db, floor)
    floor_plans.keep(db, floor, Picture(name.encode(), "image/png", 100, 100))
    station = Station(
        site_id=ids["site"], floor_id=ids["floor"], name=f"{name} station", charge_box_id=f"{name}-1", online=True
    )
    ids["station"] = _add(db, station)
    outlet = Outlet(station_id=station.id, number=1, mode=OutletMode.RFID, parking=name)
    ids["outlet"] = _add(db, outlet)
    ids["outlet_uuid"] = str(outlet.uuid)


def _driver(db: Session, ids: dict[str, int], name: str) -> None:
    email = EMAIL_OF_DRIVER if name == HOME else f"ferris.{name}@example.com".lower()
    driver = add_user(db, "Hanna" if name == HOME else name, email, RoleName.EV_USER)
    ids["driver"] = driver.id
    # Somebody else who charged there, and who signs in nowhere: what the tests do to users they do to this one.
    bystander = add_user(db, "Berta" if name == HOME else name, f"bystander@{name}.example".lower(), RoleName.EV_USER)
    ids["user"] = bystander.id
    ids["id_token"] = _add(
        db, IdToken(token="111222333" if name == HOME else f"TAG-{name}", user=driver, description=f"{name} tag")
    )
    ids["saved_view"] = _add(db, SavedView(user_id=bystander.id, table_name="ChargingSessionView", name=name, query=""))
    charged = [{"site_id": ids["site"], "user_id": user_id} for user_id in (driver.id, bystander.id)]
    db.execute(insert(site_driver), charged)


def _history(db: Session, ids: dict[str, int], name: str) -> None:
    charging_session = ChargingSession(
        started_at=AT, stopped_at=AT + timedelta(hours=1), ended_at=AT + timedelta(hours=1), logged_at=AT,
        node_id=ids["station"], site_id=ids["site"], floor_id=ids["floor"], outlet_id=ids["outlet"],
        site_name=f"{name} site", station_name=f"{name} station", outlet_number=1, authorization=1,
        id_token=f"TAG-{name}", user_id=ids["driver"], email=db.get_one(PortalUser, ids["driver"]).email,
        meter_start_wh=0, meter_stop_wh=7000, energy_wh=7000,
    )  # fmt: skip
    ids["charging_session"] = _add(db, charging_session)
    ids["event"] = _add(
        db,
        Event(
            kind="data_transferred", happened_at=AT, site_id=ids["site"], station_id=ids["station"],
            details={"vendor_id": name, "message_id": None, "data": name},
        ),
    )  # fmt: skip
    alarm = {
        "site_id": ids["site"], "site_name": f"{name} site", "station_id": ids["station"],
        "station_name": f"{name} station", "raised_at": AT, "error_code": f"{name} error",
    }  # fmt: skip
    ids["alarm"] = _add(db, Alarm(kind=AlarmKind.FUSE, **alarm))
    past = AlarmHistory(id=ids["alarm"] + 1_000_000, kind=AlarmKind.TEMPERATURE, cleared_at=AT, **alarm)
    ids["alarm_history"] = _add(db, past)
    ids["alarm_rule"] = _add(db, AlarmRule(position=100, error_code="ReaderFailure"))
    message = Message(
        at=AT, station_id=ids["station"], direction=Direction.IN, kind=MessageKind.CALL, action="Heartbeat",
        unique_id="1", frame=f'[2,"1","Heartbeat",{{"of":"{name}"}}]',
    )  # fmt: skip
    # Where it is found: by station, time and number.
    ids["message"] = f"{ids['station']}-{int(AT.timestamp() * 1e6)}-{_add(db, message)}"
    command = Command(
        site_id=ids["site"], station_id=ids["station"], outlet_id=ids["outlet"], user_id=ids["driver"],
        action=Action.REMOTE_START, parameters={"id_token": f"TAG-{name}"}, state=CommandState.ACCEPTED,
        created_at=AT, deadline_at=AT,
    )  # fmt: skip
    ids["command"] = _add(db, command)
    ids["unknown_station"] = _add(db, UnknownStation(charge_box_id=f"{name}-unknown", remote_address="192.0.2.1"))
    roles = [] if name == HOME else [RoleName.ADMINISTRATOR.value]
    ids["news"] = _add(db, News(title=f"{name} news", body=f"{name} says", published_from_at=AT, roles=roles))


def _files(db: Session, ids: dict[str, int], name: str) -> None:
    """What the station uploaded, and an image, which is nobody's in particular and so carries no name."""
    file = StationFile(
        station_id=ids["station"], name=f"{name}.log", size_bytes=4, sha256="0" * 64, state=FileState.COMPLETE,
        via="ftp", started_at=AT, changed_at=AT,
    )  # fmt: skip
    ids["station_file"] = _add(db, file)
    image = _image(f"1.{next(_numbers)}")
    ids["firmware_image"] = _add(db, image)
    for path, content in (
        (station_files.path_of(file.station_id, file.id), name),
        (firmware_images.path_of(image.sha256), "image"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def _export(db: Session, ids: dict[str, int]) -> None:
    """A file of somebody who signs in nowhere: nobody else has it, whatever the role."""
    file = ExportFile(
        user_id=ids["user"], title=FOREIGN, file_type="csv", table_name="ChargingSessionView", query="", language="en",
        time_zone="UTC", state=ExportState.DONE, asked_at=AT, changed_at=AT, expires_at=AT + timedelta(days=3650),
    )  # fmt: skip
    ids["export_file"] = _add(db, file)
    schedule = ExportSchedule(
        user_id=ids["user"], title=FOREIGN, file_type="csv", table_name="ChargingSessionView", query="", language="en",
        every=ExportEvery.DAY, hour=6, target=ExportTarget.MAIL, next_run_at=AT,
    )  # fmt: skip
    ids["export_schedule"] = _add(db, schedule)


def _image(version: str) -> FirmwareImage:
    return FirmwareImage(file_name="cc.bin", version=version, size_bytes=5, sha256="1" * 64, uploaded_at=AT)


def _service(db: Session, ids: dict[str, int], name: str) -> None:
    """Of no place, and for administrators alone; with a message of the same number, as the tests ask for it."""
    configuration = {"url": f"http://{name}.example/", "topics": []}
    ids["service"] = _add(db, Service(kind=ServiceKind.WEBHOOK, name=f"{name} hook", configuration=configuration))
    message = ServiceDelivery(
        id=ids["service"], service_id=ids["service"], message_id=uuid4(), kind="test", subject="test", body="{}",
        created_at=AT,
    )  # fmt: skip
    _add(db, message)


def _people(db: Session, world: World) -> None:
    world.emails[RoleName.EV_USER] = EMAIL_OF_DRIVER
    for role in (RoleName.ADMINISTRATOR, RoleName.SITE_ADMINISTRATOR, RoleName.SUPPORT):
        email = f"{role.name.lower()}@portal.example"
        user = add_user(db, role.name.title(), email, role)
        if role is RoleName.SITE_ADMINISTRATOR:
            user.sites = [db.get_one(Site, world.home["site"])]
        world.emails[role] = email
        if role is not RoleName.SUPPORT:
            ids, name = (world.home, HOME) if role is RoleName.SITE_ADMINISTRATOR else (world.abroad, FOREIGN)
            _batch(db, ids, name, user)


def _batch(db: Session, ids: dict[str, int], name: str, user: PortalUser) -> None:
    """A command to many stations that this person began."""
    told = {"vendor_id": name, "data": name}
    batch = CommandBatch(created_at=AT, user=user, action=Action.DATA_TRANSFER, parameters=told, stations=1)
    ids["command_batch"] = _add(db, batch)
    _rollout(db, ids, name, user)
    db.add(
        Command(
            site_id=ids["site"], station_id=ids["station"], user=user, batch_id=batch.id, action=Action.DATA_TRANSFER,
            parameters=told, state=CommandState.FAILED, created_at=AT, deadline_at=AT,
        )
    )  # fmt: skip


def _rollout(db: Session, ids: dict[str, int], name: str, user: PortalUser) -> None:
    db.add(StationParameter(station_id=ids["station"], key=f"{name}Key", value=name, read_at=AT))
    rollout = Rollout(
        created_at=AT, user=user, source_station_id=ids["station"], wave_size=1, return_seconds=60,
        changes=[{"key": f"{name}Key", "value": name}], state=RolloutState.RUNNING,
    )  # fmt: skip
    ids["rollout"] = _add(db, rollout)
    turn = {"position": 0, "wave": 0, "step": RolloutStep.WAITING}
    db.add(RolloutStation(rollout_id=rollout.id, station_id=ids["station"], **turn))


def add_user(db: Session, name: str, email: str, role: RoleName) -> PortalUser:
    # Hashed as the product does: what must be told to nobody is known by that (tests/fixtures/secrets.py).
    return add_person(db, role, email, first_name=name, last_name=name, password=passwords.hash_password(PASSWORD))


def _add(db: Session, row: Model) -> int:
    db.add(row)
    db.flush()
    return int(row.id)


def fresh(db: Session, ids: dict[str, int], kind: str) -> int:
    """Something new of a kind, with nothing below it, that a test may delete. Commits."""
    number = next(_numbers)
    name = f"spare {number}"
    makers: dict[str, Callable[[], Model]] = {
        "site": lambda: Site(name=name),
        "floor": lambda: Floor(site_id=ids["site"], name=name),
        "station": lambda: Station(site_id=ids["site"], name=name, charge_box_id=name),
        "outlet": lambda: Outlet(station_id=ids["station"], number=number),
        "id_token": lambda: IdToken(token=name),
        "alarm_rule": lambda: AlarmRule(position=number),
        "unknown_station": lambda: UnknownStation(charge_box_id=name),
        "firmware_image": lambda: _image(name),
        "news": lambda: News(title=name, body=name, published_from_at=AT),
        "service": lambda: Service(kind=ServiceKind.WEBHOOK, name=name),
        "user": lambda: add_user(db, name, f"spare{number}@example.com", RoleName.EV_USER),
    }
    made = makers[kind]()
    db.add(made)
    db.commit()
    return int(made.id)


TABLES = (
    *("site", "floor", "station", "outlet", "ab_user", "id_token", "unknown_station", "news"),
    *("saved_view", "export_file", "export_schedule"),
    *("command", "command_batch", "rollout", "service", "station_file", "firmware_image"),
)


# What a sign-in notes of itself is not a change of the person.
_ROWS = dict.fromkeys(TABLES, "t") | {"ab_user": "(t.id, t.email, t.password, t.first_name, t.active)"}
_DIGEST = text(
    " UNION ALL ".join(
        f"SELECT '{name}', md5(coalesce(string_agg(({row})::text, '|' ORDER BY t.id), '')) FROM {name} t"
        for name, row in _ROWS.items()
    )
)


def digest(db: Session) -> dict[str, str]:
    """A fingerprint of each table that a refused request must leave as it is."""
    found = db.execute(_DIGEST).all()
    db.rollback()
    return dict(found)
