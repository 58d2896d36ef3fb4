"""HTTP Basic at the handshake (OCPP-J 1.6, security profile 1): real requests to the running engine."""

import http.client
from base64 import b64encode
from urllib.parse import quote

import pytest

from domain import station_passwords
from domain.models import Station
from engine.transports.basic import UNREADABLE, password_in
from tests.engine.conftest import make_station, numbers
from tests.engine.test_connections import is_online
from tests.engine.test_handshake import UPGRADE
from tests.happened import unusual

PASSWORD = "a-key-of-forty-characters-or-fewer"
CHALLENGE = 'Basic realm="OCPP", charset="UTF-8"'


def basic(name: str | bytes, password: str | bytes) -> str:
    parts = [part.encode() if isinstance(part, str) else part for part in (name, password)]
    return f"Basic {b64encode(b':'.join(parts)).decode()}"


def ask(server, charge_box_id, authorization=None) -> tuple[int, str, http.client.HTTPMessage]:
    """A handshake, which ends here if it succeeds: status, text, headers."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = UPGRADE | ({"Authorization": authorization} if authorization else {})
    connection.request("GET", f"/Ocpp/websocket/{quote(charge_box_id, safe='')}", headers=headers)
    response = connection.getresponse()
    text = "" if response.status == 101 else response.read().decode()
    connection.close()
    return response.status, text, response.headers


@pytest.fixture
def secured(transaction, station) -> Station:
    """It must come with PASSWORD."""
    with transaction() as db:
        kept = db.get_one(Station, station.id)
        kept.password_required = True
        station_passwords.set_password(db, kept, PASSWORD)
    return station


def test_a_station_comes_in_with_its_password(engine_server, transaction, secured):
    name = secured.charge_box_id
    assert ask(engine_server, name, basic(name, PASSWORD))[0] == 101


@pytest.mark.parametrize(
    ("authorization", "text"),
    [
        (None, "This station signs in with its password (HTTP Basic), and sent none.\n"),
        ("Bearer abc", "This station signs in with its password (HTTP Basic), and sent none.\n"),
        ("Basic %%%", "This is not the password of this station (HTTP Basic: charge box id and key).\n"),
        (basic("another", PASSWORD), "This is not the password of this station (HTTP Basic: charge box id and key).\n"),
    ],
)
def test_who_has_it_not_reads_what_is_missing_and_the_station_stays_as_it_is(
    engine_server, transaction, secured, authorization, text
):
    status, said, headers = ask(engine_server, secured.charge_box_id, authorization)
    assert (status, said, headers["WWW-Authenticate"]) == (401, text, CHALLENGE)
    assert not is_online(transaction, secured)


def test_a_wrong_password_does_not_end_the_line_that_the_station_has(engine_server, transaction, secured):
    name = secured.charge_box_id
    with engine_server.connect(name, authorization=basic(name, PASSWORD)) as wire:
        assert ask(engine_server, name, basic(name, "wrong"))[0] == 401
        assert wire.ask(2, "1", "Heartbeat", {})[:2] == [3, "1"]
        assert is_online(transaction, secured)


def test_a_station_that_must_have_one_and_has_none_here_is_told_so(engine_server, transaction, secured):
    with transaction() as db:
        station_passwords.set_password(db, db.get_one(Station, secured.id), None)
    name = secured.charge_box_id
    status, said, _ = ask(engine_server, name, basic(name, PASSWORD))
    assert (status, said) == (401, "This station must have a password, and none is set for it here yet.\n")


def test_five_wrong_ones_lock_and_the_event_log_says_so(engine_server, transaction, secured):
    name = secured.charge_box_id
    assert [ask(engine_server, name, basic(name, "wrong"))[0] for _ in range(5)] == [401] * 5
    status, said, headers = ask(engine_server, name, basic(name, PASSWORD))
    assert (status, headers["Retry-After"]) == (429, "300")
    assert said == "Too many wrong passwords came from this address; please connect again later.\n"
    with transaction() as db:
        [event] = unusual(db, station_id=secured.id)
        assert (event.kind, event.details) == ("station_locked", {"remote_address": "127.0.0.1", "failures": 5})


@pytest.mark.parametrize("name", ["Ø station", "50%", "a:b:c", "a/b"])
def test_names_in_any_letters(engine_server, transaction, name):
    station = make_station(transaction, f"{name} {next(numbers)} {engine_server.port}")
    with transaction() as db:
        station_passwords.set_password(db, db.get_one(Station, station.id), PASSWORD)
    own = station.charge_box_id
    writings = [own, own.encode("latin-1"), quote(own, safe="")]
    assert [ask(engine_server, own, basic(writing, PASSWORD))[0] for writing in writings] == [101] * 3


@pytest.mark.parametrize(
    ("header", "password"),
    [
        ("", None),
        ("Digest username=CB", None),
        (basic("CB", ""), None),
        (basic("CB", "p:a:ss"), b"p:a:ss"),
        (basic("CB", bytes(range(256))), bytes(range(256))),
        (basic("CB", PASSWORD).replace("Basic ", "bAsIc   ").rstrip("="), PASSWORD.encode()),
        (basic("cb", PASSWORD), UNREADABLE),
        (basic("", PASSWORD), UNREADABLE),
        ("Basic", UNREADABLE),
        ("Basic Ø", UNREADABLE),
        ("Basic a", UNREADABLE),
    ],
)
def test_what_a_header_says(header, password):
    assert password_in(header, "CB") == password
