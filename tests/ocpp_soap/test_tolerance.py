"""What stations do that breaks a naive server, as far as it stands in the document."""

import pytest
from lxml import etree

from ocpp_soap.endpoint import SoapCall, endpoint
from ocpp_soap.faults import Code, SoapFault, Subcode
from ocpp_soap.header import Header
from ocpp_soap.v15 import V15
from tests.ocpp_soap.envelopes import AT, BOOT, CP, CS, ENVELOPE, HEARTBEAT, IDENTITY, WSA, envelope
from tests.ocpp_soap.messages import headers

SERVICE = V15.central_system
HERE = endpoint(SERVICE)
OLD = "http://schemas.xmlsoap.org/ws/2004/08/addressing"

WHOLE = (
    f"{IDENTITY}<a:Action>/Heartbeat</a:Action><a:MessageID>m 1</a:MessageID><a:To>http://portal.example/</a:To>"
    "<a:From><a:Address>http://192.0.2.7:8080/ocpp</a:Address></a:From>"
    f"<a:ReplyTo><a:Address>{WSA}/anonymous</a:Address></a:ReplyTo>"
)
HEADER = Header("CB1", "m 1", "http://192.0.2.7:8080/ocpp")


def read(body: str = HEARTBEAT, header: str = IDENTITY) -> SoapCall:
    return HERE.read(envelope(body, header).encode())


def test_the_answer_says_which_action_it_is_and_whose() -> None:
    assert headers(HERE.answer(read(header=WHOLE), {"currentTime": AT})) == {
        "Action": "/HeartbeatResponse",
        "To": f"{WSA}/anonymous",
        "RelatesTo": "m 1",
    }


@pytest.mark.parametrize(
    "number", ["urn:uuid:2b1e", "42", "a number & <sign> ]]>", "x" * 5000, "æ\U0001f50c", "http://a/?b=1&c"]
)
def test_a_number_that_is_no_urn_comes_back_as_it_was(number: str) -> None:
    escaped = number.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    call = read(header=f"{IDENTITY}<a:MessageID>{escaped}</a:MessageID>")

    assert headers(HERE.answer(call, {"currentTime": AT}))["RelatesTo"] == number
    fault = SoapFault(Code.SENDER, Subcode.SECURITY_ERROR, "no")
    assert headers(HERE.refusal(fault, call.header))["RelatesTo"] == number


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (WHOLE, HEADER),
        (IDENTITY, Header("CB1")),
        ("", Header()),
        (f"{IDENTITY}<a:From/>", Header("CB1")),
        (f"{IDENTITY}<a:From><a:Address/></a:From>", Header("CB1")),
        (f"{IDENTITY}<a:From><a:Metadata>x</a:Metadata></a:From>", Header("CB1")),
        (f"{IDENTITY}<a:From><a:Address>{WSA}/anonymous</a:Address></a:From>", Header("CB1")),
        (f"{IDENTITY}<a:From><a:Address>{WSA}/none</a:Address></a:From>", Header("CB1")),
        (f"{IDENTITY}<a:MessageID/>", Header("CB1")),
        ("<cs:chargeBoxIdentity/>", Header()),
        ("<cs:chargeBoxIdentity> CB 1 </cs:chargeBoxIdentity>", Header("CB 1")),
        (f'{IDENTITY}<x:unknown xmlns:x="urn:x"/>', Header("CB1")),
        (f'{IDENTITY}<x:unknown xmlns:x="urn:x" e:mustUnderstand="false"/>', Header("CB1")),
        (f'{IDENTITY}<x:unknown xmlns:x="urn:x" e:mustUnderstand="0"/>', Header("CB1")),
    ],
)
def test_what_a_header_leaves_out_is_missed_by_nobody(header: str, expected: Header) -> None:
    assert read(header=header).header == expected


def test_a_message_without_a_header_is_one() -> None:
    document = envelope().replace(f"<e:Header>{IDENTITY}</e:Header>", "")

    call = HERE.read(document.encode())

    assert call.header == Header()
    assert headers(HERE.answer(call, {"currentTime": AT})) == {
        "Action": "/HeartbeatResponse",
        "To": f"{WSA}/anonymous",
    }


def test_the_addressing_of_the_submission_is_understood_too() -> None:
    document = envelope(header=WHOLE).replace(f'xmlns:a="{WSA}"', f'xmlns:a="{OLD}"')

    assert HERE.read(document.encode()).header == HEADER


@pytest.mark.parametrize("said", ["true", "1"])
def test_every_header_of_ocpp_may_have_to_be_understood(said: str) -> None:
    header = WHOLE
    for name in ("cs:chargeBoxIdentity", "a:Action", "a:To", "a:From", "a:ReplyTo"):
        header = header.replace(f"<{name}>", f'<{name} e:mustUnderstand="{said}">')

    assert read(header=header).header == HEADER


def test_the_identity_is_in_the_words_of_the_service_that_is_called() -> None:
    document = envelope("<cs:clearCacheRequest/>").replace(CS, CP)

    assert endpoint(V15.charge_point).read(document.encode()).header.identity == "CB1"


