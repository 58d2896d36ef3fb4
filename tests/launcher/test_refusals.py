"""What is wrong outside the program is said in one sentence, with an exit code other than 0 and no traceback."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.environment import ROOT, VALKEY_URL, without_settings
from tests.waiting import LONGEST_SECONDS

NOBODY = "127.0.0.1:1"
SMTP_URLS = "smtp://user:password@host:587 or smtps://user:password@host"
REFUSED = 'connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused'
REDIS_REFUSED = f"Error 111 connecting to {NOBODY}. Connection refused"


def refusal(directory: Path, **settings: str) -> str:
    """What a start says that must fail."""
    done = subprocess.run(
        [sys.executable, "-m", "launcher", "run"],
        cwd=directory,
        env=without_settings() | {"DATA_DIR": str(directory), "PORT": "1024", "PYTHONPATH": str(ROOT)} | settings,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"PORT": "web"},
            "The setting PORT is wrong: input should be a valid integer, unable to parse string as an integer.",
        ),
        ({"PORT": "70000"}, "The setting PORT is wrong: input should be less than or equal to 65535."),
        ({"PUBLIC_URL": "charge.example.com"}, "The setting PUBLIC_URL is wrong: must begin with http:// or https://."),
        ({"DATABASE_URL": "mysql://u:secret@h/d"}, "The setting DATABASE_URL is wrong: must begin with postgresql://."),
        *(
            ({"SMTP_URL": wrong}, f"The setting SMTP_URL is wrong: must look like {SMTP_URLS}.")
            for wrong in ("mail.example.com", "http://u:secret@h", "smtp://", "smtp://u:secret/1@h", "smtp://h:99999")
        ),
        (
            {"MAIL_FROM": "Charge <a@example.com>"},
            "The setting MAIL_FROM is wrong: must be an e-mail address, such as charging@example.com.",
        ),
        ({"DATA_DIR": "/proc/no"}, "DATA_DIR /proc/no cannot be used: No such file or directory."),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, settings: dict[str, str], sentence: str) -> None:
    assert refusal(tmp_path, **settings) == f"{sentence}\n"


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        port = other.getsockname()[1]
        assert refusal(tmp_path, PORT=str(port)) == f"Port {port} is in use: stop what uses it or set PORT.\n"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"DATABASE_URL": f"postgres://portal:secret@{NOBODY}/portal"},
            f"The database at {NOBODY} (DATABASE_URL) does not answer: {REFUSED}.",
        ),
        (
            {"DATABASE_URL": "postgresql://portal:secret@host:port/portal"},
            "The setting DATABASE_URL is wrong: it is no address of a database.",
        ),
        (
            {"REDIS_URL": f"redis://:secret@{NOBODY}/0"},
            f"The Redis server at {NOBODY} (REDIS_URL) does not answer: {REDIS_REFUSED}.",
        ),
        ({"REDIS_URL": "http://:secret@host/"}, "The setting REDIS_URL is wrong: it is no address of a Redis server."),
        (
            {"ADMIN_PASSWORD": "secret"},
            "The password (ADMIN_PASSWORD) must have 8 to 128 characters with letters and digits.",
        ),
    ],
)
def test_a_server_that_does_not_answer(
    tmp_path: Path, fresh_database: str, settings: dict[str, str], sentence: str
) -> None:
    good = {"DATABASE_URL": fresh_database, "REDIS_URL": VALKEY_URL}
    said = refusal(tmp_path, **good | settings)
    assert said == f"{sentence}\n"
    assert "secret" not in said
