"""Regular exports, delivered to real servers: SMTP, FTPS, SFTP, and a folder."""

import asyncio
import csv
import io
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.servers import ThreadedFTPServer
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import get_settings
from domain.models import (
    AuditEntry,
    ExportEvery,
    ExportFault,
    ExportFile,
    ExportSchedule,
    ExportState,
    ExportTarget,
    PortalUser,
    Site,
)
from domain.roles import RoleName
from portal.exports import job, scheduled
from tests.fixtures.mail import Mailbox, texts
from tests.portal.browser_like import Visitor, errors
from tests.portal.jobs import work
from tests.portal.people import add_person, sign_in

ACCOUNT, PASSWORD = "data", "pass word:1"
DUE = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
"""Six in the morning in Copenhagen."""


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SECRET_KEY", get_settings().session_secret())
    monkeypatch.setenv("REDIS_URL", get_settings().valkey_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EXPORT_FOLDER", str(tmp_path / "folder"))
    monkeypatch.setenv("SERVICES_ALLOW_LOOPBACK", "true")
    (tmp_path / "folder").mkdir()
    monkeypatch.setattr(job, "stand_back", lambda: None)  # This process goes on with other tests.
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    """What it is now, to be set."""
    at = [DUE - timedelta(hours=1)]
    for place in ("domain.clock.now", "portal.table.view.now"):
        monkeypatch.setattr(place, lambda: at[0])
    return at


@pytest.fixture
def sites(db: Session) -> list[Site]:
    sites = [Site(name="North"), Site(name="South")]
    db.add_all(sites)
    db.commit()
    return sites


def add(db: Session, target: ExportTarget, **more: Any) -> ExportSchedule:
    """Of all sites as CSV, each day."""
    user = db.scalars(select(PortalUser).order_by(PortalUser.id)).first()
    assert user
    usual: dict[str, Any] = {
        "user_id": user.id, "title": "Sites", "file_type": "csv", "table_name": "SiteView", "language": "en",
        "query": "columns=name&sort=name", "every": ExportEvery.DAY, "hour": 6, "target": target, "next_run_at": DUE,
    }  # fmt: skip
    schedule = ExportSchedule(**usual | more)
    db.add(schedule)
    db.commit()
    return schedule


def run(db: Session, valkey: Redis) -> ExportSchedule:
    """What is due now, and what became of it."""
    scheduled.run_due()
    work(valkey)
    db.expire_all()
    return db.scalars(select(ExportSchedule)).one()


def names(content: bytes) -> list[str]:
    return [row["name"] for row in csv.DictReader(io.StringIO(content.decode()))]


@pytest.mark.usefixtures("sites", "portal")
def test_it_comes_by_e_mail_when_it_is_due_and_once(
    db: Session, valkey: Redis, mailbox: Mailbox, clock: list[datetime]
) -> None:
    add(db, ExportTarget.MAIL)
    run(db, valkey)
    assert mailbox.letters == []
    clock[0] = DUE
    schedule = run(db, valkey)
    run(db, valkey)
    [letter] = mailbox.letters
    assert (letter["To"], letter["Subject"]) == ("ida.holm@example.com", "Sites: your regular export")
    [attachment] = list(letter.iter_attachments())
    assert (attachment.get_content_type(), attachment.get_filename()) == ("text/csv", "Sites-2026-11-30-0600.csv")
    assert names(attachment.get_payload(decode=True)) == ["North", "South"]
    assert (schedule.last_run_at, schedule.last_fault, schedule.failures) == (DUE, None, 0)
    assert schedule.next_run_at == DUE + timedelta(days=1)
    told = db.scalars(select(AuditEntry).where(AuditEntry.action == "exported")).one()
    assert told.user_id == schedule.user_id


@pytest.mark.usefixtures("sites", "portal", "clock")
def test_one_too_large_for_a_letter_comes_as_a_link(
    db: Session, valkey: Redis, mailbox: Mailbox, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORT_MAIL_MEGABYTES", "0")
    get_settings.cache_clear()
    clock[0] = DUE
    add(db, ExportTarget.MAIL)
    run(db, valkey)
    [letter] = mailbox.letters
    assert list(letter.iter_attachments()) == []
    assert f"/exports/{db.scalars(select(ExportFile.id)).one()}/file" in texts(letter)[0]


@pytest.mark.usefixtures("portal")
def test_the_scope_is_that_of_the_moment(
    db: Session, valkey: Redis, sites: list[Site], clock: list[datetime], settings: Path
) -> None:
    user = add_person(db, RoleName.SITE_ADMINISTRATOR, "s@example.com", sites)
    add(db, ExportTarget.FOLDER, user_id=user.id)
    user.sites = sites[:1]
    db.commit()
    clock[0] = DUE
    run(db, valkey)
    [path] = (settings / "folder").iterdir()
    assert names(path.read_bytes()) == ["North"]


@pytest.mark.usefixtures("portal", "sites")
def test_who_lost_the_role_gets_a_letter_and_no_rows(
    db: Session, valkey: Redis, clock: list[datetime], mailbox: Mailbox
) -> None:
    user = add_person(db, RoleName.SUPPORT, "s@example.com")
    add(db, ExportTarget.MAIL, user_id=user.id)
    user.roles = []
    db.commit()
    clock[0] = DUE
    schedule = run(db, valkey)
    assert (schedule.last_fault, schedule.failures) == (ExportFault.NOT_ALLOWED, 1)
    [letter] = mailbox.letters
    assert letter["Subject"] == "Sites: your regular export did not arrive"
    assert "You may not export this table any more." in texts(letter)[0]
    assert list(letter.iter_attachments()) == []


@pytest.mark.usefixtures("portal", "sites")
@pytest.mark.parametrize(("directory", "arrives"), [("", True), ("team/data", True), ("..", False), ("link", False)])
def test_a_folder_lies_below_the_one_that_is_set(
    db: Session, valkey: Redis, clock: list[datetime], settings: Path, directory: str, arrives: bool
) -> None:
    (settings / "outside").mkdir()
    (settings / "folder" / "link").symlink_to(settings / "outside")
    clock[0] = DUE
    add(db, ExportTarget.FOLDER, directory=directory)
    schedule = run(db, valkey)
    assert schedule.last_fault == (None if arrives else ExportFault.NO_FOLDER)
    made = [path for path in settings.rglob("*.csv*") if path.is_file()]
    assert len(made) == arrives
    if arrives:
        assert made[0].parent == settings / "folder" / directory


@pytest.mark.usefixtures("portal", "sites")
def test_a_failing_run_is_tried_again_and_then_told(
    db: Session, valkey: Redis, clock: list[datetime], mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduled, "TRY_AGAIN_AFTER_SECONDS", (0, 0))
    clock[0] = DUE
    add(db, ExportTarget.FTPS, host="127.0.0.1", port=1, account=ACCOUNT)
    schedule = run(db, valkey)
    assert (schedule.last_fault, schedule.failures) == (ExportFault.UNREACHABLE, 3)
    [letter] = mailbox.letters
    assert "The target does not answer" in texts(letter)[0]


@pytest.mark.usefixtures("portal", "sites")
def test_what_arrives_at_another_try_is_whole(
    db: Session, valkey: Redis, clock: list[datetime], mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduled, "TRY_AGAIN_AFTER_SECONDS", (0, 0))
    mailbox.refusals = ["451 later"]
    clock[0] = DUE
    add(db, ExportTarget.MAIL)
    schedule = run(db, valkey)
    assert (schedule.last_fault, schedule.failures) == (None, 0)
    [letter] = mailbox.letters
    [attachment] = list(letter.iter_attachments())
    assert names(attachment.get_payload(decode=True)) == ["North", "South"]


@pytest.mark.usefixtures("portal", "sites")
def test_a_run_whose_process_died_is_told(
    db: Session, valkey: Redis, clock: list[datetime], mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock[0] = DUE
    schedule = add(db, ExportTarget.MAIL)
    scheduled.run_due()
    valkey.flushall()
    file = db.scalars(select(ExportFile)).one()
    file.state, file.changed_at = ExportState.RUNNING, DUE
    db.commit()
    with pytest.raises(scheduled.UnfinishedError):
        scheduled.run(file.id)
    clock[0] = DUE + timedelta(minutes=3)
    job.sweep()
    scheduled.run(file.id)
    work(valkey)
    db.expire_all()
    assert schedule.last_fault is ExportFault.ABANDONED
    assert "did not arrive" in mailbox.letters[0]["Subject"]


@pytest.mark.usefixtures("portal", "sites")
@pytest.mark.parametrize("target", [ExportTarget.FTPS, ExportTarget.SFTP])
def test_this_machine_is_not_connected_to(
    db: Session, valkey: Redis, clock: list[datetime], monkeypatch: pytest.MonkeyPatch, target: ExportTarget
) -> None:
    monkeypatch.setenv("SERVICES_ALLOW_LOOPBACK", "false")
    get_settings.cache_clear()
    clock[0] = DUE
    add(db, target, host="localhost", port=22, account=ACCOUNT)
    assert run(db, valkey).last_fault is ExportFault.FORBIDDEN_HOST


# --- FTPS


def certificate(path: Path) -> Path:
    """For this machine, of its own word."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "files")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def ftps(tmp_path: Path) -> Iterator[tuple[int, Path, Path]]:
    """Its port, where its files are, and its certificate."""
    root = tmp_path / "ftps"
    (root / "in").mkdir(parents=True)

    class Handler(TLS_FTPHandler):
        authorizer = DummyAuthorizer()
        certfile = str(certificate(tmp_path / "ftps.pem"))
        tls_control_required = tls_data_required = True

    Handler.authorizer.add_user(ACCOUNT, PASSWORD, str(root), perm="elradfmw")
    server = ThreadedFTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"timeout": 0.05, "handle_exit": False})
    thread.start()
    yield server.socket.getsockname()[1], root, tmp_path / "ftps.pem"
    server.close_all()
    thread.join()


@pytest.mark.usefixtures("portal", "sites")
@pytest.mark.parametrize(
    ("password", "is_trusted", "fault"),
    [
        (PASSWORD, True, None),
        ("wrong", True, ExportFault.REFUSED),
        (PASSWORD, False, ExportFault.UNKNOWN_HOST),
    ],
)
def test_over_ftps(
    db: Session,
    valkey: Redis,
    clock: list[datetime],
    ftps: tuple[int, Path, Path],
    administrator: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    is_trusted: bool,
    fault: ExportFault | None,
) -> None:
    port, root, pem = ftps
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.setattr(scheduled, "TRY_AGAIN_AFTER_SECONDS", ())
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
    set_up(administrator, target="ftps", host="127.0.0.1", port=port, password=password, directory="in")
    clock[0] = DUE
    assert run(db, valkey).last_fault is fault
    made = list((root / "in").iterdir())
    assert [names(path.read_bytes()) for path in made] == ([] if fault else [["North", "South"]])
    if not fault:
        assert made[0].name == "Sites-2026-11-30-0600.csv"


# --- SFTP


class Sftp:
    """A server with a folder, in a thread of its own."""

    def __init__(self, root: Path, port: int = 0) -> None:
        self.root, self.port = root, port
        self.passwords: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.port = self._server.get_port()

    async def _listen(self) -> asyncssh.SSHAcceptor:
        outer = self

        class Server(asyncssh.SSHServer):
            def begin_auth(self, username: str) -> bool:
                return True

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                outer.passwords.append(password)
                return (username, password) == (ACCOUNT, PASSWORD)

        return await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=Server,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(self.root)),
        )

    def close(self) -> None:
        async def end() -> None:
            self._server.close()
            await self._server.wait_closed()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[Sftp]:
    (tmp_path / "sftp" / "in").mkdir(parents=True)
    server = Sftp(tmp_path / "sftp")
    yield server
    server.close()


@pytest.mark.usefixtures("sites")
def test_over_sftp_to_the_server_of_the_first_run_and_no_other(
    db: Session, valkey: Redis, clock: list[datetime], administrator: Visitor, sftp: Sftp
) -> None:
    set_up(administrator, target="sftp", host="127.0.0.1", port=sftp.port, directory="in")
    clock[0] = DUE
    schedule = run(db, valkey)
    assert schedule.last_fault is None
    assert (schedule.host_key or "").startswith("ssh-ed25519 ")
    [path] = (sftp.root / "in").iterdir()
    assert names(path.read_bytes()) == ["North", "South"]
    sftp.close()
    impostor = Sftp(sftp.root, sftp.port)
    try:
        clock[0] = DUE + timedelta(days=1)
        assert run(db, valkey).last_fault is ExportFault.UNKNOWN_HOST
        assert impostor.passwords == []
    finally:
        # The fixture closes whatever is there by then.
        sftp.__dict__.update(impostor.__dict__)


@pytest.mark.usefixtures("sites")
@pytest.mark.parametrize(("password", "directory"), [("wrong", "in"), (PASSWORD, "elsewhere")])
def test_an_sftp_server_that_refuses(
    db: Session,
    valkey: Redis,
    clock: list[datetime],
    administrator: Visitor,
    sftp: Sftp,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    directory: str,
) -> None:
    monkeypatch.setattr(scheduled, "TRY_AGAIN_AFTER_SECONDS", ())
    set_up(administrator, target="sftp", host="127.0.0.1", port=sftp.port, password=password, directory=directory)
    clock[0] = DUE
    assert run(db, valkey).last_fault is ExportFault.REFUSED


# --- The pages

ADD = "/export_schedules/add?table=SiteView&columns=name&sort=name"


def set_up(visitor: Visitor, **more: Any) -> Any:
    usual = {
        "name": "Sites", "file_type": "csv", "every": "day", "weekday": 1, "month_day": 1, "hour": 6,
        "target": "folder", "host": "", "port": "", "account": ACCOUNT, "password": PASSWORD, "directory": "",
    }  # fmt: skip
    return visitor.send(ADD, **usual | more)


def test_it_is_set_up_paused_run_edited_and_removed(
    administrator: Visitor, db: Session, valkey: Redis, clock: list[datetime], sites: list[Site], settings: Path
) -> None:
    assert "There is no regular export yet" in administrator.get("/export_schedules/").text
    assert "/export_schedules/add?table=SiteView" in administrator.get("/sites/").text
    answer = set_up(administrator, every="week", weekday=1)
    assert answer.location == "/export_schedules/"
    page = administrator.get("/export_schedules/").text
    assert "Each week on Monday at 06:00" in page and "has not run yet" in page
    schedule = db.scalars(select(ExportSchedule)).one()
    assert schedule.next_run_at == DUE
    administrator.send(f"/export_schedules/{schedule.id}/pause", page="/export_schedules/")
    clock[0] = DUE
    run(db, valkey)
    assert list((settings / "folder").iterdir()) == []
    administrator.send(f"/export_schedules/{schedule.id}/run", page="/export_schedules/")
    work(valkey)
    assert len(list((settings / "folder").iterdir())) == 1
    assert "It arrived." in administrator.get("/export_schedules/").text
    edited = administrator.send(
        f"/export_schedules/{schedule.id}/edit",
        name="All sites",
        file_type="xlsx",
        every="month",
        month_day=31,
        weekday=1,
        hour=7,
        target="folder",
        directory="monthly",
    )
    assert edited.location == "/export_schedules/"
    db.expire_all()
    assert (schedule.title, schedule.file_type, schedule.on_day) == ("All sites", "xlsx", 31)
    assert schedule.next_run_at == datetime(2026, 11, 30, 6, tzinfo=UTC)
    administrator.send(f"/export_schedules/{schedule.id}/remove", page="/export_schedules/")
    db.rollback()
    assert db.scalars(select(ExportSchedule)).all() == []


def test_a_password_is_sealed_kept_and_never_shown(administrator: Visitor, db: Session, sites: list[Site]) -> None:
    set_up(administrator, target="sftp", host="files.example.com")
    schedule = db.scalars(select(ExportSchedule)).one()
    assert schedule.sealed_password and PASSWORD not in schedule.sealed_password
    path = f"/export_schedules/{schedule.id}/edit"
    assert PASSWORD not in administrator.get(path).text
    sealed = schedule.sealed_password
    same = {"name": "Sites", "file_type": "csv", "every": "day", "hour": 6, "target": "sftp", "account": ACCOUNT}
    same |= {"weekday": 1, "month_day": 1}
    administrator.send(path, **same, host="files.example.com")
    db.expire_all()
    assert schedule.sealed_password == sealed
    # Another server gets no password that was meant for the one before.
    administrator.send(path, **same, host="other.example.com")
    db.expire_all()
    assert schedule.sealed_password is None
    entries = db.scalars(select(AuditEntry).where(AuditEntry.object_kind == "export_schedule")).all()
    assert entries and not any(PASSWORD in str(entry.after) or sealed in str(entry.after) for entry in entries)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "This is needed."),
        ({"target": "sftp", "host": ""}, "Write the name of the server, such as files.example.com."),
        ({"target": "sftp", "host": "a b"}, "Write the name of the server, such as files.example.com."),
        ({"target": "sftp", "host": "x.example", "account": ""}, "This is needed."),
        ({"target": "sftp", "host": "x.example", "port": "70000"}, "A port lies between 1 and 65535."),
        ({"target": "nonsense"}, "Not a valid choice."),
        ({"every": "nonsense"}, "Not a valid choice."),
        ({"target": "folder", "directory": "../.."}, "This folder leads outside of the one for exports."),
    ],
)
def test_what_is_wrong_is_said(administrator: Visitor, db: Session, wrong: dict[str, str], told: str) -> None:
    answer = set_up(administrator, **wrong)
    assert answer.status_code == 422
    assert told in errors(answer)
    assert db.scalars(select(ExportSchedule)).all() == []


def test_nobody_sees_or_changes_anothers(portal: Flask, administrator: Visitor, db: Session, sites: list[Site]) -> None:
    set_up(administrator)
    schedule_id = db.scalars(select(ExportSchedule.id)).one()
    other = sign_in(portal, add_person(db, RoleName.ADMINISTRATOR, "other@example.com"))
    assert "There is no regular export yet" in other.get("/export_schedules/").text
    sent = {"csrf_token": other.token("/exports/")}
    for act in ("edit", "pause", "run", "remove"):
        assert other.http.post(f"/export_schedules/{schedule_id}/{act}", data=sent).status_code == 404
    assert db.scalars(select(ExportSchedule.id)).one() == schedule_id


def test_no_export_of_a_table_that_one_may_not_see(portal: Flask, db: Session) -> None:
    support = sign_in(portal, add_person(db, RoleName.SUPPORT, "s@example.com"))
    for table in ("UserView", "nonsense", ""):
        assert support.get(f"/export_schedules/add?table={table}").status_code == 404


def test_a_table_that_is_not_understood_is_not_set_up(administrator: Visitor) -> None:
    assert administrator.get("/export_schedules/add?table=SiteView&sort=nonsense").status_code == 400
