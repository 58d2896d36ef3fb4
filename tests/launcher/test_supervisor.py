"""The supervisor with programs that misbehave."""

import sys
import time
from pathlib import Path

import pytest

from launcher.errors import LaunchError
from launcher.processes import Program
from launcher.supervisor import PROGRAMS_STOP_SECONDS, Supervisor
from launcher.waiting import StopRequested
from tests.fixtures.alone import alone


def program(script: str) -> Program:
    return Program("example", [sys.executable, "-c", script])


def test_what_a_program_prints_is_returned_and_what_it_complains_of_is_logged(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        said = supervisor.run(program("import sys; print('a result'); print('a complaint', file=sys.stderr)"))
    assert said == "a result\n"
    assert (tmp_path / "example.log").read_text() == "a complaint\n"


def test_the_last_words_of_a_program_that_failed_are_told(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor, pytest.raises(LaunchError, match=r"\Abecause of this\Z"):
        supervisor.run(program("raise SystemExit('because of this')"))


def test_a_program_that_ends_at_its_start_is_not_waited_for(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(program("raise SystemExit('no licence')"))
        with pytest.raises(LaunchError) as raised:
            supervisor.wait_until_ready("It", lambda: "does not answer", seconds=60)
    assert str(raised.value) == "example ended at its start:\nno licence"


def test_it_says_what_it_waited_for_in_vain(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor, pytest.raises(LaunchError) as raised:
        supervisor.wait_until_ready("It", lambda: "does not answer", seconds=0.1)
    assert str(raised.value) == "It is not ready after 0 s (does not answer)."


THIRD_START_STOPS_ALL = """
import os, signal, pathlib
starts = pathlib.Path("starts")
starts.write_text((starts.read_text() if starts.exists() else "") + "x")
if starts.read_text() == "xxx":
    os.kill(os.getppid(), signal.SIGTERM)
"""


def test_the_pauses_before_another_start_grow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(Program("example", [sys.executable, "-c", THIRD_START_STOPS_ALL], directory=tmp_path))
        with pytest.raises(StopRequested):
            supervisor.watch()
    log = tmp_path / "example.log"
    assert capsys.readouterr().err == (
        f"example ended; it starts again in 1 s ({log}).\nexample ended; it starts again in 2 s ({log}).\n"
    )


def test_a_program_that_will_not_stop_is_ended_by_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    log = tmp_path / "example.log"
    with alone(), Supervisor(tmp_path) as supervisor:
        supervisor.start(program(deaf))
        supervisor.wait_until_ready("It", lambda: "" if log.read_text() else "hears us still", seconds=60)
        stopped_at = time.monotonic()
    assert time.monotonic() - stopped_at < PROGRAMS_STOP_SECONDS + 1
    assert capsys.readouterr().err == "example did not stop in time and was ended by force.\n"
