"""What of a frame may be kept."""

import pytest

from domain import messages
from domain.messages import LONGEST_FRAME, cut, masked, masked_text, storable

FRAMES = {
    "a password that is set": (
        '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"s3cret"}]',
        '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"••••••"}]',
    ),
    "a parameter that is no secret": ('[2,"1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"300"}]', None),
    "all parameters": (
        '[3,"1",{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"s3cret"},'
        '{"key":"HeartbeatInterval","readonly":false,"value":"300"}],"unknownKey":["AuthorizationKey"]}]',
        '[3,"1",{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"••••••"},'
        '{"key":"HeartbeatInterval","readonly":false,"value":"300"}],"unknownKey":["AuthorizationKey"]}]',
    ),
    "a secret that is empty": ('[3,"1",{"configurationKey":[{"key":"AuthorizationKey","value":""}]}]', None),
    "an address with a password": (
        '[2,"1","GetDiagnostics",{"location":"ftp://station-1:s3cret@example.com:2121/uploads/1/"}]',
        '[2,"1","GetDiagnostics",{"location":"ftp://station-1:••••••@example.com:2121/uploads/1/"}]',
    ),
    "an address within another object": (
        '[2,"1","GetLog",{"logType":"SecurityLog","log":{"remoteLocation":"https://a:s3cret@example.com/x"}}]',
        '[2,"1","GetLog",{"logType":"SecurityLog","log":{"remoteLocation":"https://a:••••••@example.com/x"}}]',
    ),
    "an address with a token": (
        '[2,"1","UpdateFirmware",{"location":"https://example.com/image?version=2&token=s3cret&x=1"}]',
        '[2,"1","UpdateFirmware",{"location":"https://example.com/image?version=2&token=••••••&x=1"}]',
    ),
    "an address with neither": ('[2,"1","UpdateFirmware",{"location":"https://example.com:8080/a@b"}]', None),
    "a vendor's own text": (
        '[2,"1","DataTransfer",{"vendorId":"v","data":"AuthorizationKey=s3cret;Interval=5"}]',
        '[2,"1","DataTransfer",{"vendorId":"v","data":"AuthorizationKey=••••••;Interval=5"}]',
    ),
    "JSON in a vendor's own text": (
        r'[2,"1","DataTransfer",{"vendorId":"v","data":"{\"wifi\":{\"password\" : \"s3 cret\",\"ssid\":\"x\"}}"}]',
        r'[2,"1","DataTransfer",{"vendorId":"v","data":"{\"wifi\":{\"password\" : \"••••••\",\"ssid\":\"x\"}}"}]',
    ),
    "a number": ('[2,"1","DataTransfer",{"simPin":1234}]', '[2,"1","DataTransfer",{"simPin":"••••••"}]'),
    "what is no secret keeps every sign": ('[ 2, "1" ,"DataTransfer",{"n":1.50, "huge":1e999,"é":"\\u00e9"} ]', None),
    "a broken frame": (
        '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"s3cret"}',
        '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"••••••"}',
    ),
    "a broken frame, the other way round": (
        '[2,"1","ChangeConfiguration",{"value":"s3cret","key":"AuthorizationKey"}',
        '[2,"1","ChangeConfiguration",{"value":"••••••","key":"AuthorizationKey"}',
    ),
    "a frame that was cut": (
        '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"s3cr',
        '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"••••••',
    ),
    "a broken frame with an address": (
        r'[2,"1","GetDiagnostics",{"location":"ftp:\/\/a:s3cret@example.com\/"',
        r'[2,"1","GetDiagnostics",{"location":"ftp:\/\/a:••••••@example.com\/"',
    ),
    "no JSON": ("GET / HTTP/1.1 password: s3cret", "GET / HTTP/1.1 password: ••••••"),
    "a text": ('"token=s3cret"', '"token=••••••"'),
    "a number alone": ("17", None),
    "nested too deep to be written again": (
        "[" * 400 + '{"password":"s3cret"}' + "]" * 400,
        "[" * 400 + '{"password":"••••••"}' + "]" * 400,
    ),
    "nested too deep to be read": ("[" * 5000 + '{"password":"s3cret"', "[" * 5000 + '{"password":"••••••"'),
}


ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">'
    "<soap:Header><wsa:From><wsa:Address>{address}</wsa:Address></wsa:From></soap:Header>"
    "<soap:Body>{body}</soap:Body></soap:Envelope>"
)
HARMLESS = "http://192.0.2.7:9090/ocpp?a=b"
PARAMETERS = (
    "<r><configurationKey><key>HeartBeatInterval</key><readonly>false</readonly><value>300</value></configurationKey>\n"
    "<configurationKey> <key>AuthorizationKey</key><readonly>false</readonly><value>{}</value></configurationKey>"
    "<configurationKey><key>Other</key><value>1</value></configurationKey><unknownKey>AuthorizationKey</unknownKey></r>"
)
BODIES = {
    "XML: a password that is set": (
        "<ns0:changeConfigurationRequest><ns0:key>AuthorizationKey</ns0:key>\n<ns0:value>s3cret</ns0:value></x>",
        "<ns0:changeConfigurationRequest><ns0:key>AuthorizationKey</ns0:key>\n<ns0:value>••••••</ns0:value></x>",
    ),
    "XML: the other way round, without prefixes, with blanks": (
        "<c><value a='1'> s3cret\n</value><key> Authorization&#75;ey </key></c>",
        "<c><value a='1'>••••••</value><key> Authorization&#75;ey </key></c>",
    ),
    "XML: all parameters": (PARAMETERS.format("s3cret"), PARAMETERS.format("••••••")),
    "XML: a value in a passage": (
        "<a><key>simPin</key><value><![CDATA[<1&2>]]></value></a>",
        "<a><key>simPin</key><value><![CDATA[••••••]]></value></a>",
    ),
    "XML: a secret that is empty": ("<a><key>AuthorizationKey</key><value/><value></value></a>", None),
    "XML: an address with a password": (
        "<location>ftp://station-1:s3&amp;cret@example.com:2121/uploads/1/</location>",
        "<location>ftp://station-1:••••••@example.com:2121/uploads/1/</location>",
    ),
    "XML: an element of a secret name": (
        '<wsse:Password Type="text">s3cret</wsse:Password><tokens>7</tokens>',
        '<wsse:Password Type="text">••••••</wsse:Password><tokens>7</tokens>',
    ),
    "XML: an attribute": ('<a password="s3cret" b="c"/>', '<a password="••••••" b="c"/>'),
    "XML: a vendor's own text": (
        "<data>AuthorizationKey=s3cret;a=5</data>",
        "<data>AuthorizationKey=••••••;a=5</data>",
    ),
    "XML: JSON in a vendor's own text": (
        "<data>{&quot;password&quot;:&quot;s3cret&quot;,&quot;a&quot;:1}</data>",
        '<data>{"password":"••••••","a":1}</data>',
    ),
    "XML: a comment": ("<!-- password=s3cret -->", "<!-- password=•••••• -->"),
    "XML: neither": ("<a>1 &lt; 2 &amp; 3 <b c='>'/> http://example.com:80/a@b</a>", None),
    "XML: a key without its end": (
        "<key>AuthorizationKey<value>s3cret</value>",
        "<key>AuthorizationKey<value>••••••</value>",
    ),
    "XML: ends that belong to nothing": (
        "</x></key><a></b><key>AuthorizationKey</key></c><value>s3cret</value></a>",
        "</x></key><a></b><key>AuthorizationKey</key></c><value>••••••</value></a>",
    ),
}
FRAMES |= {
    name: (
        ENVELOPE.format(address=HARMLESS, body=body),
        None if shown is None else ENVELOPE.format(address=HARMLESS, body=shown),
    )
    for name, (body, shown) in BODIES.items()
} | {
    "XML: an address of its own": (
        ENVELOPE.format(address="http://a:s3cret@192.0.2.7/", body="<heartbeatRequest/>"),
        ENVELOPE.format(address="http://a:••••••@192.0.2.7/", body="<heartbeatRequest/>"),
    ),
    "XML that was cut": ("<a><key>AuthorizationKey</key><value>s3cr", "<a><key>AuthorizationKey</key><value>••••••"),
    "XML that was cut in a tag": (
        "<a><key>AuthorizationKey</key><value>s3cret</val",
        "<a><key>AuthorizationKey</key><value>••••••<••••••",
    ),
    "XML that was cut in a passage": ("<a><password><![CDATA[s3cr", "<a><password><![CDATA[••••••"),
    "XML behind blanks": ("\ufeff \r\n<password>s3cret</password>", "\ufeff \r\n<password>••••••</password>"),
    "nothing but a sign": ("<", None),
}


