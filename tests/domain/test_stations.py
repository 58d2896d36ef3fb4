from sqlalchemy import select

from domain import commands, live, station_passwords, stations, status_reports
from domain.models import Action, Command, Outlet, OutletMode, Station, UnknownStation
from domain.reports import BootReport, CallReport, ConnectReport, DisconnectReport, SeenReport, Sighting, StatusReport
from domain.stations import MOST_UNKNOWN_STATIONS, Booted, Connection
from domain.statuses import OutletStatus
from tests.domain.conftest import after
from tests.statements import recorded

PASSWORD = "correct-horse-battery"


def connect(db, charge_box_id, minutes=0):
    return stations.connect(db, ConnectReport(charge_box_id, "ocpp1.6", "192.0.2.7", after(minutes)))


def fresh(db, station) -> Station:
    db.flush()
    db.expire_all()
    return db.get(Station, station.id)


def test_a_station_connects(db, station):
    assert connect(db, station.charge_box_id) == Connection(station.id, 1)
    known = fresh(db, station)
    assert (known.online, known.last_seen_at, known.protocol) == (True, after(0), "ocpp1.6")


def test_the_late_end_of_an_old_connection_marks_nothing_offline(db, station):
    old = connect(db, station.charge_box_id)
    new = connect(db, station.charge_box_id, 1)

    stations.disconnect(db, [DisconnectReport(station.id, old.number)])
    assert fresh(db, station).online

    stations.disconnect(db, [DisconnectReport(station.id, new.number)])
    assert not fresh(db, station).online


def test_only_the_newest_connection_keeps_a_station_online(db, station):
    old = connect(db, station.charge_box_id)
    new = connect(db, station.charge_box_id, 1)
    stations.sweep_silent(db, after(10))
    assert not fresh(db, station).online

    assert stations.seen(db, SeenReport((Sighting(station.id, old.number, after(11)),))) == set()
    assert not fresh(db, station).online
    assert stations.seen(db, SeenReport((Sighting(station.id, new.number, after(12)),))) == {station.id}
    assert (fresh(db, station).online, fresh(db, station).last_seen_at) == (True, after(12))


def test_the_sweep_takes_only_those_that_are_silent(db, station):
    connect(db, station.charge_box_id)
    assert stations.sweep_silent(db, after(1)) == 0
    assert stations.sweep_silent(db, after(2)) == 1
    assert stations.sweep_silent(db, after(3)) == 0


# Over SOAP


def speak(db, station, minutes=0, protocol="ocpp1.5", told=None, password=None):
    keys = None if password is None else station_passwords.keys_of(password.encode())
    return stations.speak(db, CallReport(station.charge_box_id, protocol, "192.0.2.7", after(minutes), keys, told))


def told_of(db):
    """What those who look were told since the last time."""
    return [change.kind for change in db.info.pop(live.NOTED, [])]


def test_a_station_that_goes_on_speaking_keeps_its_number(db, station):
    told_of(db)
    assert speak(db, station) == Connection(station.id, 1)
    assert told_of(db) == [live.Kind.STATION]
    with recorded() as statements:
        assert speak(db, station, 1) == Connection(station.id, 1)
    assert (len(statements), told_of(db)) == (1, [])
    known = fresh(db, station)
    assert (known.online, known.last_seen_at, known.protocol) == (True, after(1), "ocpp1.5")


def test_a_station_that_comes_back_or_speaks_another_version_gets_a_new_number(db, station):
    line = connect(db, station.charge_box_id)
    assert speak(db, station, 1).number == line.number + 1
    assert stations.seen(db, SeenReport((Sighting(station.id, line.number, after(1)),))) == set()
    assert speak(db, station, 2, "ocpp1.2").number == line.number + 2
    stations.sweep_silent(db, after(30))
    told_of(db)
    assert speak(db, station, 31, "ocpp1.2").number == line.number + 3
    assert told_of(db) == [live.Kind.STATION]
    assert connect(db, station.charge_box_id, 32).number == line.number + 4


def test_where_a_station_is_called_is_kept_as_it_told_last(db, station):
    for told, kept in (
        (None, None),
        ("http://192.0.2.7:8080/ocpp", "http://192.0.2.7:8080/ocpp"),
        (None, "http://192.0.2.7:8080/ocpp"),
        ("http://www.w3.org/2005/08/addressing/anonymous", "http://192.0.2.7:8080/ocpp"),
        ("urn:quay", "http://192.0.2.7:8080/ocpp"),
        ("http://[fd00::1]/", "http://[fd00::1]/"),
    ):
        speak(db, station, told=told)
        assert fresh(db, station).told_endpoint_url == kept


def test_a_password_and_a_stranger_are_judged_as_over_a_line(db, station):
    station_passwords.set_password(db, station, PASSWORD)
    station.password_required = True
    db.flush()
    assert speak(db, station) is station_passwords.Refusal.NO_PASSWORD
    assert speak(db, station, password="wrong") is station_passwords.Refusal.WRONG
    assert not fresh(db, station).online
    assert speak(db, station, password=PASSWORD) == Connection(station.id, 1)

    assert stations.speak(db, CallReport("stranger", "ocpp1.2", None, after(0))) is None
    assert db.scalars(select(UnknownStation.protocol)).all() == ["ocpp1.2"]


