"""Where stations over SOAP are called, and where nobody is."""

import pytest

from config import get_settings
from domain import endpoints
from domain.endpoints import Callee, EndpointError, EndpointFault, is_callable
from domain.models import Station
from domain.protocols import Protocol

LOOPBACK = (
    *("127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1"),
    "64:ff9b:1::7f00:1",
)
NEVER = (
    *(
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "::ffff:169.254.169.254",
    ),
    *("2002:a9fe:a9fe::1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "::169.254.169.254", "::ffff:0.0.0.0"),
    *("224.0.0.1", "239.1.1.1", "ff02::1", "255.255.255.255", "240.0.0.1", "100.100.100.200", "::ffff:100.100.100.200"),
    *("168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254", "2001:0:a9fe:a9fe::1", "4000::1"),
)
STATIONS = (
    "192.0.2.7",
    "10.0.0.5",
    "192.168.1.20",
    "172.16.3.4",
    "100.64.0.9",
    "8.8.8.8",
    "2606:4700::1",
    "fd12:3456::7",
)


@pytest.fixture
def loopback(monkeypatch):
    monkeypatch.setattr(get_settings(), "soap_allow_loopback", True)


def fault_of(url):
    try:
        endpoints.check(url)
    except EndpointError as error:
        return error.fault
    return None


@pytest.mark.parametrize("address", LOOPBACK)
def test_this_machine_is_called_only_where_that_is_allowed(address):
    assert not is_callable(address)


@pytest.mark.parametrize("address", LOOPBACK)
def test_a_simulated_station_may_stand_on_this_machine(loopback, address):
    assert is_callable(address)


@pytest.mark.parametrize("address", NEVER)
def test_what_no_station_can_have_is_never_called(loopback, address):
    assert not is_callable(address)


@pytest.mark.parametrize("address", STATIONS)
def test_stations_stand_anywhere_else_and_in_private_networks(address):
    assert is_callable(address)


def test_what_is_no_address_is_no_answer():
    with pytest.raises(ValueError, match="station"):
        is_callable("station.example.com")


GOOD = (
    "http://192.0.2.7:8080/ocpp",
    "https://station.example.com/",
    "HTTP://Station",
    "http://[2606:4700::1]:9090/a?b=c#d",
    "http://10.0.0.5",
)


@pytest.mark.parametrize("url", GOOD)
def test_an_address_of_a_station(url):
    endpoints.check(url)
    assert endpoints.told(url) == url


NO_WRITING = {
    "": EndpointFault.UNWRITABLE,
    "http://a b/": EndpointFault.UNWRITABLE,
    "http://é/": EndpointFault.UNWRITABLE,
    "http://a\\@b/": EndpointFault.UNWRITABLE,
    "http://a/\n": EndpointFault.UNWRITABLE,
    "http://" + "a" * 494: EndpointFault.TOO_LONG,
    "ftp://a/": EndpointFault.NOT_HTTP,
    "a.example.com/ocpp": EndpointFault.NOT_HTTP,
    "http://": EndpointFault.NOT_HTTP,
    "http:///ocpp": EndpointFault.NOT_HTTP,
    "http://a:port/": EndpointFault.NOT_HTTP,
    "http://a:99999/": EndpointFault.NOT_HTTP,
    "http://a:0/": EndpointFault.NOT_HTTP,
    "http://[::1/": EndpointFault.NOT_HTTP,
    "urn:a": EndpointFault.NOT_HTTP,
    "http://name@a/": EndpointFault.USER_INFO,
    "http://name:password@a/": EndpointFault.USER_INFO,
    "http://@a/": EndpointFault.USER_INFO,
}


@pytest.mark.parametrize(("url", "fault"), NO_WRITING.items())
def test_what_is_no_address_of_a_station(url, fault):
    assert fault_of(url) is fault
    assert endpoints.told(url) is None


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]"]
)
def test_this_machine_by_any_name(host, monkeypatch):
    url = f"http://{host}:8080/"
    assert fault_of(url) is EndpointFault.FORBIDDEN
    # What a station told is kept, so that a person sees why it cannot be called.
    assert endpoints.told(url) == url
    monkeypatch.setattr(get_settings(), "soap_allow_loopback", True)
    assert fault_of(url) is None


def test_the_cloud_by_any_writing(loopback):
    for host in ("169.254.169.254", "0xa9fea9fe", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]", "100.100.100.200", "0"):
        assert fault_of(f"http://{host}/latest/meta-data") is EndpointFault.FORBIDDEN


def test_no_address_is_told_by_words_for_it():
    for word in ("anonymous", "none"):
        assert endpoints.told(f"http://www.w3.org/2005/08/addressing/{word}") is None
    assert endpoints.told(None) is None


def test_who_is_called_over_soap_and_where(db, station):
    others = {
        "ocpp1.2": ("http://set/", "http://told/"),
        "ocpp1.5": (None, "http://told/"),
        "ocpp1.6-soap": (None, None),
        "ocpp1.6": ("http://set/", None),
        None: ("http://set/", None),
    }
    made = []
    for protocol, (endpoint_url, told) in others.items():
        made.append(
            Station(
                site_id=station.site_id,
                name="-",
                charge_box_id=f"called {protocol}",
                protocol=protocol,
                endpoint_url=endpoint_url,
                told_endpoint_url=told,
                connection_number=3,
            )
        )
    db.add_all(made)
    db.flush()
    assert endpoints.callees(db, [*(one.id for one in made), station.id, 2**31 - 1]) == [
        Callee(made[0].id, "called ocpp1.2", Protocol.OCPP12, "http://set/", 3),
        Callee(made[1].id, "called ocpp1.5", Protocol.OCPP15, "http://told/", 3),
        Callee(made[2].id, "called ocpp1.6-soap", Protocol.OCPP16_SOAP, None, 3),
    ]
    assert endpoints.callees(db, []) == []
