"""Real FTP clients against the running file server."""

import ftplib
import hashlib
import io
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from ftplib import FTP, FTP_TLS

import pytest

from domain import clock, file_access, station_files
from domain.models import Action, Command, FileState, FirmwareImage, Station, StationFile
from tests.engine.files.conftest import LIMIT_BYTES, TRUSTING, Client, FileServer, Transaction, bytes_of, serving
from tests.waiting import wait_until

Files = Callable[[Station], list[StationFile]]
LOG = b"".join(b"%d all is well\r\n" % line for line in range(5000))


class ImplicitTls(FTP_TLS):
    """Encrypted from the first byte, as ftps:// is meant."""

    def connect(self, *args: object, **kwargs: object) -> str:
        self.host = "127.0.0.1"
        self.sock = TRUSTING.wrap_socket(socket.create_connection((self.host, args[1]), 20))
        self.af = self.sock.family
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome

    def login(self, *args: str, **kwargs: object) -> str:  # type: ignore[override]
        return FTP.login(self, *args)


def upload(ftp: FTP, name: str, content: bytes = LOG) -> str:
    return ftp.storbinary(f"STOR {name}", io.BytesIO(content))


def facts(file: StationFile) -> tuple[object, ...]:
    return file.name, file.size_bytes, file.sha256, file.state, file.via, file.reason, file.command_id


@pytest.mark.parametrize("via", ["ftp", "ftps", "implicit"])
def test_a_log_is_uploaded(client: Client, files_of: Files, ask: Callable[..., Command], via: str) -> None:
    command = ask(client.station, Action.GET_DIAGNOSTICS)
    if via == "implicit":
        ftp: FTP = client.sign_in(ImplicitTls(context=TRUSTING), client.server.encrypted_port)
        ftp.prot_p()
    else:
        ftp = client.ftp_tls() if via == "ftps" else client.ftp()
    ftp.cwd(f"uploads/{command.id}")
    assert upload(ftp, "diagnostics.log") == "226 Transfer complete."
    ftp.quit()
    (file,) = files_of(client.station)
    digest = hashlib.sha256(LOG).hexdigest()
    scheme = "ftp" if via == "ftp" else "ftps"
    assert facts(file) == ("diagnostics.log", len(LOG), digest, FileState.COMPLETE, scheme, None, command.id)
    assert bytes_of(client.station) == {str(file.id): LOG}


def test_the_encrypted_port_takes_no_file_in_the_clear(client: Client) -> None:
    ftp = client.sign_in(ImplicitTls(context=TRUSTING), client.server.encrypted_port)
    with pytest.raises(ftplib.error_perm, match=r"550 SSL/TLS required on the data channel"):
        upload(ftp, "x")


def test_old_encryption_is_refused(client: Client) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    ftp = FTP_TLS(context=old)
    ftp.connect("127.0.0.1", client.server.port)
    with pytest.raises(ssl.SSLError):
        ftp.auth()


def test_a_name_that_comes_again_overwrites_nothing(client: Client, files_of: Files) -> None:
    with client.ftp() as ftp:
        upload(ftp, "/uploads/log.txt", b"one")
        upload(ftp, "/uploads/log.txt", b"three")
        assert ftp.nlst("/uploads") == ["log.txt"]
        ftp.voidcmd("TYPE I")
        assert ftp.size("/uploads/log.txt") == 5
    first, second = files_of(client.station)
    assert bytes_of(client.station) == {str(first.id): b"one", str(second.id): b"three"}


@pytest.mark.parametrize("path", ["log.txt", "/log.txt", "/uploads/log.txt", "/uploads//log.txt", "./uploads/log.txt"])
def test_a_station_that_leaves_out_the_folder_uploads_as_well(
    client: Client, files_of: Files, ask: Callable[..., Command], path: str
) -> None:
    ask(client.station, Action.GET_LOG, days_ago=2)
    ask(client.station, Action.GET_LOG)
    command = ask(client.station, Action.GET_LOG)
    ask(client.station, Action.RESET)
    with client.ftp() as ftp:
        upload(ftp, path)
    assert [(file.name, file.command_id) for file in files_of(client.station)] == [("log.txt", command.id)]


