"""Real HTTP requests for files to the running engine."""

import base64
import hashlib
import http.client
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain import file_access
from domain.models import Action, Command, FileState, FirmwareImage, Station, StationFile
from tests.engine.conftest import EngineServer, running
from tests.engine.files.conftest import LIMIT_BYTES, LIMITS, bytes_of
from tests.waiting import LONGEST_SECONDS, wait_until

Files = Callable[[Station], list[StationFile]]
LOG = bytes(range(256)) * 4000
Answer = tuple[int, str]


@pytest.fixture(scope="session")
def web(database: object, valkey: object) -> Iterator[EngineServer]:
    """The engine with the limits of these tests, and the secret of this process."""
    with running(SECRET_KEY="of the tests, and long enough to sign with", **LIMITS) as server:
        yield server


class Client:
    def __init__(self, server: EngineServer, station: Station) -> None:
        self.server, self.station = server, station
        self.password = file_access.password(station.id, station.file_key_number)

    def headers(self, password: str | None = None) -> dict[str, str]:
        pair = f"{file_access.user_name(self.station.id)}:{password or self.password}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=LONGEST_SECONDS)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, f"/Ocpp/files/{path}", body, self.headers() | names)
        return line.getresponse()

    def put(self, path: str, body: object, **headers: str) -> Answer:
        return said(self.ask("PUT", path, body, **headers))


def said(answer: http.client.HTTPResponse) -> Answer:
    return answer.status, answer.read().decode()


@pytest.fixture
def client(web: EngineServer, station: Station) -> Client:
    return Client(web, station)


KEPT = (201, "The file was kept.\n")


def test_a_log_is_put(client: Client, files_of: Files, ask: Callable[..., Command]) -> None:
    command = ask(client.station, Action.GET_LOG)
    assert client.put(f"uploads/{command.id}/security.log", LOG) == KEPT
    (file,) = files_of(client.station)
    assert (file.name, file.size_bytes, file.sha256) == ("security.log", len(LOG), hashlib.sha256(LOG).hexdigest())
    assert (file.state, file.via, file.command_id) == (FileState.COMPLETE, "http", command.id)
    assert bytes_of(client.station) == {str(file.id): LOG}


def test_a_log_without_a_length(client: Client, files_of: Files) -> None:
    """Chunked (RFC 9112, 7.1)."""
    pieces = (LOG[start : start + 1000] for start in range(0, len(LOG), 1000))
    assert client.put("uploads/log", pieces) == KEPT
    assert [file.size_bytes for file in files_of(client.station)] == [len(LOG)]


FORM = b"".join(
    b"--limit\r\nContent-Disposition: form-data; name=%s\r\n\r\n%s\r\n" % part
    for part in (
        (b'"note"', b"hello"),
        (b'"one"; filename="C:\\\\logs\\\\one.log"', b"first"),
        (b'"two"; filename="../../two.log"', b"second"),
        (b'"three"; filename="\x1b.log"', b"third"),
    )
)


def test_a_form_of_several_files(client: Client, files_of: Files, ask: Callable[..., Command]) -> None:
    command = ask(client.station, Action.GET_DIAGNOSTICS)
    kind = "multipart/form-data; boundary=limit"
    answer = client.ask("POST", f"uploads/{command.id}/", FORM + b"--limit--\r\n", Content_Type=kind)
    assert said(answer) == KEPT
    found = [(file.name, file.size_bytes, file.command_id) for file in files_of(client.station)]
    assert found == [("one.log", 5, command.id), ("two.log", 6, command.id), ("upload", 5, command.id)]


@pytest.mark.parametrize("form", [FORM, b"--limit\r\n", b"", b"nonsense"])
def test_a_form_that_is_broken(client: Client, files_of: Files, form: bytes) -> None:
    answer = client.ask("POST", "uploads/", form, Content_Type="multipart/form-data; boundary=limit")
    assert said(answer) == (400, "The file ended too early.\n")
    assert {file.state for file in files_of(client.station)} <= {FileState.FAILED}
    assert bytes_of(client.station) == {}


def test_a_body_without_a_name(client: Client, files_of: Files) -> None:
    assert said(client.ask("POST", "uploads/", b"x")) == KEPT
    assert [file.name for file in files_of(client.station)] == ["upload"]


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("uploads/../../etc/passwd", (404, "There is nothing above the own folder.\n")),
        ("uploads/%2e%2e/%2e%2e/etc/passwd", (404, "There is nothing above the own folder.\n")),
        ("uploads/%00", (404, "This name cannot be written.\n")),
        ("uploads/a/b", (404, "There is no such folder.\n")),
        ("firmware/1/x", (403, "Files are left in the folder of the uploads.\n")),
    ],
)
def test_no_path_leads_out_of_the_uploads(client: Client, files_of: Files, path: str, answer: Answer) -> None:
    assert client.put(path, b"x") == answer
    assert files_of(client.station) == []


