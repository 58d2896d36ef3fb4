"""Payloads of every message, and judges of envelopes that know nothing of how they are read and written here."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lxml import etree

from ocpp_soap import client
from ocpp_soap.kinds import BOOLEAN, INT, MOMENT, URI, Choice, Decimal, Field, Kind, Operation, Record, Service, Text
from ocpp_soap.namespaces import ENVELOPE, WSA
from ocpp_soap.wsdl import PLACE, wsdl
from tests.ocpp_soap.published import NAMES, PUBLISHED, name_of

STATION = "http://station.example:8080/ocpp"
PORTAL = "http://portal.example/Ocpp"
IDENTITY = "CB-1 æ"

OPERATIONS = [(service, operation) for service in PUBLISHED for operation in service.operations]
"""All of all versions."""
IDS = [f"{name_of(service)} {operation.name}" for service, operation in OPERATIONS]

INT_RANGE = 2**31
LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.sampled_from(
    "\t\n\r<&>\"'"
)
"""What XML can say."""


def generated(examples: int) -> settings:
    """The same payloads in each run."""
    return settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )


def texts(longest: int | None = None, *, is_optional: bool = False) -> SearchStrategy[str]:
    """Space around a text is none of it, and one that may be left out and is empty, is."""
    return st.text(LETTERS, max_size=longest or 60).map(str.strip).filter(lambda text: bool(text) or not is_optional)


def payloads(record: Record) -> SearchStrategy[dict[str, Any]]:
    """Whatever the record allows."""
    needed = {name: _values(field) for name, field in record if not field.is_optional}
    allowed = {name: _values(field) for name, field in record if field.is_optional}
    return st.fixed_dictionaries(needed, optional=allowed)


def _values(field: Field) -> SearchStrategy[Any]:
    if field.is_list:
        return st.lists(_kind(field.kind, is_optional=False), min_size=1, max_size=3)
    return _kind(field.kind, field.is_optional)


def _kind(kind: Kind, is_optional: bool) -> SearchStrategy[Any]:
    match kind:
        case Record():
            return payloads(kind)
        case Choice(_, words):
            return st.sampled_from(words)
        case Decimal(_, places):
            return st.integers(-(10**9), 10**9).map(lambda number: number / 10**places)
        case Text(_, longest):
            return texts(longest, is_optional=is_optional)
    return {
        INT: st.integers(-INT_RANGE, INT_RANGE - 1),
        BOOLEAN: st.booleans(),
        MOMENT: st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
        URI: st.integers(1, 99).map(lambda number: f"ftp://files.example/{number}/log"),
    }[kind]


def requested(service: Service, operation: Operation, payload: dict[str, Any]) -> client.Request:
    return client.request(service, operation, payload, IDENTITY, STATION, PORTAL)


@cache
def judge(service: Service) -> etree.XMLSchema:
    """libxml2's reading of our schema."""
    return etree.XMLSchema(_alone(etree.fromstring(wsdl(service, PLACE)).find("w:types/x:schema", NAMES)))


def assert_valid(service: Service, envelope: bytes) -> None:
    """What is in the Body is what the schema says."""
    [message] = etree.fromstring(envelope).find(f"{{{ENVELOPE}}}Body")
    judge(service).assertValid(_alone(message))


def _alone(element: etree._Element) -> etree._Element:
    """As a document of its own."""
    return etree.fromstring(etree.tostring(element))


def headers(envelope: bytes) -> dict[str, str]:
    """What an envelope says of itself, by names."""
    return dict(_headers(envelope))


def _headers(envelope: bytes) -> Iterator[tuple[str, str]]:
    for block in etree.fromstring(envelope).find(f"{{{ENVELOPE}}}Header"):
        name = etree.QName(block)
        assert name.namespace == WSA or name.localname == "chargeBoxIdentity"
        yield name.localname, block.findtext(f"{{{WSA}}}Address") or block.text
