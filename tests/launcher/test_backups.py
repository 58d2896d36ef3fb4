"""Backups of one database: what stands in one, what it says of damage, who can open it."""

import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyrage
import pytest
from sqlalchemy import select

from config import Settings
from domain.db import session_factory
from domain.models import Alarm, AlarmKind, Backup, BackupState, Site
from launcher.backups import archive, jobs, making, postgres, restoring, verifying
from launcher.backups.errors import BackupError
from tests.fixtures.databases import copied
from tests.fixtures.environment import VALKEY_URL, database_owner_url, using

NOW = datetime(2026, 11, 29, 2, 7, tzinfo=UTC)
SECRET = "of the tests, and long enough"


def settings_of(database: str, data_dir: Path, **more: object) -> Settings:
    owner = database_owner_url(database)
    urls = {"database_url": owner, "database_owner_url": owner, "redis_url": VALKEY_URL}
    given = {"secret_key": SECRET, "data_dir": data_dir} | more
    return Settings(_env_file=None, **urls, **given)  # type: ignore[arg-type]


@pytest.fixture
def settings(fresh_database: str, tmp_path: Path) -> Settings:
    """Of an installation with a site and two uploaded files."""
    name = fresh_database.partition("@/")[2].partition("?")[0]
    with psycopg.connect(database_owner_url(name), autocommit=True) as owner:
        owner.execute("INSERT INTO site (name) VALUES ('Harbour \U0001f50c')")
    data_dir = tmp_path / "data"
    (data_dir / "uploads" / "7").mkdir(parents=True)
    (data_dir / "firmware").mkdir()
    (data_dir / "uploads" / "7" / "log.txt").write_bytes(b"what a station said")
    (data_dir / "firmware" / "1").write_bytes(bytes(range(256)) * 1000)
    return settings_of(name, data_dir)


@pytest.fixture
def empty(prepared_database: str, tmp_path: Path) -> Iterator[Settings]:
    """Of an installation on which nothing was ever started."""
    with copied("template0") as name:
        data_dir = tmp_path / "other"
        data_dir.mkdir()
        yield settings_of(name, data_dir)


def restored(empty: Settings, path: Path, identity: Path | None = None) -> None:
    urls = {"DATABASE_URL": str(empty.database_url), "DATABASE_OWNER_URL": str(empty.database_url)}
    with using(**urls):
        restoring.restore(empty, path, identity)


def files_in(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for tree in archive.TREES
        for path in (directory / tree).rglob("*")
        if path.is_file()
    }