def test_nobody_asked(client: Client, other: Client, files_of: Files, ask: Callable[..., Command]) -> None:
    """Neither long ago nor another station's command is the file's."""
    ask(client.station, Action.GET_LOG, days_ago=2)
    command = ask(other.station, Action.GET_LOG)
    with client.ftp() as ftp:
        upload(ftp, f"/uploads/{command.id}/log.txt")
    assert [(file.name, file.command_id) for file in files_of(client.station)] == [("log.txt", None)]


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/uploads/../../etc/passwd",
        "/etc/passwd",
        "//etc//passwd",
        "/uploads/1/2/3",
        "/firmware/x",
        "/firmware/1/x",
        "/uploads/nul\0name",
        "/uploads/\x1b[31m",
        "/uploads/",
        "/uploads/17",
        "/uploads/" + "n" * 256,
        "/uploads/ ",
    ],
)
def test_no_path_leads_out_of_the_uploads(client: Client, files_of: Files, path: str) -> None:
    with client.ftp() as ftp, pytest.raises(ftplib.error_perm, match=r"^550 "):
        upload(ftp, path)
    assert files_of(client.station) == []
    assert bytes_of(client.station) == {}


@pytest.mark.parametrize("name", ["..\\..\\boot.ini", "~root", "%2e%2e%2fpasswd", "*", "-rf", "<b>å'\"", "a" * 255])
def test_a_strange_name_is_a_name(client: Client, files_of: Files, name: str) -> None:
    with client.ftp() as ftp:
        upload(ftp, f"/uploads/{name}", b"x")
        assert ftp.nlst("/uploads") == [name]
    (file,) = files_of(client.station)
    assert (file.name, list(bytes_of(client.station))) == (name, [str(file.id)])


def test_bytes_that_are_no_text_are_a_name_too(client: Client, files_of: Files) -> None:
    with client.ftp() as ftp:
        ftp.encoding = "latin-1"
        upload(ftp, "/uploads/m\xe5ling.log", b"x")
    assert [file.name for file in files_of(client.station)] == ["m\ufffdling.log"]


@pytest.mark.parametrize(
    "command",
    [
        *(
            "DELE /uploads/log.txt",
            "MKD /uploads/new",
            "RMD /uploads",
            "RNFR /uploads/log.txt",
            "RETR /uploads/log.txt",
        ),
        *(
            "SITE CHMOD 777 /uploads/log.txt",
            "MFMT 20200101000000 /uploads/log.txt",
            "CWD /etc",
            "CWD ..\\..",
            "SIZE /no",
        ),
        *("STAT /etc", "MDTM /etc/passwd", "CWD /firmware/999999999"),
    ],
)
def test_what_a_station_may_not(client: Client, command: str) -> None:
    with client.ftp() as ftp:
        upload(ftp, "/uploads/log.txt", b"x")
        with pytest.raises(ftplib.error_perm, match=r"^550 "):
            ftp.sendcmd(command)
    assert list(bytes_of(client.station).values()) == [b"x"]


def test_nothing_is_appended_or_begun_in_the_middle(client: Client) -> None:
    with client.ftp() as ftp:
        upload(ftp, "/uploads/log.txt", b"x")
        with pytest.raises(ftplib.error_perm, match=r"^550 "):
            ftp.storbinary("APPE /uploads/log.txt", io.BytesIO(b"y"))
        with pytest.raises(ftplib.error_perm, match=r"^550 "):
            ftp.storbinary("STOR /uploads/log.txt", io.BytesIO(b"y"), rest=1)
    assert list(bytes_of(client.station).values()) == [b"x"]


def test_the_server_names_an_upload(client: Client, files_of: Files) -> None:
    with client.ftp() as ftp:
        ftp.storbinary("STOU", io.BytesIO(b"x"))
    assert [(file.name, file.state) for file in files_of(client.station)] == [("ftpd", FileState.COMPLETE)]


def test_a_station_sees_its_own_alone(
    client: Client, other: Client, make_image: Callable[..., FirmwareImage], ask: Callable[..., Command]
) -> None:
    image = make_image(b"new software")
    ask(other.station, Action.UPDATE_FIRMWARE, firmware=image.id)
    with other.ftp() as ftp:
        upload(ftp, "/uploads/secret.log", b"x")
    with client.ftp() as ftp:
        lines: list[str] = []
        ftp.dir(lines.append)
        assert [line.split()[-1] for line in lines] == ["firmware", "uploads"]
        assert (ftp.nlst("/uploads"), ftp.nlst("/firmware"), list(ftp.mlsd("/uploads"))) == ([], [], [])
        for path in ("/uploads/secret.log", f"/firmware/{image.id}/firmware.bin"):
            with pytest.raises(ftplib.error_perm, match=r"^550 "):
                ftp.size(path)
            with pytest.raises(ftplib.error_perm, match=r"^550 "):
                ftp.retrbinary(f"RETR {path}", print)


