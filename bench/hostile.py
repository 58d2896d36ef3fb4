"""What it costs to read a SOAP document of a megabyte that means no good, beside an honest one of that size.

One core; the rounds alternate.
"""

import statistics
import sys
import time
from contextlib import suppress

from bench.soap_load import ENVELOPE, READING, now
from ocpp_soap.endpoint import endpoint
from ocpp_soap.faults import SoapFault
from ocpp_soap.v15 import V15

ROUNDS = 7
AT_MOST = 3.0
"""Times what the honest one costs."""
BYTES = 1024 * 1024
"""More is not read (engine/transports/soap.py)."""
AUTHORIZE = "<cs:authorizeRequest><cs:idTag{attributes}>{value}</cs:idTag></cs:authorizeRequest>"
TEXT = "T"


def envelope(action: str, body: str, prolog: str = "") -> bytes:
    written = ENVELOPE.format(number=1, action=action, body=body)
    return written.replace("<soap:Envelope", f"{prolog}<soap:Envelope", 1).encode()


def authorize(value: str = TEXT, attributes: str = "", prolog: str = "") -> bytes:
    return envelope("Authorize", AUTHORIZE.format(value=value, attributes=attributes), prolog)


def filled(piece: str) -> str:
    """As many of them as a document has room for."""
    return piece * ((BYTES - 2000) // len(piece))


def numbered(piece: str) -> str:
    """The same, each with a number of its own."""
    return "".join(piece.format(f"{number:06d}") for number in range((BYTES - 2000) // len(piece.format("000000"))))


def honest() -> bytes:
    reading = READING.format(charge=1, at=now())
    begin, values, end = reading.partition("<cs:values>")
    piece, close, end = (values + end).partition("</cs:values>")
    return envelope("MeterValues", begin + filled(piece + close) + end)


HOSTILE = {
    "elements without end": authorize(filled("<a/>")),
    "elements within each other": authorize(filled("<a>")),
    "entities that multiply": authorize(prolog="<!DOCTYPE a [" + numbered('<!ENTITY a{0} "&a;&a;">') + "]>"),
    "attributes without end": authorize(attributes=" " + numbered("a{}='' ")),
    "namespaces without end": authorize(attributes=" " + numbered("xmlns:a{0}='u:{0}' ")),
    "comments between characters": authorize(filled("x<!---->")),
    "comments before all": authorize(prolog=filled("<!---->")),
    "names that nobody knows": authorize(numbered("<n{}/>")),
}


def seconds_to_read(document: bytes) -> float:
    here = endpoint(V15.central_system)
    began = time.process_time()
    with suppress(SoapFault):  # Most of them are refused; what is measured is what it cost until then.
        here.read(document)
    return time.process_time() - began


def main() -> int:
    documents = {"honest": honest()} | HOSTILE
    assert all(len(document) <= BYTES for document in documents.values())
    endpoint(V15.central_system).read(documents["honest"])
    rounds = [{name: seconds_to_read(document) for name, document in documents.items()} for _ in range(ROUNDS)]
    usual = statistics.median(each["honest"] for each in rounds)
    print(f"An honest message of a megabyte is read in {1000 * usual:.0f} ms; median of {ROUNDS} rounds:")
    ratios = {name: statistics.median(each[name] / each["honest"] for each in rounds) for name in HOSTILE}
    for name, ratio in ratios.items():
        print(f"  {name:30}{ratio:6.2f} times (at most {AT_MOST})")
    return 0 if max(ratios.values()) <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
