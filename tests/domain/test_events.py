"""What the event log keeps of what stations tell."""

from sqlalchemy.orm import Session

from domain.events import record_data_transfer, record_security_event
from domain.models import Station
from domain.reports import DataTransferReport, SecurityReport
from domain.secret_parameters import MASK
from tests.domain.conftest import NINE
from tests.happened import unusual

SAID = '[2,"7","ChangeConfiguration",{{"key":"AuthorizationKey","value":"{}"}}]'


def test_a_secret_that_a_station_repeats_is_not_kept(db: Session, station: Station) -> None:
    record_data_transfer(db, DataTransferReport(station.id, NINE, "vendor", None, SAID.format("s3cr3t")))
    record_security_event(db, SecurityReport(station.id, NINE, "InvalidPassword", NINE, "password=s3cr3t of station"))
    transferred, told = (event.details for event in unusual(db))
    assert transferred["data"] == SAID.format(MASK)
    assert told["info"] == f"password={MASK} of station"
