"""The commands that work on an installation and end."""

import subprocess
import sys
from pathlib import Path

from tests.fixtures.environment import ROOT, without_settings
from tests.launcher.api import sign_in
from tests.launcher.conftest import Installation


def command(directory: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "launcher", *arguments],
        cwd=directory,
        env=without_settings() | {"DATA_DIR": str(directory), "PYTHONPATH": str(ROOT)} | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_an_administrator_is_made_beside_the_running_portal(installation: Installation, data_dir: Path) -> None:
    server = installation().start()

    def create(email: str, password: str) -> tuple[int, str, str]:
        return command(data_dir, "create-administrator", "--email", email, ADMIN_PASSWORD=password)

    assert create("Bo@Example.com", "another-one-2") == (0, "Bo@Example.com is an administrator now.\n", "")
    assert sign_in(server, "bo@example.com", "another-one-2")[0] == 200
    assert create("bo@example.com", "another-one-2") == (
        1,
        "",
        "There is a user with the e-mail bo@example.com already.\n",
    )
    weak = "The password (ADMIN_PASSWORD) must have at least eight characters with letters and digits.\n"
    assert create("eva@example.com", "secret") == (1, "", weak)


def test_commands_bring_their_own_servers_where_the_portal_does_not_run(data_dir: Path) -> None:
    data_dir.mkdir()
    assert command(data_dir, "migrate") == (0, "Making the database ...\n", "")
    assert command(data_dir, "seed") == (0, "", "")
    assert command(data_dir, "partitions") == (0, "", "")


def test_help_names_the_commands(tmp_path: Path) -> None:
    code, said, _ = command(tmp_path, "--help")
    assert code == 0
    named = [line.split()[0] for line in said.partition("Commands:\n")[2].splitlines()]
    assert named == [
        "create-administrator",
        "cron",
        "demo",
        "migrate",
        "partitions",
        "prepare",
        "run",
        "seed",
        "simulate",
        "web",
        "worker",
    ]
