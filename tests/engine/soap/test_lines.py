"""What a process keeps of stations that only call, at a clock that stands still."""

from datetime import UTC, datetime, timedelta

import gevent
import pytest

from domain import clock, queue
from domain.reports import CallReport
from domain.station_passwords import Refusal
from domain.stations import Connection
from engine.connections import Connections
from engine.soap_lines import ASKED_AGAIN_AFTER, Caller, SoapLine, SoapLines
from engine.versions import OVER_SOAP

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
STATION = Caller("CB-1", OVER_SOAP["ocpp1.5"], "192.0.2.1", ("key",), "http://192.0.2.1/")


class Told:
    """Stands for the database: what is asked of it, and what it says."""

    def __init__(self) -> None:
        self.asked: list[CallReport] = []
        self.says: Connection | Refusal | None = Connection(1, 5)

    def submit(self, report):
        if not isinstance(report, CallReport):
            return {1}
        self.asked.append(report)
        return self.says


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def connections(told):
    return Connections(told.submit, lambda message: None, lambda *call: None)


@pytest.fixture
def lines(told, connections):
    return SoapLines(told.submit, connections)


@pytest.fixture(autouse=True)
def jobs(monkeypatch):
    queued = []
    monkeypatch.setattr(queue, "enqueue", lambda *job: queued.append(job))
    return queued


def later(monkeypatch, seconds):
    monkeypatch.setattr(clock, "now", lambda: NINE + timedelta(seconds=seconds))


def test_the_database_is_asked_once_for_what_comes_within_seconds(lines, told, monkeypatch):
    later(monkeypatch, 0)
    line = lines.line_of(STATION)
    assert isinstance(line, SoapLine)
    later(monkeypatch, ASKED_AGAIN_AFTER.total_seconds() - 1)
    assert lines.line_of(STATION) is line
    assert len(told.asked) == 1
    later(monkeypatch, ASKED_AGAIN_AFTER.total_seconds())
    assert lines.line_of(STATION) is line
    assert len(told.asked) == 2


@pytest.mark.parametrize(
    "other",
    [
        Caller("CB-1", OVER_SOAP["ocpp1.5"], "192.0.2.1", ("another",), "http://192.0.2.1/"),
        Caller("CB-1", OVER_SOAP["ocpp1.5"], "192.0.2.1", None, "http://192.0.2.1/"),
        Caller("CB-1", OVER_SOAP["ocpp1.5"], "192.0.2.2", ("key",), "http://192.0.2.1/"),
        Caller("CB-1", OVER_SOAP["ocpp1.2"], "192.0.2.1", ("key",), "http://192.0.2.1/"),
        Caller("CB-1", OVER_SOAP["ocpp1.5"], "192.0.2.1", ("key",), "http://192.0.2.9/"),
    ],
    ids=["password", "none", "address", "version", "endpoint"],
)
def test_whoever_comes_otherwise_is_asked_for(lines, told, monkeypatch, other):
    later(monkeypatch, 0)
    lines.line_of(STATION)
    told.says = Refusal.WRONG
    assert lines.line_of(other) is Refusal.WRONG
    assert len(told.asked) == 2


def test_a_refusal_is_never_remembered(lines, told, monkeypatch):
    later(monkeypatch, 0)
    for says in (Refusal.WRONG, None, Refusal.LOCKED):
        told.says = says
        assert lines.line_of(STATION) is says
    assert len(told.asked) == 3


def test_a_newer_connection_ends_it_and_it_is_let_in_anew(lines, told, connections, monkeypatch):
    later(monkeypatch, 0)
    line = lines.line_of(STATION)
    connections.hear(b"[1,6]")
    told.says = Connection(1, 7)
    assert lines.line_of(STATION) is not line
    assert [report.charge_box_id for report in told.asked] == ["CB-1", "CB-1"]


def test_one_that_is_silent_leaves_nothing_behind(lines, connections, monkeypatch):
    later(monkeypatch, 0)
    lines.line_of(STATION)
    later(monkeypatch, 56)
    connections.tend()
    assert (lines._lines, connections._held) == ({}, {})


def test_what_waits_for_it_is_called_for(lines, told, monkeypatch, jobs):
    later(monkeypatch, 0)
    told.says = Connection(1, 5, commands_wait=True)
    lines.line_of(STATION)
    gevent.sleep(0)
    assert jobs == [(queue.CALL_STATIONS, [1])]
    later(monkeypatch, ASKED_AGAIN_AFTER.total_seconds())
    lines.line_of(STATION)
    gevent.sleep(0)
    assert jobs == [(queue.CALL_STATIONS, [1])] * 2
