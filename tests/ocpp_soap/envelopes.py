"""Envelopes as stations write them, by hand, so that anything can be wrong with them."""

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
CS = "urn://Ocpp/Cs/2012/06/"
CP = "urn://Ocpp/Cp/2012/06/"
AT = "2026-11-22T10:00:00Z"

IDENTITY = "<cs:chargeBoxIdentity>CB1</cs:chargeBoxIdentity>"
HEARTBEAT = "<cs:heartbeatRequest/>"
AUTHORIZE = "<cs:authorizeRequest><cs:idTag>{}</cs:idTag></cs:authorizeRequest>"
BOOT = (
    "<cs:bootNotificationRequest><cs:chargePointVendor>V</cs:chargePointVendor>"
    "<cs:chargePointModel>M</cs:chargePointModel>{}</cs:bootNotificationRequest>"
)


def envelope(body: str = HEARTBEAT, header: str = IDENTITY, *, prolog: str = "", soap: str = ENVELOPE) -> str:
    """One of OCPP 1.5; `cs` is the prefix of what it says."""
    return (
        f'{prolog}<e:Envelope xmlns:e="{soap}" xmlns:a="{WSA}" xmlns:cs="{CS}"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>"
    )


def authorize(tag: str) -> str:
    """What asks for a tag; `tag` is what stands between its brackets."""
    return envelope(AUTHORIZE.format(tag))
