"""What happens all day stands in the event log, whoever did it and by whatever way."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from domain import clock
from domain.events import OrdinaryEventKind
from domain.models import (
    Action,
    ChargingSession,
    ChargingSessionReview,
    Command,
    CommandReason,
    CommandState,
    Event,
    FileState,
    FirmwareImage,
    Floor,
    IdToken,
    Outlet,
    OutletMode,
    PortalUser,
    Site,
    Station,
    StationFile,
    StationKind,
    System,
    Verdict,
)
from domain.statuses import OutletStatus

Told = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def told(db: Session, station: Station, outlet: Outlet, user: PortalUser) -> Callable[[], Told]:
    """What the log has more than before: kinds and details, in order."""
    db.execute(delete(Event))

    def told() -> Told:
        db.flush()
        rows = db.execute(select(Event.kind, Event.details).order_by(Event.id)).all()
        db.execute(delete(Event))
        return [(kind, details) for kind, details in rows]

    return told


def test_nodes(db: Session, station: Station, outlet: Outlet, told: Callable[[], Told]) -> None:
    site = Site(name="Quay <b>")
    db.add(site)
    db.flush()
    floor = Floor(site_id=site.id, name="P1")
    feed = Station(site_id=site.id, name="Feed", charge_box_id="feed", kind=StationKind.SUPPLY_CONTROLLER)
    db.add_all([floor, feed])
    assert told() == [
        ("node_created", {"level": "site", "name": "Quay <b>"}),
        ("node_created", {"level": "floor", "name": "P1"}),
        ("node_created", {"level": "supply_controller", "name": "Feed"}),
    ]
    station.name, station.city, outlet.mode = "Another", "Aarhus", OutletMode.OPEN
    db.get_one(System, 1).silence_seconds = 240
    assert sorted(told(), key=str) == [
        ("node_changed", {"level": "outlet", "name": "1", "fields": ["mode"]}),
        ("node_changed", {"level": "station", "name": "Another", "fields": ["name", "city"]}),
        ("node_changed", {"level": "system", "name": "Charge Portal", "fields": ["silence_seconds"]}),
    ]
    db.delete(outlet)
    db.flush()
    db.delete(station)
    assert told() == [
        ("node_removed", {"level": "outlet", "name": "1"}),
        ("node_removed", {"level": "station", "name": "Another"}),
    ]


def test_a_secret_is_named_and_not_told(station: Station, told: Callable[[], Told]) -> None:
    station.password_hash = "scrypt:of a secret"
    [(kind, details)] = told()
    assert (kind, details["fields"]) == ("node_changed", ["password_hash"])
    assert "scrypt" not in str(details)


def test_a_station_and_its_outlets(db: Session, station: Station, outlet: Outlet, told: Callable[[], Told]) -> None:
    station.protocol, station.online, station.last_seen_at = "ocpp1.6", True, clock.now()
    assert told() == [("station_connected", {"protocol": "ocpp1.6"})]
    station.booted_at, station.firmware_version = clock.now(), "1.0"
    assert told() == [("station_booted", {"firmware_version": "1.0"})]
    station.booted_at, station.firmware_version = clock.now(), "1.1"
    assert told() == [("station_booted", {"firmware_version": "1.1", "firmware_before": "1.0"})]
    states = []
    for status in ("available", "charging", "faulted", "available", "unavailable"):
        outlet.status = OutletStatus(status)
        states += told()
    assert states == [
        ("outlet_state", {"outlet_number": 1, "before": before, "after": after})
        for before, after in (("charging", "fault"), ("fault", "available"), ("available", "out_of_service"))
    ]
    station.online = False
    assert told() == [("station_lost", {})]
    station.last_seen_at = clock.now()  # Nothing has happened.
    assert told() == []


def test_a_session(db: Session, station: Station, outlet: Outlet, told: Callable[[], Told]) -> None:
    def session(**more: object) -> ChargingSession:
        places = {"node_id": station.id, "site_id": station.site_id, "outlet_id": outlet.id}
        names = {"site_name": "Harbour", "station_name": station.name, "outlet_number": 1}
        began = {"started_at": clock.now(), "logged_at": clock.now(), "meter_start_wh": 0}
        return ChargingSession(**places, **names, **began, authorization=1, id_token="TAG", **more)

    db.add(session(stopped_at=clock.now()))  # Brought along from elsewhere.
    assert told() == []
    runs = session()
    db.add(runs)
    assert told() == [("session_started", {"outlet_number": 1})]
    runs.email = "somebody@example.com"
    assert told() == []
    runs.stopped_at, runs.energy_wh, runs.stop_reason = clock.now(), 7000, "local"
    assert told() == [("session_ended", {"outlet_number": 1, "energy_wh": 7000, "stop_reason": "local"})]
    changed = {"energy_before_wh": 7000, "energy_wh": 6000, "note": "Ida was there", "reviewed_at": clock.now()}
    db.add(ChargingSessionReview(charging_session_id=runs.id, verdict=Verdict.CORRECTED, **changed))
    db.flush()
    event = db.scalars(select(Event)).one()
    assert (event.charging_session_id, event.outlet_id, event.station_id) == (runs.id, outlet.id, station.id)
    assert event.site_id == station.site_id
    corrected = {"outlet_number": 1, "energy_wh": 6000, "energy_before_wh": 7000}
    assert told() == [("session_corrected", corrected)]


def test_a_command(db: Session, station: Station, told: Callable[[], Told]) -> None:
    command = Command(
        site_id=station.site_id,
        station_id=station.id,
        action=Action.RESET,
        parameters={"type": "soft"},
        state=CommandState.QUEUED,
        created_at=clock.now(),
        deadline_at=clock.now(),
    )
    db.add(command)
    db.flush()
    what = {"command_id": command.id, "action": "reset"}
    assert told() == [("command_asked", what)]
    command.state = CommandState.SENT
    assert told() == []
    command.state, command.reason = CommandState.TIMED_OUT, CommandReason.NO_ANSWER
    assert told() == [("command_ended", what | {"state": "timed_out", "reason": "no_answer"})]


def test_files(db: Session, station: Station, told: Callable[[], Told]) -> None:
    at = {"started_at": clock.now(), "changed_at": clock.now()}
    file = StationFile(station_id=station.id, name="log.zip", size_bytes=10, state=FileState.RECEIVING, via="ftp", **at)
    db.add(file)
    assert told() == []
    file.size_bytes, file.state = 20, FileState.COMPLETE
    what = {"name": "log.zip", "size_bytes": 20, "via": "ftp"}
    assert told() == [("file_received", what)]
    db.delete(file)
    assert told() == [("file_removed", what)]
    image = FirmwareImage(
        file_name="a.bin",
        version="1.2",
        vendor="Acme",
        model="M",
        size_bytes=1,
        sha256="0" * 64,
        uploaded_at=clock.now(),
    )
    db.add(image)
    db.flush()
    db.delete(image)
    assert told() == [("firmware_added", {"name": "Acme M 1.2"}), ("firmware_removed", {"name": "Acme M 1.2"})]


def test_users_and_their_tags_by_number_alone(db: Session, user: PortalUser, told: Callable[[], Told]) -> None:
    other = PortalUser(first_name="A", last_name="B", username="b@x", email="b@x", active=True, password="-")
    db.add(other)
    db.flush()
    number = {"user_id": other.id}
    assert told() == [("user_created", number)]
    other.active, other.password = False, "pbkdf2:of a secret"
    assert sorted(told()) == [("user_blocked", number), ("user_password_changed", number)]
    other.active, other.first_name, other.language = True, "C", "da"
    assert told() == [("user_unblocked", number)]
    tag = IdToken(token="04A1B2C3", user_id=other.id)
    db.add(tag)
    assert told() == [("tag_added", number)]
    tag.blocked = True
    assert told() == [("tag_blocked", number)]
    tag.blocked = False
    assert told() == [("tag_unblocked", number)]
    db.execute(text("DELETE FROM ab_user WHERE id = :user_id"), number)  # By whatever way.
    assert sorted(told()) == [("tag_removed", number), ("user_removed", number)]


def test_each_kind_is_written_by_a_trigger(db: Session) -> None:
    """And has its words: see tests/portal/test_events.py."""
    sources = db.scalars(text("SELECT prosrc FROM pg_proc WHERE proname LIKE 'note\\_%\\_event'")).all()
    given = db.scalars(text("SELECT encode(tgargs, 'escape') FROM pg_trigger WHERE tgname LIKE 'event\\_%'")).all()
    written = " ".join([*sources, *given]).replace("'session_' || NEW.verdict", "session_confirmed session_corrected")
    assert [kind for kind in OrdinaryEventKind if kind not in written] == []
