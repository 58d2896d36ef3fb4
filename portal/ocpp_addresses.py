"""Where stations find the portal: what a person enters in a station, for each version of OCPP."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext

from config import get_settings
from domain.protocols import IN_WORDS, Protocol
from portal.record import Fact


def addresses() -> Mapping[Protocol, str]:
    """The newest first; over WebSocket the station appends its charge box id."""
    settings = get_settings()
    return {
        Protocol.OCPP16: settings.ocpp16_url,
        Protocol.OCPP16_SOAP: settings.ocpp16_soap_url,
        Protocol.OCPP15: settings.ocpp15_url,
        Protocol.OCPP12: settings.ocpp12_url,
    }


def facts(protocol: str | None = None) -> Sequence[Fact]:
    """The address for a version, or for all where none is known yet."""
    return [
        Fact(gettext("Address for %(protocol)s", protocol=IN_WORDS[each]), url, copies=True)
        for each, url in addresses().items()
        if protocol in (None, each)
    ]
