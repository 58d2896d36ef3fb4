"""The commands that work on an installation and end."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.environment import ROOT, without_settings
from tests.fixtures.product import PortalServer
from tests.launcher.api import sign_in
from tests.waiting import LONGEST_SECONDS


def command(directory: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "launcher", *arguments],
        cwd=directory,
        env=without_settings()
        # Where a path is too long or too odd for a socket, the sockets go to the system's temporary directory.
        | {"DATA_DIR": str(directory), "PYTHONPATH": str(ROOT), "TMPDIR": str(directory.parent)}
        | settings,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_an_administrator_is_made_beside_the_running_portal(running_installation: PortalServer) -> None:

    def create(email: str, password: str) -> tuple[int, str, str]:
        return command(running_installation.data_dir, "create-administrator", "--email", email, ADMIN_PASSWORD=password)

    assert create("Bo@Example.com", "another-one-2") == (0, "Bo@Example.com is an administrator now.\n", "")
    assert sign_in(running_installation, "bo@example.com", "another-one-2")[0] == 200
    assert create("bo@example.com", "another-one-2") == (
        1,
        "",
        "There is a user with the e-mail bo@example.com already.\n",
    )
    weak = "The password (ADMIN_PASSWORD) must have 8 to 128 characters with letters and digits.\n"
    assert create("eva@example.com", "secret") == (1, "", weak)
    wrong = "“eva” is no e-mail (ADMIN_EMAIL). One looks like name@example.com.\n"
    assert create("eva", "another-one-2") == (1, "", wrong)


def test_commands_bring_their_own_servers_where_the_portal_does_not_run(data_dir: Path) -> None:
    data_dir = data_dir.with_name("næste år, 100%41 a+b")
    data_dir.mkdir()
    assert command(data_dir, "migrate") == (0, "Making the database ...\n", "")
    assert command(data_dir, "seed") == (0, "", "")
    assert command(data_dir, "partitions") == (0, "", "")


@pytest.mark.parametrize("name", ["worker", "cron", "migrate", "seed", "partitions"])
def test_a_command_says_what_does_not_answer(tmp_path: Path, name: str) -> None:
    nowhere = {"DATABASE_URL": "postgresql://portal:secret@127.0.0.1:1/portal", "REDIS_URL": "redis://127.0.0.1:1/0"}
    code, said, complaint = command(tmp_path, name, **nowhere)
    assert (code, said) == (1, "")
    assert complaint == (
        "The database at 127.0.0.1:1 (DATABASE_URL) does not answer: connection failed: connection to server at"
        ' "127.0.0.1", port 1 failed: Connection refused.\n'
    )


def test_a_worker_alone_says_that_nothing_runs_here(tmp_path: Path) -> None:
    code, said, complaint = command(tmp_path, "worker")
    assert (code, said) == (1, "")
    assert complaint.startswith(f"The database of {tmp_path} does not answer: connection ")
    assert complaint.count("\n") == 1


def test_help_names_the_commands(tmp_path: Path) -> None:
    code, said, _ = command(tmp_path, "--help")
    assert code == 0
    named = [line.split()[0] for line in said.partition("Commands:\n")[2].splitlines()]
    assert named == [
        "audit",
        "backup",
        "create-administrator",
        "cron",
        "demo",
        "files",
        "migrate",
        "partitions",
        "prepare",
        "restore",
        "rollup",
        "run",
        "seed",
        "simulate",
        "simulate-parking",
        "web",
        "worker",
    ]