@pytest.mark.parametrize("void", ["<cs:iccid/>", "<cs:iccid></cs:iccid>", "<cs:iccid> \n </cs:iccid>", ""])
def test_an_empty_element_that_may_be_left_out_is(void: str) -> None:
    assert read(BOOT.format(void)).payload == {"chargePointVendor": "V", "chargePointModel": "M"}


def test_an_empty_record_that_may_be_left_out_is() -> None:
    body = (
        "<cs:stopTransactionRequest><cs:transactionId>7</cs:transactionId><cs:idTag/><cs:timestamp/>"
        "<cs:meterStop>12</cs:meterStop></cs:stopTransactionRequest>"
    )

    # What must be there and is empty is left to whoever judges the payload.
    assert read(body).payload == {"transactionId": 7, "timestamp": "", "meterStop": 12}


METERED = "<cs:meterValuesRequest><cs:connectorId> 1 </cs:connectorId><cs:transactionId/>{}</cs:meterValuesRequest>"


@pytest.mark.parametrize(
    "at", ["2026-11-22T10:00:00Z", "2026-11-22T10:00:00.123456Z", "2026-11-22T11:00:00+01:00", "2026-11-22T10:00:00"]
)
def test_times_and_samples_come_as_they_were_written(at: str) -> None:
    values = (
        f"<cs:values><cs:timestamp>{at}</cs:timestamp><cs:value>1234</cs:value>"
        '<cs:value unit="Amp" measurand="Current.Import" context="">16.1</cs:value></cs:values>'
    )

    assert read(METERED.format(values)).payload == {
        "connectorId": 1,
        "values": [
            {"timestamp": at, "value": [
                {"value": "1234"},
                {"value": "16.1", "unit": "Amp", "measurand": "Current.Import"},
            ]},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "expected"),
    [("+7", 7), ("-1", -1), ("007", 7), ("1.0", "1.0"), ("1e3", "1e3"), ("", ""), ("٣", "٣"), ("9" * 19, "9" * 19)],
)
def test_what_is_no_whole_number_is_left_to_whoever_judges_the_payload(written: str, expected: object) -> None:
    payload = read(METERED.format("").replace("<cs:connectorId> 1 ", f"<cs:connectorId>{written}")).payload

    assert payload == {"connectorId": expected}


def test_what_nobody_knows_is_kept_as_text() -> None:
    payload = read(BOOT.format("<cs:colour>red</cs:colour><x:size xmlns:x='urn:x'><a/>5</x:size>")).payload

    assert payload == {"chargePointVendor": "V", "chargePointModel": "M", "colour": "red", "size": "5"}


def test_times_go_out_as_stations_read_them() -> None:
    answer = HERE.answer(read(), {"currentTime": AT})

    assert etree.fromstring(answer).findtext(f".//{{{CS}}}currentTime") == "2026-11-22T10:00:00Z"


def test_a_subcode_is_a_name_of_the_service_s_own_and_the_number_comes_back() -> None:
    fault = SoapFault(Code.SENDER, Subcode.IDENTITY_MISMATCH, "who are you?")

    document = etree.fromstring(HERE.refusal(fault, read(header=WHOLE).header))

    names = {"e": ENVELOPE}
    code, subcode = document.findall(".//e:Value", names)
    assert [qualified(code), qualified(subcode)] == [(ENVELOPE, "Sender"), (CS, "IdentityMismatch")]
    assert document.findtext(".//e:Reason/e:Text", namespaces=names) == "who are you?"
    assert document.findtext(f".//{{{WSA}}}RelatesTo") == "m 1"
    assert document.findtext(f".//{{{WSA}}}Action") == f"{WSA}/soap/fault"


@pytest.mark.parametrize(
    "body", ["<cs:nobodyRequest/>", HEARTBEAT * 2, "<x:heartbeatRequest xmlns:x='urn:x'/>", "<cs:authorizeRequest>"
    "<cs:idTag>1</cs:idTag><cs:idTag>2</cs:idTag></cs:authorizeRequest>"],
)  # fmt: skip
def test_a_message_that_is_refused_is_told_its_number_all_the_same(body: str) -> None:
    with pytest.raises(SoapFault) as refused:
        read(body, WHOLE)

    assert refused.value.header == HEADER
    assert headers(HERE.refusal(refused.value))["RelatesTo"] == "m 1"


def test_a_speaker_of_soap_1_1_is_told_what_is_spoken() -> None:
    with pytest.raises(SoapFault) as refused:
        HERE.read(envelope(soap="http://schemas.xmlsoap.org/soap/envelope/").encode())

    upgrade = etree.fromstring(HERE.refusal(refused.value)).find(f".//{{{ENVELOPE}}}Upgrade")
    [offered] = upgrade
    prefix, _, name = offered.get("qname").partition(":")
    assert (offered.nsmap[prefix], name) == (ENVELOPE, "Envelope")


def qualified(element: etree._Element) -> tuple[str, str]:
    prefix, _, name = element.text.partition(":")
    return element.nsmap[prefix], name
