"""The system's user that PostgreSQL runs as: it refuses to run as root."""

import os
import pwd
import subprocess
from pathlib import Path

from launcher.errors import LaunchError

NAME = "embedded_postgres"
EVERYBODY_MAY_PASS = 0o011
EVERYBODY_MAY_READ = 0o055


def postgres_account() -> pwd.struct_passwd | None:
    """None where we are an ordinary user ourselves; as root, a user of its own, made if missing."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    try:
        subprocess.run(
            ["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin", NAME],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        raise LaunchError(
            f"PostgreSQL does not run as root and the system's user {NAME} cannot be made: run as an ordinary user,"
            " or set DATABASE_URL."
        ) from None
    return pwd.getpwnam(NAME)


def let_pass(path: Path) -> None:
    """Let other users pass through the directories above `path` (pass, not read)."""
    for directory in path.parents:
        mode = directory.stat().st_mode
        if mode & EVERYBODY_MAY_PASS != EVERYBODY_MAY_PASS:
            directory.chmod(mode | EVERYBODY_MAY_PASS)


def let_read(directory: Path) -> None:
    """Let other users read and run what was installed in `directory` under a strict umask."""
    for path in (directory, *directory.rglob("*")):
        mode = path.stat().st_mode
        wanted = mode | (EVERYBODY_MAY_READ if mode & 0o100 else EVERYBODY_MAY_READ & 0o044)
        if mode != wanted:
            path.chmod(wanted)