def test_a_station_is_online_for_two_of_its_heartbeats(db, station):
    speak(db, station)
    assert stations.sweep_silent(db, after(9.9)) == 0  # Those of the installation's 300 s.
    assert stations.sweep_silent(db, after(10.1)) == 1
    speak(db, station)
    station.heartbeat_seconds = 60
    db.flush()
    assert stations.sweep_silent(db, after(1.9)) == 0
    assert stations.sweep_silent(db, after(2.1)) == 1
    speak(db, station)
    station.heartbeat_seconds = 1
    db.flush()
    assert stations.sweep_silent(db, after(1.4)) == 0
    assert stations.sweep_silent(db, after(1.6)) == 1


def test_a_stranger_is_noted_and_its_attempts_are_counted(db):
    assert connect(db, "stranger") is None
    assert connect(db, "stranger", 5) is None

    [noted] = db.scalars(select(UnknownStation).filter_by(charge_box_id="stranger"))
    assert (noted.attempts, noted.first_seen_at, noted.last_seen_at) == (2, after(0), after(5))
    assert (noted.protocol, noted.remote_address) == ("ocpp1.6", "192.0.2.7")


def test_only_the_latest_strangers_are_kept(db):
    db.add_all(
        UnknownStation(charge_box_id=f"s{n}", first_seen_at=after(n), last_seen_at=after(n))
        for n in range(MOST_UNKNOWN_STATIONS)
    )
    db.flush()
    connect(db, "the latest", MOST_UNKNOWN_STATIONS)

    kept = set(db.scalars(select(UnknownStation.charge_box_id)))
    assert (len(kept), "the latest" in kept, "s0" in kept, "s1" in kept) == (MOST_UNKNOWN_STATIONS, True, False, True)


def test_a_name_too_long_for_a_station_is_not_noted(db):
    assert connect(db, "x" * 101) is None
    assert db.scalars(select(UnknownStation)).all() == []


def test_a_boot_tells_what_the_station_is(db, station):
    stations.boot(db, BootReport(station.id, after(1), "Vendor", "Model", "Serial", "1.2.3"))

    known = fresh(db, station)
    assert (known.vendor, known.model, known.serial_number) == ("Vendor", "Model", "Serial")
    assert (known.firmware_version, known.booted_at, known.heartbeat_seconds) == ("1.2.3", after(1), 300)


def boot(db, station, minutes):
    return stations.boot(db, BootReport(station.id, after(minutes), "V", "M", None, None))


def test_a_boot_tells_whether_something_is_to_be_asked(db, station):
    connect(db, station.charge_box_id)
    station.parameters_read_at = after(0)
    db.flush()
    assert boot(db, station, 1) == Booted(commands_wait=False, heartbeat_seconds=300)
    commands.make(db, fresh(db, station), Action.CLEAR_CACHE, {}, None, after(2))
    assert boot(db, station, 3) == Booted(commands_wait=True, heartbeat_seconds=300)


def test_a_station_that_never_told_its_parameters_is_asked_for_them_when_it_boots(db, station):
    connect(db, station.charge_box_id)
    assert boot(db, station, 1) == Booted(commands_wait=True, heartbeat_seconds=300)
    assert db.scalars(select(Command.action).filter_by(station_id=station.id)).all() == [Action.GET_CONFIGURATION]


def test_a_boot_changes_nothing_else(db, station):
    connect(db, station.charge_box_id)
    status_reports.keep(db, [status(station, 0, OutletStatus.UNAVAILABLE)])
    status_reports.keep(db, [status(station, 1, OutletStatus.CHARGING)])
    before = state(db, station)
    boot(db, station, 1)
    changed = {"vendor": "V", "model": "M", "booted_at": after(1), "occupied_at": None, "heartbeat_seconds": 300}
    assert state(db, station) == before | changed


def state(db, station):
    """All columns of a station and of its outlet."""
    known = fresh(db, station)
    outlet = db.scalars(select(Outlet).filter_by(station_id=station.id)).one()
    outlet_columns = {f"outlet {c.key}": getattr(outlet, c.key) for c in Outlet.__table__.columns}
    occupied_at = outlet_columns.pop("outlet occupied_at")
    columns = {c.key: getattr(known, c.key) for c in Station.__table__.columns}
    return columns | outlet_columns | {"occupied_at": occupied_at}


def status(station, outlet, status):
    return StatusReport(station.id, after(1), outlet, status, after(0), "OtherError", "E1", "info")


def test_an_outlet_appears_when_the_station_first_speaks_of_it(db, station):
    status_reports.keep(db, [status(station, 2, OutletStatus.PREPARING)])

    [outlet] = db.scalars(select(Outlet).filter_by(station_id=station.id))
    assert (outlet.number, outlet.mode, outlet.status) == (2, OutletMode.RFID, OutletStatus.PREPARING)
    assert (outlet.error_code, outlet.vendor_error_code, outlet.status_info) == ("OtherError", "E1", "info")
    assert (outlet.status_at, outlet.occupied_at) == (after(0), after(0))


def test_number_0_is_the_station_and_no_outlet(db, station):
    status_reports.keep(db, [status(station, 0, OutletStatus.FAULTED)])

    assert db.scalars(select(Outlet).filter_by(station_id=station.id)).all() == []
    assert (fresh(db, station).status, fresh(db, station).error_code) == (OutletStatus.FAULTED, "OtherError")
