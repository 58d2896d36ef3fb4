"""A charge that its driver asked for from the portal is App (2) in every version, whether or not the station asks about
the tag before it begins (OCPP 1.6, 5.11, AuthorizeRemoteTxRequests)."""

from itertools import product
from typing import Any

import pytest

from domain import clock, remote_charging
from domain.models import (
    Authorization,
    ChargingSession,
    Command,
    CommandState,
    IdToken,
    Outlet,
    PortalUser,
    Station,
)
from domain.protocols import Protocol
from domain.statuses import OutletStatus
from tests.engine.conftest import make_station, numbers
from tests.engine.soap.caller import Caller
from tests.engine.test_outlet_modes import SOAP


@pytest.fixture
def told(engine_server: Any, transaction: Any, request: pytest.FixtureRequest) -> Any:
    """A station that speaks the version; it tells and returns what it is answered."""
    station = make_station(transaction, f"app-{next(numbers)}")
    if request.param is Protocol.OCPP16:
        with engine_server.connect(station.charge_box_id) as wire:
            yield station, lambda action, **payload: wire.ask(2, f"{action}{next(numbers)}", action, payload)[2]
    else:
        yield station, Caller(engine_server, station.charge_box_id, SOAP[request.param]).tell


def begin(tell: Any, token: str, meter_wh: int) -> int:
    at = clock.now().isoformat()
    started = tell("StartTransaction", connectorId=1, idTag=token, meterStart=meter_wh, timestamp=at)
    assert started["idTagInfo"]["status"] == "Accepted"
    number = int(started["transactionId"])
    tell("StopTransaction", transactionId=number, meterStop=meter_wh, timestamp=clock.now().isoformat())
    return number


@pytest.mark.parametrize(
    ("told", "asks_first"), list(product(Protocol, (True, False))), indirect=["told"], ids=lambda each: str(each)
)
def test_it_is_app_once_and_then_rfid_again(told: Any, transaction: Any, asks_first: bool) -> None:
    station, tell = told
    token = f"{next(numbers) + 60_000_000}"
    tell("Heartbeat")
    with transaction() as db:
        name = f"app{token}@example.com"
        user = PortalUser(first_name="E", last_name="D", username=name, email=name, active=True, password="-")
        db.add(user)
        db.flush()
        db.add(tag := IdToken(token=token, user_id=user.id))
        outlet = db.query(Outlet).filter_by(station_id=station.id, number=1).one()
        outlet.status = OutletStatus.AVAILABLE
        db.get_one(Station, station.id).online = True
        db.flush()
        command = remote_charging.start(db, user.id, outlet.id, tag.id, clock.now())
        assert command is not None
        command.state, command.sent_at, command.answered_at = CommandState.ACCEPTED, clock.now(), clock.now()
        command_id = command.id

    if asks_first:
        assert tell("Authorize", idTag=token)["idTagInfo"]["status"] == "Accepted"
    asked, shown = begin(tell, token, 0), begin(tell, token, 10)
    with transaction() as db:
        kinds = {each.id: each.authorization for each in db.query(ChargingSession).filter_by(node_id=station.id)}
        assert kinds == {asked: Authorization.APP, shown: Authorization.RFID}
        assert db.get_one(Command, command_id).charging_session_id == asked
