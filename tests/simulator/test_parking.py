"""The simulated provider of parking payment, by itself."""

import time
from collections.abc import Iterator

import pytest

from domain.services import signing
from simulator.parking import ParkingProvider

BODY = b'{"id": "1", "type": "parking.final", "data": {"reference": "EP-17"}}'


@pytest.fixture
def provider() -> Iterator[ParkingProvider]:
    made = ParkingProvider("http://127.0.0.1:1", "token", signing.new_secret())
    yield made
    made.close()


def signed(provider: ParkingProvider, at: float, body: bytes = BODY) -> dict[str, str]:
    return signing.headers(provider.secret, "1", int(at), body)


def test_it_takes_what_the_portal_signs_and_each_message_once(provider: ParkingProvider) -> None:
    for _ in range(2):
        assert provider.hear(signed(provider, time.time()), BODY) == 200
    assert (len(provider.messages("EP-17")), provider.told.repeated) == (1, 1)
    assert provider.wait_for("EP-17", "parking.final", 1)["id"] == "1"


def test_it_takes_nothing_else(provider: ParkingProvider) -> None:
    now = time.time()
    for headers, body in (
        ({}, BODY),
        (signed(provider, now), BODY + b" "),
        (signed(provider, now - 301), BODY),
        (signed(provider, now) | {"Webhook-Id": "2"}, BODY),
        (signing.headers(signing.new_secret(), "1", int(now), BODY), BODY),
    ):
        assert provider.hear(headers, body) == 401
    assert provider.told.messages == []
    with pytest.raises(TimeoutError):
        provider.wait_for("EP-17", "parking.final", 0.01)