def test_the_image_that_it_was_sent(
    client: Client, make_image: Callable[..., FirmwareImage], ask: Callable[..., Command]
) -> None:
    content = bytes(range(256)) * 1000
    image, old, unsent = make_image(content, "cc-3.15.bin"), make_image(b"old"), make_image(b"never sent")
    ask(client.station, Action.UPDATE_FIRMWARE, firmware=image.id)
    ask(client.station, Action.UPDATE_FIRMWARE, firmware=old.id, days_ago=31)
    for ftp in (client.ftp(), client.ftp_tls()):
        assert ftp.nlst("/firmware") == [str(image.id)]
        ftp.cwd(f"/firmware/{image.id}")
        assert [(name, told["size"]) for name, told in ftp.mlsd()] == [("cc-3.15.bin", str(len(content)))]
        ftp.voidcmd("TYPE I")
        assert ftp.size("cc-3.15.bin") == len(content)
        whole, rest = io.BytesIO(), io.BytesIO()
        ftp.retrbinary("RETR cc-3.15.bin", whole.write)
        ftp.retrbinary("RETR cc-3.15.bin", rest.write, rest=200_000)
        assert (whole.getvalue(), rest.getvalue()) == (content, content[200_000:])
        for one in (old, unsent):
            with pytest.raises(ftplib.error_perm, match=r"^550 "):
                ftp.retrbinary(f"RETR /firmware/{one.id}/{one.file_name}", print)
        ftp.quit()


def refused(ftp: FTP, name: str, content: bytes) -> str:
    """What the server says when it ends an upload half way; it closes the line of the file without reading on."""
    with ftp.transfercmd(f"STOR {name}") as line, suppress(OSError):
        line.sendall(content)
    with pytest.raises(ftplib.error_perm) as error:
        ftp.voidresp()
    return str(error.value)


def test_a_file_that_is_too_large(client: Client, files_of: Files) -> None:
    with client.ftp() as ftp:
        assert refused(ftp, "large", bytes(LIMIT_BYTES + 1)) == "552 The file is larger than what is accepted."
        upload(ftp, "fits", bytes(LIMIT_BYTES))
    large, fits = files_of(client.station)
    assert (large.state, large.reason, large.sha256) == (FileState.FAILED, "too_large", None)
    assert (fits.state, fits.size_bytes) == (FileState.COMPLETE, LIMIT_BYTES)
    assert {name: len(content) for name, content in bytes_of(client.station).items()} == {str(fits.id): LIMIT_BYTES}


def test_the_quota_of_a_station(client: Client, other: Client, files_of: Files) -> None:
    with client.ftp() as ftp:
        upload(ftp, "1", bytes(2_000_000))
        upload(ftp, "2", bytes(2_000_000))
        assert refused(ftp, "3", bytes(1_000_001)) == "552 The station's space for files is full."
        upload(ftp, "4", bytes(1_000_000))
        with pytest.raises(ftplib.error_perm, match=r"550 The station's space for files is full"):
            upload(ftp, "5", b"x")
    assert [file.state for file in files_of(client.station)] == ["complete", "complete", "failed", "complete"]
    with other.ftp() as ftp:
        upload(ftp, "1", b"x")


def test_too_many_files_on_one_day(client: Client, transaction: Transaction) -> None:
    now = clock.now()
    row = {"station_id": client.station.id, "name": "x", "size_bytes": 0, "state": "failed", "via": "ftp"}
    with transaction() as db:
        db.bulk_insert_mappings(StationFile, [row | {"started_at": now, "changed_at": now}] * station_files.MOST_A_DAY)
    with client.ftp() as ftp, pytest.raises(ftplib.error_perm, match=r"550 The station has uploaded too many files"):
        upload(ftp, "one-more")


def test_progress_is_told_while_a_file_comes_in(client: Client, files_of: Files) -> None:
    with client.ftp() as ftp:
        with ftp.transfercmd("STOR slow.log") as line:
            line.sendall(b"first")
            sent = 5

            def grows() -> bool:
                nonlocal sent
                line.sendall(b"more")
                sent += 4
                (file,) = files_of(client.station)
                return file.state is FileState.RECEIVING and file.size_bytes > 5

            wait_until(grows)
        assert ftp.voidresp() == "226 Transfer complete."
    (file,) = files_of(client.station)
    assert (file.state, file.size_bytes) == (FileState.COMPLETE, sent)


