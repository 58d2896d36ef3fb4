"""What a station tells of its firmware and its logs, and to which command that belongs."""

import pytest
from sqlalchemy import select

from domain import commands, live, progress
from domain.models import Action, Command, CommandReason, CommandState, Progress, Station
from domain.reports import CommandReport, FirmwareReport, LogReport
from tests.domain.conftest import after
from tests.happened import unusual

ACCEPTED = CommandState.ACCEPTED


@pytest.fixture
def asked(db, station):
    """Makes a command of this kind that came as far as that."""

    def make(action=Action.UPDATE_FIRMWARE, state=ACCEPTED, reason=None, at=station):
        at.online = True
        command = commands.make(db, at, action, {}, None, after(0))
        command.state = state
        command.reason = reason
        db.flush()
        return command

    return make


@pytest.fixture
def tell(db, station):
    """The station says how far it is, a minute after what it said before."""
    minute = 0

    def say(word, report=FirmwareReport, command_id=None, action=Action.GET_LOG):
        nonlocal minute
        minute += 1
        told = (station.id, after(minute), word, command_id)
        if report is FirmwareReport:
            progress.tell_firmware(db, FirmwareReport(*told))
        else:
            progress.tell_log(db, LogReport(*told, action))
        db.flush()

    return say


def told_of(db, command):
    db.refresh(command)
    return command.progress, command.progress_at


def events(db):
    return [(event.kind, event.happened_at, event.details) for event in unusual(db)]


def firmware(minutes, status, command_id):
    return "firmware_status", after(minutes), {"status": status, "command_id": command_id}


def test_an_update_from_the_download_to_the_end(db, asked, tell):
    older, command = asked(), asked()
    for word in (Progress.DOWNLOADING, Progress.DOWNLOADING, Progress.DOWNLOADED, Progress.INSTALLING):
        tell(word)
    assert told_of(db, command) == ("installing", after(4))
    tell(Progress.INSTALLED)
    tell(Progress.IDLE)  # As after a restart.
    tell(Progress.DOWNLOADING)  # Of something that nobody here asked for.

    assert told_of(db, command) == ("installed", after(5))
    assert told_of(db, older) == (None, None)
    assert events(db) == [
        firmware(1, "downloading", command.id),
        firmware(3, "downloaded", command.id),
        firmware(4, "installing", command.id),
        firmware(5, "installed", command.id),
    ]


def test_a_station_tries_again_and_idle_hides_no_failure(db, asked, tell):
    command = asked()
    tell(Progress.DOWNLOAD_FAILED)
    tell(Progress.IDLE)
    assert told_of(db, command) == ("download_failed", after(1))
    tell(Progress.DOWNLOADING)
    assert told_of(db, command) == ("downloading", after(3))
    tell(Progress.IDLE)
    assert told_of(db, command) == ("idle", after(4))


def test_who_looks_hears_of_it(db, asked, tell, station, monkeypatch):
    command = asked()
    db.commit()
    told = []
    monkeypatch.setattr(live, "_publisher", told.append)
    tell(Progress.DOWNLOADING)
    db.commit()
    assert told == [
        b'[{"kind":"command","id":%d,"site_id":%d,"station_id":%d,"batch_id":null,"user_id":null}]'
        % (command.id, station.site_id, station.id)
    ]


@pytest.mark.parametrize(
    ("state", "reason", "reached"),
    [
        (CommandState.QUEUED, None, False),
        (CommandState.SENT, None, True),
        (CommandState.ACCEPTED, None, True),
        (CommandState.REJECTED, None, False),
        (CommandState.TIMED_OUT, CommandReason.NO_ANSWER, True),
        (CommandState.FAILED, CommandReason.LINE_LOST, True),
        (CommandState.FAILED, CommandReason.OFFLINE, False),
        (CommandState.FAILED, CommandReason.REFUSED, False),
    ],
    ids=str,
)  # fmt: skip
def test_only_what_reached_the_station_makes_progress(db, asked, tell, state, reason, reached):
    command = asked(state=state, reason=reason)
    tell(Progress.DOWNLOADING)
    assert told_of(db, command)[0] == ("downloading" if reached else None)
    assert events(db) == [firmware(1, "downloading", command.id if reached else None)]


def test_the_answer_of_the_station_leaves_the_progress(db, asked, tell):
    command = asked(state=CommandState.SENT)
    tell(Progress.DOWNLOADING)
    commands.complete(db, CommandReport(command.id, ACCEPTED, None, {}, after(2), {}))
    assert told_of(db, command)[0] == "downloading"


def test_a_number_means_exactly_that_command(db, asked, tell, station):
    older, newer = asked(), asked()
    log = asked(Action.GET_LOG)
    other = Station(site_id=station.site_id, name="other", charge_box_id=f"{station.charge_box_id}-other")
    db.add(other)
    db.flush()
    strange = asked(at=other)
    tell(Progress.DOWNLOADING, command_id=older.id)
    assert (told_of(db, older)[0], told_of(db, newer)[0]) == ("downloading", None)

    unknown = (strange.id, log.id, 0, -1, 2**63, 2**64)
    for command_id in (*unknown, *unknown):
        tell(Progress.INSTALLING, command_id=command_id)
    assert [told_of(db, command)[0] for command in (older, newer, log, strange)] == ["downloading", None, None, None]
    assert events(db)[1:] == [firmware(2 + n, "installing", command_id) for n, command_id in enumerate(unknown)]


def test_diagnostics_and_a_log_at_once_are_told_apart(db, asked, tell):
    diagnostics, log = asked(Action.GET_DIAGNOSTICS), asked(Action.GET_LOG)
    asked(Action.UPDATE_FIRMWARE)
    for word in (Progress.UPLOADING, Progress.UPLOAD_FAILED, Progress.UPLOADING):
        tell(word, LogReport, action=Action.GET_DIAGNOSTICS)
    tell(Progress.UPLOADING, LogReport)
    for word in (Progress.UPLOADED, Progress.IDLE):
        tell(word, LogReport, action=Action.GET_DIAGNOSTICS)
    assert (told_of(db, diagnostics), told_of(db, log)) == (("uploaded", after(5)), ("uploading", after(4)))
    assert db.scalars(select(Command.progress).order_by(Command.id)).all() == ["uploaded", "uploading", None]
    assert events(db) == []


def test_a_log_that_nobody_asked_for_is_an_event_once_an_hour(db, tell):
    for word in (Progress.UPLOADING, Progress.UPLOADING, Progress.UPLOADED):
        tell(word, LogReport)
    assert events(db) == [
        ("log_status", after(1), {"status": "uploading", "command_id": None}),
        ("log_status", after(3), {"status": "uploaded", "command_id": None}),
    ]
