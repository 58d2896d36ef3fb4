"""The mode of an outlet holds in every version and at each of the three doors: a tag that is shown, a charge that
begins, and a start from afar."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from domain import asking, clock
from domain.asking import ParametersError
from domain.models import Action, ChargingSession, IdToken, Outlet, OutletMode, Station
from domain.protocols import Protocol
from ocpp_soap.v12 import V12
from ocpp_soap.v15 import V15
from ocpp_soap.v16 import V16
from tests.engine.conftest import make_station, numbers
from tests.engine.soap.caller import Caller

SOAP = {Protocol.OCPP12: V12, Protocol.OCPP15: V15, Protocol.OCPP16_SOAP: V16}
STATUSES = {
    "known": "Accepted",
    "unknown": "Invalid",
    "blocked": "Blocked",
    "expired": "Expired",
    "not_yet_valid": "Blocked",
}
"""Each kind of tag, and what an outlet says to it that asks for one (OCPP 1.6, 7.2)."""
REFUSALS = {
    "unknown": "tag_invalid",
    "blocked": "tag_blocked",
    "expired": "tag_expired",
    "not_yet_valid": "tag_not_yet_valid",
}
ANONYMOUS, BY_TAG = 0, 1


@pytest.fixture
def tags(transaction: Any) -> dict[str, str]:
    """One of each kind, as it is sent."""
    # Digits alone, so that a reader of any kind sends them alike.
    sent = {kind: f"{next(numbers) + 70_000_000}" for kind in STATUSES}
    hour = timedelta(hours=1)
    fields = {
        "known": {},
        "blocked": {"blocked": True},
        "expired": {"expires_at": clock.now() - hour},
        "not_yet_valid": {"valid_from_at": clock.now() + hour},
    }
    with transaction() as db:
        db.add_all(IdToken(token=sent[kind], **of_kind) for kind, of_kind in fields.items())
    return sent


@pytest.fixture
def told(engine_server: Any, transaction: Any, request: pytest.FixtureRequest) -> Any:
    """A station that speaks the version, at an outlet of the mode; it tells and returns what it is answered."""
    protocol, mode = request.param
    station = make_station(transaction, f"modes-{next(numbers)}")
    with transaction() as db:
        db.query(Outlet).filter_by(station_id=station.id).update({"mode": mode})
    if protocol is Protocol.OCPP16:
        with engine_server.connect(station.charge_box_id) as wire:
            yield station, mode, lambda action, **payload: wire.ask(2, action, action, payload)[2]
    else:
        yield station, mode, Caller(engine_server, station.charge_box_id, SOAP[protocol]).tell


def status_of(answer: dict[str, Any]) -> str:
    return str(answer["idTagInfo"]["status"])


@pytest.mark.parametrize("told", product(Protocol, OutletMode), indirect=True, ids=lambda each: f"{each[0]} {each[1]}")
def test_the_mode_holds(told: Any, tags: dict[str, str], transaction: Any) -> None:
    station, mode, tell = told
    for kind, token in tags.items():
        expected = "Accepted" if mode is OutletMode.OPEN else STATUSES[kind]
        assert status_of(tell("Authorize", idTag=token)) == expected, kind

        start = {"connectorId": 1, "idTag": token, "meterStart": 0, "timestamp": clock.now().isoformat()}
        started = tell("StartTransaction", **start)
        assert status_of(started) == expected, kind
        with transaction() as db:
            charge = db.query(ChargingSession).filter_by(id=started["transactionId"]).one()
            assert charge.authorization == (BY_TAG if kind == "known" else ANONYMOUS), kind
            assert ("token_refused" in charge.review_reasons) == (expected != "Accepted"), kind

        assert _from_afar(transaction, station.id, token) == (None if expected == "Accepted" else REFUSALS[kind]), kind


def _from_afar(transaction: Any, station_id: int, token: str) -> str | None:
    """Why a start from afar is refused, alike with an outlet and where the station chooses one."""
    reasons = set()
    for place in ({"outlet": 1}, {}):
        with transaction() as db:
            station = db.get_one(Station, station_id)
            station.online = True
            try:
                asking.ask(db, station, Action.REMOTE_START, {"id_token": token, **place}, None, clock.now())
                reasons.add(None)
            except ParametersError as error:
                reasons.add(error.problems["id_token"][0].word)
            db.rollback()
    (reason,) = reasons
    return reason