def test_a_line_that_breaks_leaves_nothing_behind(client: Client, files_of: Files) -> None:
    ftp = client.ftp()
    line = ftp.transfercmd("STOR broken.log")
    line.sendall(b"half")
    wait_until(lambda: list(bytes_of(client.station).values()) == [b"half"])
    ftp.close()
    wait_until(lambda: files_of(client.station)[0].state is FileState.FAILED)
    line.close()
    (file,) = files_of(client.station)
    assert (file.reason, file.sha256, bytes_of(client.station)) == ("broken_off", None, {})


def test_a_wrong_password_and_the_lock(client: Client, other: Client) -> None:
    def attempt(name: str, password: str) -> str:
        ftp = FTP()
        ftp.connect("127.0.0.1", client.server.port)
        with pytest.raises(ftplib.error_perm) as error:
            ftp.login(name, password)
        ftp.close()
        return str(error.value)

    wrong = "530 This is not the name and the password of a station."
    locked = "530 Too many wrong passwords came from this address. try again in a few minutes."
    assert attempt(client.name, other.password) == wrong
    assert attempt("station-999999999", "x") == wrong
    assert attempt("station-99999999999999", "x") == wrong
    assert attempt("anonymous", "x@example.com") == wrong
    assert {attempt(client.name, "") for _ in range(file_access.MOST_FAILURES - 1)} == {wrong}
    assert attempt(client.name, client.password) == locked
    other.ftp().quit()


def test_a_renewed_password(client: Client, transaction: Transaction) -> None:
    with transaction() as db:
        station = db.get_one(Station, client.station.id)
        file_access.renew(station)
        db.flush()
        db.refresh(station)
    ftp = FTP()
    ftp.connect("127.0.0.1", client.server.port)
    with pytest.raises(ftplib.error_perm, match=r"^530 "):
        ftp.login(client.name, client.password)
    Client(client.server, station).ftp().quit()


def test_no_data_goes_to_another_machine(client: Client) -> None:
    """FTP bounce (RFC 2577)."""
    with client.ftp() as ftp:
        with pytest.raises(ftplib.error_perm, match=r"501 Rejected data connection to foreign address"):
            ftp.sendport("192.0.2.1", 2000)
        with pytest.raises(ftplib.error_perm, match=r"501 PORT against the privileged port"):
            ftp.sendport("127.0.0.1", 22)
        ftp.set_pasv(False)
        upload(ftp, "active.log", b"x")


def test_what_a_killed_server_leaves_behind(
    database: object, client: Client, files_of: Files, transaction: Transaction
) -> None:
    with serving() as server:
        ftp = Client(server, client.station).ftp()
        line = ftp.transfercmd("STOR killed.log")
        line.sendall(b"half")
        wait_until(lambda: list(bytes_of(client.station).values()) == [b"half"])
        server.kill()
    with transaction() as db:
        assert station_files.sweep(db, clock.now()) == 0
    with transaction() as db:
        assert station_files.sweep(db, clock.now() + timedelta(minutes=6)) == 1
    (file,) = files_of(client.station)
    assert (file.state, file.reason) == (FileState.FAILED, "abandoned")


def test_a_server_that_stops_ends_its_uploads(client: Client, files_of: Files) -> None:
    with serving() as server:
        ftp = Client(server, client.station).ftp()
        line = ftp.transfercmd("STOR stopped.log")
        line.sendall(b"half")
        wait_until(lambda: list(bytes_of(client.station).values()) == [b"half"])
        assert server.stop() == 0
    (file,) = files_of(client.station)
    assert (file.state, file.reason, bytes_of(client.station)) == (FileState.FAILED, "broken_off", {})


def test_many_stations_at_once(client: Client, file_server: FileServer, files_of: Files) -> None:
    lines = [client.ftp_tls() for _ in range(8)]
    sockets = [ftp.transfercmd(f"STOR {index}.log") for index, ftp in enumerate(lines)]
    for _ in range(10):
        for one in sockets:
            one.sendall(b"x" * 1000)
    for one, ftp in zip(sockets, lines, strict=True):
        one.unwrap()
        one.close()
        assert ftp.voidresp() == "226 Transfer complete."
    assert {(file.state, file.size_bytes) for file in files_of(client.station)} == {(FileState.COMPLETE, 10_000)}