@pytest.mark.parametrize(("frame", "shown"), FRAMES.values(), ids=FRAMES.keys())
def test_secrets_are_masked_and_nothing_else(frame: str, shown: str | None) -> None:
    assert masked(frame) == (frame if shown is None else shown)
    assert masked(masked(frame)) == masked(frame)


@pytest.mark.parametrize("action", [None, "ChangeConfiguration", "Whatever"])
def test_what_may_hold_secrets_is_looked_into(action: str | None) -> None:
    frame, reason = storable('{"password":"s3cret"}', action, 'password="s3cret" is too short')
    assert (frame, reason) == ('{"password":"••••••"}', 'password="••••••" is too short')


def test_what_stations_say_all_day_is_not_looked_into() -> None:
    assert storable('{"password":"s3cret"}', "MeterValues", None) == ('{"password":"s3cret"}', None)


@pytest.mark.parametrize("header", ["http://a:s3cret@example.com/", "<wsse:Password>s3cret</wsse:Password>"])
def test_but_for_its_headers_over_soap(header: str) -> None:
    frame = ENVELOPE.format(address=header, body="<meterValuesRequest/>")
    assert storable(frame, "MeterValues", None) == (frame.replace("s3cret", "••••••"), None)
    frame = ENVELOPE.format(address=HARMLESS, body="<pin>2</pin>")
    assert storable(frame, "MeterValues", None) == (frame, None)


