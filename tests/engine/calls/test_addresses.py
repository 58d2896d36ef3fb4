"""Where a station is called, and where nobody is called: judged by the address that is really connected to."""

import socket
import ssl
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from domain import clock
from domain.models import CommandReason, CommandState
from engine.calls import asking
from tests.engine.calls.soap_station import soap_station
from tests.waiting import wait_until

YES = (CommandState.ACCEPTED, None)
FORBIDDEN = (CommandState.FAILED, CommandReason.FORBIDDEN_ADDRESS)
UNREACHABLE = (CommandState.FAILED, CommandReason.UNREACHABLE)


@pytest.fixture
def resolve(monkeypatch):
    """Lets a name resolve to these addresses, each time to the next list of them."""
    real = socket.getaddrinfo

    def resolve(name, *lists):
        left = list(lists)

        def getaddrinfo(host, *arguments, **options):
            if host != name:
                return real(host, *arguments, **options)
            found = left.pop(0) if len(left) > 1 else left[0]
            return [each for address in found for each in real(address, *arguments, **options)]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return resolve


LOOPBACK = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://127.8.9.10:{port}/",
    "http://0x7f.1:{port}/",
    "http://0x7f000001:{port}/",
    "http://2130706433:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://0.0.0.0:{port}/",
    "http://0:{port}/",
    "http://localhost:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "https://127.0.0.1:{port}/",
    "https://user:password@127.0.0.1:{port}/",
    "http://inside.example:{port}/",
    "https://inside.example:{port}/",
]


@pytest.mark.parametrize("url", LOOPBACK)
def test_this_machine_is_not_called(world, caller, box, settings, resolve, url):
    settings(SOAP_ALLOW_LOOPBACK="0")
    resolve("inside.example", ["127.0.0.1"])
    station = world.add(None, endpoint_url=url.format(port=box.port))
    number = world.make(station)
    caller.call([station.id])
    state, reason, outcome = world.ends(number)
    assert (state, reason) == FORBIDDEN
    assert outcome["detail"]
    assert box.connections == 0


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "metadata.example",
    ],
)
def test_neighbours_and_clouds_are_not_called_even_where_this_machine_is(world, caller, resolve, host):
    resolve("metadata.example", ["169.254.169.254"])
    station = world.add(f"http://{host}/latest/meta-data/")
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number)[:2] == FORBIDDEN
    wait_until(lambda: world.messages(station))
    [told] = world.messages(station)
    assert told.reason.startswith("not sent: ")


def test_a_name_that_resolves_otherwise_a_moment_later_leads_nowhere(world, caller, box, resolve, settings):
    """The addresses that are judged are those that are connected to."""
    resolve("moving.example", ["127.0.0.1"], ["169.254.169.254"])
    station = world.add(f"http://moving.example:{box.port}/")
    first, second = world.make(station), world.make(station)
    caller.call([station.id])
    assert world.ends(first)[:2] == YES
    assert world.ends(second)[:2] == FORBIDDEN
    assert box.connections == 1


def test_of_several_addresses_the_forbidden_ones_are_left_out(world, caller, box, resolve):
    resolve("both.example", ["169.254.169.254", "127.0.0.1"])
    station = world.add(f"http://both.example:{box.port}/")
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number)[:2] == YES
    assert box.receive().headers["Host"] == f"both.example:{box.port}"


def test_one_address_that_leads_nowhere_does_not_hide_the_next(world, caller, box, resolve):
    resolve("two.example", ["127.0.0.77", "127.0.0.1"])
    station = world.add(f"http://two.example:{box.port}/")
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number)[:2] == YES


def test_what_somebody_has_set_goes_before_what_the_station_told(world, caller, box):
    station = world.add("http://127.0.0.1:9/", endpoint_url=box.url)
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number)[:2] == YES


def test_a_station_that_told_no_address_cannot_be_called(world, caller):
    station = world.add(None)
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number) == (CommandState.FAILED, CommandReason.NO_ADDRESS, None)


def test_nobody_is_told_a_user_or_password_of_an_address(world, caller, box):
    station = world.add(None, endpoint_url=f"http://user:password@127.0.0.1:{box.port}/")
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number)[:2] == YES
    asked = box.receive()
    assert "Authorization" not in asked.headers
    assert asked.headers["Host"] == f"127.0.0.1:{box.port}"


NO_ADDRESSES = [
    *("ftp://127.0.0.1/", "file:///etc/passwd", "//a", "a", "http://", "http://a:b/", "http://ø.example/"),
    *(f"http://{'a' * 64}.example/", "http://a..example/", "http://127.0.0.1:9/ b"),
]


@pytest.mark.parametrize(
    "url", [*NO_ADDRESSES, f"http://{'a' * 64}.example/", "http://a..example/", "http://127.0.0.1:9/ b"]
)
def test_what_is_no_address_of_the_web_is_not_called(world, caller, url):
    station = world.add(url)
    number = world.make(station)
    caller.call([station.id])
    state, reason, outcome = world.ends(number)
    assert (state, reason) == UNREACHABLE
    assert outcome["detail"]


def test_proxies_of_this_machine_have_no_part_in_it(world, caller, box, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    station = world.add(box.url)
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number)[:2] == YES


def test_a_station_that_cannot_be_reached_is_tried_once_more_whatever_is_asked(world, caller, box, resolve):
    """The first time its name leads to where nobody listens."""
    resolve("waking.example", ["127.0.0.77"], ["127.0.0.1"])
    station = world.add(f"http://waking.example:{box.port}/")
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number)[:2] == YES
    assert box.connections == 1


def test_one_that_stays_away_fails_the_command_with_what_the_system_said(world, caller, box, monkeypatch):
    monkeypatch.setattr(asking, "PAUSE_SECONDS", 0.0)
    station = world.add(f"http://127.0.0.77:{box.port}/")
    number = world.make(station)
    caller.call([station.id])
    told = f"127.0.0.77 port {box.port}: Connection refused"
    assert world.ends(number) == (*UNREACHABLE, {"detail": told})
    command = world.read(number)
    assert (command.answer, command.answered_at) == (None, None)
    wait_until(lambda: world.messages(station))
    [out] = world.messages(station)
    assert (out.reason, out.unique_id) == (f"not sent: {told}", str(number))


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate of a station at 127.0.0.1 that vouches for itself, with its key: one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a station")])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "station.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def safe_box(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    with soap_station(tls=context) as made:
        yield made


def test_a_station_is_called_over_https_where_its_authority_is_known(world, caller, safe_box, authority, settings):
    settings(STATION_CA_FILE=str(authority))
    station = world.add(safe_box.url)
    number = world.make(station)
    caller.call([station.id])
    assert world.ends(number)[:2] == YES
    assert safe_box.receive().action == "RemoteStartTransaction"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_one_whose_certificate_nobody_vouches_for_is_not_called(
    world, caller, safe_box, authority, settings, monkeypatch, host
):
    monkeypatch.setattr(asking, "PAUSE_SECONDS", 0.0)
    if host == "localhost":  # The authority is known, and speaks of another name.
        settings(STATION_CA_FILE=str(authority))
    station = world.add(f"https://{host}:{safe_box.port}/")
    number = world.make(station)
    caller.call([station.id])
    state, reason, outcome = world.ends(number)
    assert (state, reason) == UNREACHABLE
    assert "its certificate is not trusted" in outcome["detail"]
    assert safe_box.heard.empty()