def test_everything_comes_back(settings: Settings, empty: Settings) -> None:
    made = making.make(settings, NOW, verify=True)
    assert made.path == settings.data_dir / "backups" / "charge-portal-20261129T020700Z.tar"
    assert (made.path.stat().st_mode & 0o777, made.sha256) == (0o600, archive.sha256_of(made.path))
    assert [path.name for path in made.path.parent.iterdir()] == [made.path.name]
    restored(empty, made.path)
    assert postgres.fingerprints(empty.postgres_owner_url) == postgres.fingerprints(settings.postgres_owner_url)
    assert files_in(empty.data_dir) == files_in(settings.data_dir) != {}
    with psycopg.connect(str(empty.database_url).replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT name FROM site").fetchall() == [("Harbour \U0001f50c",)]


def test_a_secret_that_was_made_comes_back_too(settings: Settings, empty: Settings) -> None:
    (settings.data_dir / "secret_key").write_text("made at the first start")
    settings.secret_key = empty.secret_key = None
    made = making.make(settings, NOW)
    restored(empty, made.path)
    assert (empty.data_dir / "secret_key").read_text() == "made at the first start"
    assert ((empty.data_dir / "secret_key").stat().st_mode & 0o777) == 0o600


def test_another_secret_is_refused_before_anything_is_written(settings: Settings, empty: Settings) -> None:
    made = making.make(settings, NOW)
    empty.secret_key = "another one"
    with pytest.raises(BackupError, match="SECRET_KEY is another secret than that of the backup"):
        restored(empty, made.path)
    assert postgres.is_empty(empty.postgres_owner_url)


def test_only_an_empty_installation_is_filled(settings: Settings, empty: Settings) -> None:
    made = making.make(settings, NOW)
    with pytest.raises(BackupError, match="The database has tables already"):
        restored(settings, made.path)
    (empty.data_dir / "uploads").mkdir()
    (empty.data_dir / "uploads" / "mine").touch()
    with pytest.raises(BackupError, match="uploads holds files already"):
        restored(empty, made.path)
    assert postgres.is_empty(empty.postgres_owner_url)


def test_damage_is_found(settings: Settings, empty: Settings, tmp_path: Path) -> None:
    made = making.make(settings, NOW)
    whole = made.path.read_bytes()
    with tarfile.open(made.path) as tar:
        member = tar.getmember(archive.DATABASE)
        inside = member.offset_data + member.size // 2
    damaged = tmp_path / made.path.name
    damaged.write_bytes(whole[:inside] + bytes([whole[inside] ^ 1]) + whole[inside + 1 :])
    for examine in (lambda path: verifying.verify(settings, path, None), lambda path: restored(empty, path)):
        with pytest.raises(BackupError, match=r"is damaged: database\.dump has changed since it was made"):
            examine(damaged)
    assert postgres.is_empty(empty.postgres_owner_url)


def test_half_a_backup_is_none(settings: Settings, tmp_path: Path) -> None:
    made = making.make(settings, NOW)
    whole = made.path.read_bytes()
    with tarfile.open(made.path) as tar:
        manifest_at = tar.getmember(archive.MANIFEST).offset_data
    cut = tmp_path / made.path.name
    for length in (0, 300, manifest_at // 2, manifest_at - 1):
        cut.write_bytes(whole[:length])
        with pytest.raises(BackupError, match=r"damaged or no backup|is cut off"):
            verifying.verify(settings, cut, None)


def test_a_database_that_differs_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it would be if a restore lost a row."""
    made = making.make(settings, NOW)
    whole = postgres.restore

    def lossy(url: object, file: Path) -> None:
        whole(url, file)  # type: ignore[arg-type]
        with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:  # type: ignore[attr-defined]
            connection.execute("DELETE FROM site")
            connection.execute("UPDATE system SET name = 'Other'")

    monkeypatch.setattr(postgres, "restore", lossy)
    with pytest.raises(BackupError, match="table site has 0 rows and not 1; table system has other contents"):
        verifying.verify(settings, made.path, None)


def test_a_sealed_one_is_opened_by_its_identity_alone(settings: Settings, empty: Settings, tmp_path: Path) -> None:
    mine, others = (pyrage.x25519.Identity.generate() for _ in range(2))
    settings.backup_recipients = f"{mine.to_public()}, {pyrage.x25519.Identity.generate().to_public()}"
    made = making.make(settings, NOW, verify=True)
    assert made.path.name.endswith(".tar.age")
    assert b"Harbour" not in made.path.read_bytes() and SECRET.encode() not in made.path.read_bytes()
    key, wrong = tmp_path / "mine.txt", tmp_path / "wrong.txt"
    key.write_text(f"# created today\n{mine}\n")
    wrong.write_text(f"{others}\n")
    with pytest.raises(BackupError, match="is sealed: give the file with the identity"):
        verifying.verify(settings, made.path, None)
    with pytest.raises(BackupError, match=r"cannot be opened with wrong\.txt"):
        restored(empty, made.path, wrong)
    restored(empty, made.path, key)
    assert postgres.fingerprints(empty.postgres_owner_url) == postgres.fingerprints(settings.postgres_owner_url)


def test_a_wrong_recipient_leaves_nothing(settings: Settings) -> None:
    settings.backup_recipients = "age1nonsense"
    with pytest.raises(BackupError, match="BACKUP_RECIPIENTS must be public keys of age"):
        making.make(settings, NOW)
    assert list(settings.backup_dir.iterdir()) == []


def test_each_leaves_a_row_good_or_bad(settings: Settings, tmp_path: Path) -> None:
    with using(DATABASE_URL=str(settings.database_url), DATABASE_OWNER_URL=str(settings.database_url)):
        jobs.back_up(settings, verify=True)
        settings.backup_directory = tmp_path / "file" / "below"
        (tmp_path / "file").touch()
        with pytest.raises(BackupError, match="cannot be used: File exists"):
            jobs.back_up(settings, verify=False)
        with session_factory()() as db:
            good, bad = db.scalars(select(Backup).order_by(Backup.id)).all()
            assert (good.state, good.verified, good.error) == (BackupState.MADE, True, None)
            assert good.file_name and good.size_bytes and good.rows and good.ended_at
            assert (bad.state, bad.verified, bad.file_name) == (BackupState.FAILED, False, None)
            assert str(bad.error).startswith(f"BACKUP_DIRECTORY {tmp_path / 'file' / 'below'} cannot be used: ")
            assert db.scalars(select(Site.name)).all() == ["Harbour \U0001f50c"]
            [alarm] = db.scalars(select(Alarm)).all()
            assert (alarm.kind, alarm.info, alarm.calm_since) == (AlarmKind.BACKUP, str(bad.error)[:255], None)
        settings.backup_directory = tmp_path / "again"
        jobs.back_up(settings, verify=False)
        with session_factory()() as db:
            last = db.scalars(select(Backup.ended_at).order_by(Backup.id.desc()).limit(1)).one()
            assert db.scalars(select(Alarm.calm_since)).all() == [last]


def test_rows_of_the_moment_it_began(settings: Settings) -> None:
    """What is written while it is made is not half in it: the manifest and the dump are of one moment."""
    url = str(settings.database_url).replace("+psycopg", "")
    with psycopg.connect(url) as writer:
        writer.execute("INSERT INTO site (name) VALUES ('Not yet there')")
        made = making.make(settings, NOW, verify=True)
        writer.commit()
    with tarfile.open(made.path) as tar:
        manifest = archive.Manifest.from_json(tar.extractfile(archive.MANIFEST).read())  # type: ignore[union-attr]
    assert manifest.tables["site"].rows == 1
    assert verifying.verify(settings, made.path, None).tables == manifest.tables
