"""Who is let in, and what those read who are not."""

import http.client

import pytest
from sqlalchemy import select
from websockets.exceptions import InvalidStatus

from domain.models import Station, UnknownStation
from tests.engine.conftest import make_station

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "ocpp1.6",
}


def get(server, path, headers) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read().decode()


REFUSED = {
    "no subprotocol": (
        {"Sec-WebSocket-Protocol": ""},
        400,
        "This server speaks ocpp1.6; the request offered no subprotocol."
        " Send the header Sec-WebSocket-Protocol: ocpp1.6\n",
    ),
    "others": (
        {"Sec-WebSocket-Protocol": "ocpp1.5, ocpp2.0.1"},
        400,
        "This server speaks ocpp1.6; the request offered ocpp1.5, ocpp2.0.1."
        " Send the header Sec-WebSocket-Protocol: ocpp1.6\n",
    ),
    "another version of WebSocket": (
        {"Sec-WebSocket-Version": "8"}, 426, "This server speaks version 13 of WebSocket.\n",
    ),
    "no key": ({"Sec-WebSocket-Key": ""}, 400, "The header Sec-WebSocket-Key is missing.\n"),
    "a browser": (
        {"Upgrade": "", "Connection": "close"},
        426,
        "Here stations connect with WebSocket. The address is this one followed by the station's charge box id.\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("headers", "status", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_a_request_that_is_refused_tells_what_would_be_right(engine_server, station, headers, status, text):
    given = {name: value for name, value in {**UPGRADE, **headers}.items() if value}
    assert get(engine_server, f"/Ocpp/websocket/{station.charge_box_id}", given) == (status, text)


def test_the_address_without_a_name(engine_server):
    assert get(engine_server, "/Ocpp/websocket/", {})[0] == 426


def test_the_protocol_is_chosen_among_several(engine_server, station):
    with engine_server.connect(station.charge_box_id, "ocpp2.0.1", "ocpp1.6") as wire:
        assert wire.socket.subprotocol == "ocpp1.6"


def test_no_compression_is_agreed(engine_server, station):
    with engine_server.connect(station.charge_box_id, compression="deflate") as wire:
        assert "Sec-WebSocket-Extensions" not in wire.socket.response.headers
        assert wire.ask(2, "1", "Heartbeat", {})[0] == 3


def test_an_unknown_station_is_turned_away_and_noted(engine_server, transaction):
    for _ in range(2):
        with pytest.raises(InvalidStatus) as refused, engine_server.connect("nobody made me"):
            pass
        assert refused.value.response.status_code == 404
        assert refused.value.response.body.decode() == (
            "No station with the charge box id 'nobody made me' is known here.\n"
        )
    with transaction() as db:
        [noted] = db.scalars(select(UnknownStation).filter_by(charge_box_id="nobody made me"))
        assert (noted.attempts, noted.protocol, noted.remote_address) == (2, "ocpp1.6", "127.0.0.1")


@pytest.mark.parametrize("name", ["null\0byte", "x" * 101])
def test_a_name_that_no_station_can_have_is_not_noted(engine_server, transaction, name):
    with pytest.raises(InvalidStatus) as refused, engine_server.connect(name):
        pass
    assert refused.value.response.status_code == 404
    with transaction() as db:
        assert db.scalars(select(UnknownStation).filter_by(charge_box_id=name.replace("\0", ""))).all() == []


@pytest.mark.parametrize("name", ["a b", "a/b", "a//b/", "Ø%Å", "100%25", "?query#fragment", "+1:2"])
def test_a_name_in_any_letters(engine_server, transaction, name):
    station = make_station(transaction, f"{name} in {id(name)}" if not name.endswith("/") else f"{id(name)}{name}")
    with engine_server.connect(station.charge_box_id) as wire:
        assert wire.ask(2, "1", "Heartbeat", {})[0] == 3
        with transaction() as db:
            assert db.get(Station, station.id).online