def test_limits(client: Client, files_of: Files) -> None:
    too_large = (413, "The file is larger than what is accepted.\n")
    assert client.put("uploads/1", bytes(LIMIT_BYTES + 1)) == too_large
    assert files_of(client.station) == []
    pieces = (bytes(100_000) for _ in range(21))
    assert client.put("uploads/1", pieces) == too_large
    for name in "23":
        assert client.put(f"uploads/{name}", bytes(LIMIT_BYTES)) == KEPT
    full = (507, "The station's space for files is full.\n")
    assert client.put("uploads/4", bytes(1_000_001)) == full
    assert [(file.state, file.reason) for file in files_of(client.station)] == [
        ("failed", "too_large"),
        ("complete", None),
        ("complete", None),
    ]


def test_a_line_that_breaks(client: Client, files_of: Files) -> None:
    line = http.client.HTTPConnection("127.0.0.1", client.server.port)
    line.putrequest("PUT", "/Ocpp/files/uploads/broken.log")
    for name, value in (client.headers() | {"Content-Length": "100000"}).items():
        line.putheader(name, value)
    line.endheaders(b"half")
    wait_until(lambda: files_of(client.station))
    line.close()
    wait_until(lambda: files_of(client.station)[0].state is FileState.FAILED)
    (file,) = files_of(client.station)
    assert (file.reason, bytes_of(client.station)) == ("broken_off", {})


def test_the_image_that_it_was_sent(
    client: Client, make_image: Callable[..., FirmwareImage], ask: Callable[..., Command]
) -> None:
    image, unsent = make_image(LOG, "cc-3.15.bin"), make_image(b"never sent")
    ask(client.station, Action.UPDATE_FIRMWARE, firmware=image.id)
    path = f"firmware/{image.id}/cc-3.15.bin"
    whole = client.ask("GET", path)
    assert (whole.status, whole.headers["Content-Type"], whole.read()) == (200, "application/octet-stream", LOG)
    rest = client.ask("GET", path, Range="bytes=1000000-")
    assert (rest.status, rest.headers["Content-Range"]) == (206, f"bytes 1000000-{len(LOG) - 1}/{len(LOG)}")
    assert rest.read() == LOG[1_000_000:]
    head = client.ask("HEAD", path)
    assert (head.status, head.headers["Content-Length"], head.read()) == (200, str(len(LOG)), b"")
    assert client.ask("GET", path, If_None_Match=whole.headers["ETag"]).status == 304
    assert client.ask("GET", path, Range=f"bytes={len(LOG)}-").status == 416
    missing = (404, "There is no such file.\n")
    for wrong in (
        *(f"firmware/{unsent.id}/{unsent.file_name}", f"firmware/{image.id}/other", f"firmware/{image.id}/"),
        *("firmware/", "uploads/", "uploads/log.txt"),
    ):
        assert said(client.ask("GET", wrong)) == missing, wrong
    assert said(client.ask("GET", "../../etc/passwd"))[0] == 404


def test_who_may(client: Client, web: EngineServer, station: Station) -> None:
    stranger = http.client.HTTPConnection("127.0.0.1", web.port, timeout=LONGEST_SECONDS)
    stranger.request("GET", "/Ocpp/files/uploads/")
    answer = stranger.getresponse()
    assert said(answer) == (401, "This is not the name and the password of a station.\n")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Files", charset="UTF-8"'
    for _ in range(file_access.MOST_FAILURES):
        assert client.put("uploads/x", b"x", **client.headers("wrong"))[0] == 401
    locked = client.ask("PUT", "uploads/x", b"x")
    assert (locked.status, locked.headers["Retry-After"]) == (429, "300")


def test_an_upload_holds_up_nobody(client: Client, web: EngineServer, files_of: Files) -> None:
    """One that stalls, several that hurry, and a page at the same time, in one process."""
    line = http.client.HTTPConnection("127.0.0.1", web.port)
    line.putrequest("PUT", "/Ocpp/files/uploads/slow.log")
    for name, value in (client.headers() | {"Content-Length": "8"}).items():
        line.putheader(name, value)
    line.endheaders(b"half")
    wait_until(lambda: files_of(client.station))
    with ThreadPoolExecutor(4) as at_once:
        assert set(at_once.map(lambda name: client.put(f"uploads/{name}", LOG), "1234")) == {KEPT}
    line.send(b"full")
    assert said(line.getresponse()) == KEPT


def test_no_password_is_logged(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    client.put("uploads/log.txt", b"x")
    said_of_it = capfd.readouterr()
    assert not re.search(client.password, said_of_it.out + said_of_it.err)
