"""`charge-portal audit verify`, and what guards the log where it is kept."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config import Settings
from domain.audit import acting, audited_session_factory
from domain.models import Site
from launcher.prepare import UNPROTECTED
from launcher.short_commands import servers_running
from tests.fixtures.environment import VALKEY_URL, database_owner_url, using
from tests.launcher.test_commands import command

Run = Callable[..., tuple[int, str, str]]
TAIL = (
    "Entries that were cut off at the end cannot be seen in the chain itself: note the newest hash in another place,"
    " and look next time whether it is there still.\n"
)


@pytest.fixture
def name(fresh_database: str) -> str:
    """The database's, with the entry of its first administrator in it."""
    return fresh_database.partition("@/")[2].partition("?")[0]


@pytest.fixture
def owner(name: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_owner_url(name), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica; SET timezone = UTC")
        yield connection


@pytest.fixture
def verify(fresh_database: str, tmp_path: Path) -> Run:
    def run(*more: str, **settings: str) -> tuple[int, str, str]:
        servers = {"DATABASE_URL": fresh_database, "REDIS_URL": VALKEY_URL}
        return command(tmp_path, *(more or ("audit", "verify")), **servers | settings)

    return run


def write(url: str, *names: str) -> None:
    """A site each, as user 1."""
    with using(DATABASE_URL=url), acting(1, "192.0.2.7"):
        for name in names:
            with audited_session_factory().begin() as db:
                db.add(Site(name=name))


def test_a_whole_log(fresh_database: str, owner: psycopg.Connection, verify: Run) -> None:
    write(fresh_database, "Harbour", "Quay")
    rows = owner.execute("SELECT id, happened_at, encode(hash, 'hex') FROM audit_entry ORDER BY id").fetchall()
    assert len(rows) == 3
    (_, began_at, _), (newest, ended_at, digest) = rows[0], rows[-1]
    code, said, complaint = verify()
    assert (code, complaint) == (0, "")
    assert said == (
        f"The audit log is whole: 3 entries from {began_at} to {ended_at}.\n"
        f"Newest hash, of entry {newest}: {digest}\n{TAIL}"
    )


def test_numbers_that_are_not_used_are_explained(fresh_database: str, owner: psycopg.Connection, verify: Run) -> None:
    owner.execute("SELECT nextval(pg_get_serial_sequence('audit_entry', 'id')) FROM generate_series(1, 3)")
    write(fresh_database, "Harbour")
    code, said, _ = verify()
    assert code == 0
    assert "\n3 numbers are not used: a commit that failed took them. The chain misses nothing there.\n" in said


def test_the_first_broken_entry_is_named(fresh_database: str, owner: psycopg.Connection, verify: Run) -> None:
    write(fresh_database, "Harbour", "Quay", "Pier")
    owner.execute("UPDATE audit_entry SET user_id = 9 WHERE id >= 3")
    code, said, complaint = verify()
    assert (code, said) == (1, "")
    assert complaint.startswith("The audit log is broken at entry 3 of ")
    assert complaint.endswith(": it was changed after it was written.\n")


def test_an_empty_log(owner: psycopg.Connection, verify: Run) -> None:
    owner.execute("DELETE FROM audit_entry")
    assert verify() == (0, "The audit log is empty.\n", "")


def test_one_role_for_all_is_told_what_to_do(name: str, verify: Run) -> None:
    """And with two roles nothing is said."""
    one, two = database_owner_url(name), {"DATABASE_OWNER_URL": database_owner_url(name)}
    given = {"SECRET_KEY": "x" * 40, "ADMIN_PASSWORD": "correct-horse-1"}
    assert verify("prepare", DATABASE_URL=one, **given) == (0, f"{UNPROTECTED}\n", "")
    assert verify("prepare", **two, **given) == (0, "", "")


def test_an_owner_alone_is_refused(tmp_path: Path) -> None:
    code, said, complaint = command(tmp_path, "migrate", DATABASE_OWNER_URL="postgresql://owner@host/portal")
    assert (code, said) == (1, "")
    assert complaint == "The setting DATABASE_OWNER_URL is wrong: needs DATABASE_URL beside it.\n"


def test_rights_that_somebody_gave_are_taken_again(name: str, owner: psycopg.Connection, verify: Run) -> None:
    owner.execute("GRANT ALL ON audit_entry TO charge_portal; GRANT UPDATE ON audit_entry TO PUBLIC")
    code, _, _ = verify("migrate", DATABASE_OWNER_URL=database_owner_url(name))
    assert code == 0
    asked = "SELECT has_table_privilege('charge_portal', 'audit_entry', %s)"
    rights = {right: owner.execute(asked, [right]).fetchone()[0] for right in ("SELECT", "INSERT", "UPDATE", "DELETE")}
    assert rights == {"SELECT": True, "INSERT": True, "UPDATE": False, "DELETE": False}


def test_a_database_from_before_there_were_two_roles(data_dir: Path) -> None:
    """Its tables are the superuser's, and there is no role of the application yet."""
    data_dir.mkdir()
    settings = Settings(_env_file=None, data_dir=data_dir, database_url=None, database_owner_url=None, redis_url=None)
    assert command(data_dir, "migrate") == (0, "Making the database ...\n", "")
    with servers_running(settings), connected(settings.postgres_owner_url) as owner:
        owner.execute("ALTER ROLE charge_portal RENAME TO somebody")
    assert command(data_dir, "migrate") == (0, "", "")
    with servers_running(settings), connected(settings.postgres_url) as application:
        assert application.execute("SELECT count(*) FROM site").fetchone() == (0,)
        assert application.execute("SELECT current_user").fetchone() == ("charge_portal",)


def connected(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
