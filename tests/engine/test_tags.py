"""Tags in whatever form stations send them: whole conversations with the running engine."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from domain.id_tokens import TagByteOrder, TagDigits
from domain.models import ChargingSession, IdToken, Site, Station
from tests.happened import unusual

NEXT_SERIAL = iter(range(0xA0B0C0D0, 0xFFFFFFFF, 0x01010101))


@pytest.fixture
def uid(transaction):
    """Four bytes with letters in hexadecimal, registered in decimal as the manual prefers."""
    uid = next(NEXT_SERIAL).to_bytes(4)
    with transaction() as db:
        db.add(IdToken(token=str(int.from_bytes(uid)), parent_token="FLEET-7"))
    return uid


def asker(wire):
    """Presents a tag; the whole answer but for its frame."""

    def ask(token):
        kind, unique_id, payload = wire.ask(2, f"tag {token}", "Authorize", {"idTag": token})
        assert (kind, unique_id) == (3, f"tag {token}")
        return payload

    return ask


ACCEPTED = {"idTagInfo": {"status": "Accepted", "parentIdTag": "FLEET-7"}}
INVALID = {"idTagInfo": {"status": "Invalid"}}


def test_a_tag_that_is_registered_in_decimal_charges_in_hexadecimal(engine_server, transaction, station, uid):
    with engine_server.connect(station.charge_box_id) as wire:
        ask = asker(wire)
        for sent in (uid.hex(), uid.hex().upper(), uid.hex(":"), f"0x{uid.hex()}", str(int.from_bytes(uid))):
            assert ask(sent) == ACCEPTED

        sent = uid.hex(" ").upper()
        start = {"connectorId": 1, "idTag": sent, "meterStart": 0, "timestamp": "2026-11-22T10:00:00Z"}
        started = wire.ask(2, "start", "StartTransaction", start)
        number = started[2]["transactionId"]
        assert started == [3, "start", {**ACCEPTED, "transactionId": number}]
        stop = {"transactionId": number, "idTag": uid.hex(), "meterStop": 9, "timestamp": "2026-11-22T10:10:00Z"}
        assert wire.ask(2, "stop", "StopTransaction", stop) == [3, "stop", ACCEPTED]

    with transaction() as db:
        row = db.scalars(select(ChargingSession).filter_by(id=number)).one()
        assert (row.authorization, row.id_token, row.review_reasons) == (1, sent, [])


def test_an_unknown_tag_that_is_known_reversed_is_refused_and_leaves_one_hint(engine_server, transaction, station, uid):
    backwards = uid[::-1].hex().upper()
    with engine_server.connect(station.charge_box_id) as wire:
        ask = asker(wire)
        for _swipe in range(3):
            assert ask(backwards) == INVALID
        start = {"connectorId": 1, "idTag": backwards, "meterStart": 0, "timestamp": "2026-11-22T10:00:00Z"}
        started = wire.ask(2, "start", "StartTransaction", start)
        assert started == [3, "start", {**INVALID, "transactionId": started[2]["transactionId"]}]
        assert ask("0BADCAFE") == INVALID

    with transaction() as db:
        assert [(event.kind, event.site_id, event.details) for event in unusual(db, station_id=station.id)] == [
            ("tag_known_otherwise", station.site_id, {"id_token": backwards, "tag_byte_order": "reversed"})
        ]


@pytest.mark.parametrize("level", [Station, Site])
def test_a_station_that_is_said_to_reverse_the_bytes(engine_server, transaction, station, uid, level):
    with transaction() as db:
        node_id = station.id if level is Station else station.site_id
        db.get(level, node_id).tag_byte_order = TagByteOrder.REVERSED
    with engine_server.connect(station.charge_box_id) as wire:
        ask = asker(wire)
        assert ask(uid[::-1].hex()) == ACCEPTED
        assert ask(uid.hex()) == INVALID

    with transaction() as db:
        assert [event.details for event in unusual(db, station_id=station.id)] == [
            {"id_token": uid.hex(), "tag_byte_order": "as_printed"}
        ]


def test_a_station_that_is_said_to_send_hexadecimal(engine_server, transaction, station):
    """The change holds for the next swipe, without a restart."""
    with transaction() as db:
        db.add(IdToken(token="04:12:34:56"))
    with engine_server.connect(station.charge_box_id) as wire:
        ask = asker(wire)
        assert ask("04123456") == INVALID
        with transaction() as db:
            db.get(Station, station.id).tag_digits = TagDigits.HEXADECIMAL
        assert ask("04123456") == {"idTagInfo": {"status": "Accepted"}}


def test_a_tag_that_is_not_valid_yet(engine_server, transaction, station):
    with transaction() as db:
        db.add(IdToken(token="NEXT-CENTURY", valid_from_at=datetime(2100, 1, 1, tzinfo=UTC), parent_token="FLEET-7"))
    with engine_server.connect(station.charge_box_id) as wire:
        assert asker(wire)("next-century") == {"idTagInfo": {"status": "Blocked"}}
