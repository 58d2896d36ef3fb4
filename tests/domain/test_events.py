"""What the event log keeps of what stations tell."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.events import record_data_transfer, record_security_event
from domain.models import Event, Station
from domain.reports import DataTransferReport, SecurityReport
from domain.secret_parameters import MASK
from tests.domain.conftest import NINE

SAID = '[2,"7","ChangeConfiguration",{{"key":"AuthorizationKey","value":"{}"}}]'


def test_a_secret_that_a_station_repeats_is_not_kept(db: Session, station: Station) -> None:
    record_data_transfer(db, DataTransferReport(station.id, NINE, "vendor", None, SAID.format("s3cr3t")))
    record_security_event(db, SecurityReport(station.id, NINE, "InvalidPassword", NINE, "password=s3cr3t of station"))
    transferred, told = db.scalars(select(Event.details).order_by(Event.id))
    assert transferred["data"] == SAID.format(MASK)
    assert told["info"] == f"password={MASK} of station"
