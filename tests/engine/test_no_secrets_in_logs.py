"""The log of the process says what went wrong, and nothing of what a station said that could be a secret."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from domain import clock
from domain.db import get_engine
from domain.models import CommandState
from domain.reports import CommandReport, DataTransferReport
from domain.stations import Connection
from engine.outbox import STRANGE, Outbox
from engine.rpc import Result

SECRET = "s3cr3t-s3cr3t-s3cr3t"
TOLD = {"configurationKey": [{"key": "AuthorizationKey", "readonly": False, "value": SECRET}]}


class Nobody:
    """A line to which nothing is sent."""

    def send(self, text: str) -> None:
        raise AssertionError(text)


def test_an_answer_that_comes_twice() -> None:
    outbox = Outbox(Connection(1, 1), Nobody(), submit=pytest.fail, note=pytest.fail)
    with capture_logs() as logged:
        assert outbox.hear(Result("17", TOLD)) == (None, STRANGE)
    assert logged == [{"event": "an answer to no question was ignored", "log_level": "info", "message_id": "17"}]


def test_a_report_that_cannot_be_stored() -> None:
    answered = CommandReport(17, CommandState.ACCEPTED, None, TOLD, clock.now(), TOLD)
    assert SECRET not in repr(answered)
    assert SECRET not in repr(DataTransferReport(1, clock.now(), "vendor", None, f"password={SECRET}"))


def test_an_error_of_the_database(db: Session) -> None:
    with get_engine().connect() as connection, pytest.raises(DataError) as caught:
        connection.execute(text("SELECT 1 / length(:told)"), {"told": ""})
    assert "parameters hidden" in str(caught.value)