def test_what_a_database_cannot_hold_is_replaced() -> None:
    assert storable("a\0b\ud800c", "MeterValues", "\0") == ("a\ufffdb?c", "\ufffd")


def test_a_long_frame_is_cut_and_says_so() -> None:
    told = "only its beginning is kept, of 65,537 characters"
    assert cut("x" * (LONGEST_FRAME + 1), None) == ("x" * LONGEST_FRAME, told)
    assert cut("x" * (LONGEST_FRAME + 1), "no JSON") == ("x" * LONGEST_FRAME, f"no JSON; {told}")


def test_a_long_reason_is_cut() -> None:
    assert storable("", None, "x" * 5000)[1] == "x" * messages.LONGEST_REASON


HOSTILE = (
    '"',
    "a",
    ":",
    " ",
    "\\",
    "@",
    "a:",
    "a\\\\",
    'a="',
    "://a:",
    "password=",
    '"key":"',
    '"value":"',
    '"key":"a"',
)


HOSTILE_XML = (
    *("<", "<a", "<a>", "</a>", "<a ", "<a:", "<a><b>", "<a></b>", "<!--", "<![CDATA[", "&", "<key>", "<value>"),
    *("<a></x>", "<key>a</key>", "<a b='", "<password>"),
)


@pytest.mark.parametrize("part", HOSTILE_XML)
def test_no_xml_takes_long(part: str) -> None:
    """As below."""
    text = "<" + part * (LONGEST_FRAME // len(part))
    assert len(masked(text)) > 0


@pytest.mark.parametrize("part", HOSTILE)
def test_no_text_takes_long(part: str) -> None:
    """Each of these took seconds where a pattern began anew at every sign. It passes or does not end."""
    text = part * (LONGEST_FRAME // len(part))
    assert len(masked_text(text)) > 0
