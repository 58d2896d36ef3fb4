"""The log of a process, as it writes it: in a process of its own, since logging is set up once for all."""

import json
import subprocess
import sys
from typing import Any

import pytest

from domain import log
from tests.fixtures.environment import ROOT, without_settings

OURS = """
import logging, structlog
from domain import log
log.configure("web", {level!r}, {style!r})
mine, theirs = structlog.get_logger("engine.line"), logging.getLogger("others")
"""


def written(program: str, style: str = "json", level: str = "INFO") -> list[str]:
    command = [sys.executable, "-c", OURS.format(style=style, level=level) + program]
    done = subprocess.run(command, cwd=ROOT, env=without_settings(), capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def entries(program: str, level: str = "INFO") -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(program, level=level)]


def test_each_entry_is_a_line_of_json_whoever_writes_it() -> None:
    ours, others = entries(
        "log.begin('request-1', user_id=7)\nmine.info('a station was refused', reason='a\\nb')\n"
        "theirs.warning('%s is away', 'Redis')"
    )
    assert list(ours)[:6] == ["time", "level", "process", "pid", "logger", "message"]
    assert (ours["level"], ours["process"], ours["logger"]) == ("info", "web", "engine.line")
    assert (ours["message"], ours["reason"]) == ("a station was refused", "a\nb")
    assert (ours["request_id"], ours["user_id"]) == ("request-1", 7)
    assert (others["level"], others["logger"], others["message"]) == ("warning", "others", "Redis is away")
    assert (others["request_id"], others["user_id"]) == ("request-1", 7)


def test_what_failed_is_told_with_where() -> None:
    program = "try:\n    1 / 0\nexcept ZeroDivisionError:\n    {}.exception('it failed')"
    for logger in ("mine", "theirs"):
        [entry] = entries(program.format(logger))
        assert entry["message"] == "it failed" and "ZeroDivisionError" in entry["exception"]


def test_what_is_no_json_is_told_in_words() -> None:
    [entry] = entries("mine.info('x', at=__import__('datetime').timedelta(1), raw=b'a', of={1: object})")
    assert (entry["at"], entry["raw"]) == ("1 day, 0:00:00", "b'a'")


def test_others_are_heard_from_warnings_on() -> None:
    program = "theirs.info('an e-mail')\nmine.debug('deep')\nmine.info('high')"
    assert [entry["message"] for entry in entries(program)] == ["high"]
    assert [entry["message"] for entry in entries(program, level="DEBUG")] == ["deep", "high"]
    assert entries(program, level="WARNING") == []


def test_in_words_no_line_of_others_looks_like_an_entry() -> None:
    fake = "2026-11-29T00:00:00Z info"
    program = f"mine.info('first\\n{fake} second', said='a\\n{fake}')\ntry:\n    1 / 0\nexcept Exception:\n"
    lines = written(program + "    mine.exception('it failed', station='CP-1')", style="text")
    assert " info    web[" in lines[0] and f"engine.line: first said='a\\n{fake}'" in lines[0]
    assert lines[1] == f"    {fake} second"
    assert lines[2].endswith("engine.line: it failed station='CP-1'") and lines[-1].startswith("    ZeroDivisionError")


GOOD = ("01890a5d-ac96-774b-bcce-b302099a8057", "4bf92f3577b34da6a3ce929d0e0e4736", "run.7_x-1")
BAD = (None, "", "short", "x" * 65, "x" * 10_000, "a-good-one\n", "a-good\none", "né-a-letter", "<b>number</b>")


@pytest.mark.parametrize("good", GOOD)
def test_a_number_from_before_us_is_kept(good: str) -> None:
    assert log.begin(good) == log.request_id() == good


@pytest.mark.parametrize("bad", BAD)
def test_one_that_is_not_well_formed_is_replaced(bad: str | None) -> None:
    made = log.begin(bad)
    assert made == log.request_id() != bad and len(made) == 32
    assert log.begin(bad) != made
