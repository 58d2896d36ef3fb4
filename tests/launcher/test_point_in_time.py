"""The scripts of deploy/: a server that is lost is brought back to a moment between two base backups."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from launcher.embedded import postgres
from launcher.embedded.account import let_pass, postgres_account
from launcher.processes import start
from tests.fixtures.environment import ROOT
from tests.waiting import wait_until

DEPLOY = ROOT / "deploy"


@pytest.fixture
def place() -> Iterator[Path]:
    """Short, since sockets lie below it; and the server's own user works here."""
    with tempfile.TemporaryDirectory(prefix="cp-pitr-") as name:
        directory = Path(name)
        let_pass(directory / "anything")
        let_pass(DEPLOY / "archive-wal")
        for kept in ("wal", "base"):
            _give(_made(directory / kept))
        yield directory


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


def _give(path: Path) -> None:
    """To the user as whom PostgreSQL runs here."""
    if account := postgres_account():
        for each in (path, *path.rglob("*")):
            os.chown(each, account.pw_uid, account.pw_gid)


@contextmanager
def running(files: Path, sockets: Path, log: Path, **parameters: str) -> Iterator[psycopg.Connection]:
    """Killed at the end, as by a power cut."""
    with log.open("ab") as output:
        process = start(postgres.program(files, sockets, parameters), output, output)
    try:
        wait_until(lambda: postgres.is_ready(sockets))
        where = {"host": str(sockets), "user": postgres.SUPERUSER, "dbname": "postgres"}
        with psycopg.connect(**where, autocommit=True) as connection:
            yield connection
    finally:
        process.send_signal(postgres.program(files, sockets).kill_signal)
        process.wait()


def script(name: str, *arguments: str, **environment: str) -> str:
    path = f"{postgres.installed() / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        [DEPLOY / name, *arguments],
        env=os.environ | {"PATH": path} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_lost_server_comes_back_to_the_moment(place: Path) -> None:
    wal, log, sockets = place / "wal", place / "log", place / "s"
    kept = {"WAL_DIR": str(wal), "BASE_DIR": str(place / "base"), "KEEP": "1"}
    postgres.prepare(place / "db", sockets)
    archiving = {"archive_mode": "on", "archive_command": f'WAL_DIR={wal} {DEPLOY}/archive-wal "%p" "%f"'}
    with running(place / "db", sockets, log, **archiving) as server:
        server.execute("CREATE TABLE charge (number integer)")
        server.execute("INSERT INTO charge VALUES (1)")
        url = f"host={sockets} user={postgres.SUPERUSER} dbname=postgres"
        script("base-backup", url, **kept)
        base = script("base-backup", url, **kept)
        assert [str(path) for path in (place / "base").iterdir()] == [base]
        server.execute("INSERT INTO charge VALUES (2)")
        moment = str(server.execute("SELECT clock_timestamp()").fetchone()[0])  # type: ignore[index]
        server.execute("INSERT INTO charge VALUES (3)")
        last = server.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()[0]  # type: ignore[index]
        wait_until((wal / last).exists)
    shutil.rmtree(place / "db")

    said = script("recover-to", base, str(place / "again"), moment, **kept)
    assert said.startswith(f"Start PostgreSQL on {place / 'again'}")
    _give(place / "again")
    postgres.prepare(place / "again", sockets)
    with running(place / "again", sockets, log) as server:
        wait_until(lambda: not server.execute("SELECT pg_is_in_recovery()").fetchone()[0])  # type: ignore[index]
        assert server.execute("SELECT number FROM charge ORDER BY number").fetchall() == [(1,), (2,)]


def test_a_segment_is_never_written_over(tmp_path: Path) -> None:
    wal, segment = _made(tmp_path / "wal"), tmp_path / "000000010000000000000001"
    segment.write_bytes(b"first")
    keep = [str(DEPLOY / "archive-wal"), str(segment), segment.name]
    environment = os.environ | {"WAL_DIR": str(wal)}
    for _again in range(2):
        assert subprocess.run(keep, env=environment, check=False).returncode == 0
    segment.write_bytes(b"another server's")
    done = subprocess.run(keep, env=environment, check=False, capture_output=True, text=True)
    assert (done.returncode, "is there with other contents" in done.stderr) == (1, True)
    assert (wal / segment.name).read_bytes() == b"first"
