"""What a process does every few seconds with the lines it holds, at a clock that stands still."""

from datetime import UTC, datetime, timedelta

import pytest

from domain import clock
from domain.reports import SeenReport, Sighting
from domain.stations import Connection
from engine.connections import REMOVED, REPLACED, Connections

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)


class FakeLine:
    def __init__(self) -> None:
        self.heard_at = NINE
        self.said: list[object] = []

    def ping(self) -> None:
        self.said.append("ping")

    def close(self, code: int, reason: str) -> None:
        self.said.append((code, reason))

    def found_dead(self) -> None:
        self.said.append("dead")


class Told:
    """Stands for the database: which stations it takes as held by us."""

    def __init__(self) -> None:
        self.reports: list[object] = []
        self.newest: set[int] = set()

    def submit(self, report: object) -> set[int]:
        self.reports.append(report)
        return self.newest


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def connections(told):
    return Connections(told.submit, lambda message: None, lambda *call: None)


@pytest.mark.parametrize(("seconds", "said"), [(25, []), (26, ["ping"]), (55, ["ping"]), (56, ["dead"])], ids=str)
def test_a_silent_line_is_pinged_and_a_dead_one_dropped(connections, monkeypatch, seconds, said):
    line = FakeLine()
    connections.hold(Connection(1, 1), line)
    monkeypatch.setattr(clock, "now", lambda: NINE + timedelta(seconds=seconds))
    connections.tend()
    assert line.said == said


def test_the_database_is_told_of_those_that_were_heard_and_those_it_refuses_close(connections, told, monkeypatch):
    lines = [FakeLine() for _ in range(3)]
    for number, line in enumerate(lines):
        connections.hold(Connection(number, 7), line)
    heard_at = NINE + timedelta(seconds=1)
    lines[0].heard_at = lines[1].heard_at = heard_at
    monkeypatch.setattr(clock, "now", lambda: heard_at)
    told.newest = {0}

    connections.tend()
    assert told.reports == [SeenReport((Sighting(0, 7, heard_at), Sighting(1, 7, heard_at)))]
    assert [line.said for line in lines] == [[], [(1008, REMOVED)], []]

    connections.tend()
    assert len(told.reports) == 1


def test_an_older_connection_never_replaces_a_newer(connections):
    old, new = FakeLine(), FakeLine()
    connections.hold(Connection(1, 2), new)
    connections.hold(Connection(1, 1), old)
    connections.hear(b"[1,1]")
    connections.hear(b"[1,2]")
    assert (old.said, new.said) == ([(1008, REPLACED)], [])
    connections.hear(b"[1,3]")
    assert new.said == [(1008, REPLACED)]
