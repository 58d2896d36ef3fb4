"""The versions of OCPP that are spoken here: what each can say, in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine import ocpp16
from engine.ocpp1.commands.question import QuestionFor
from engine.ocpp1.routes import Routes
from engine.ocpp12.commands import table as commands12
from engine.ocpp12.routes import ROUTES as ROUTES12
from engine.ocpp15.commands import table as commands15
from engine.ocpp15.routes import ROUTES as ROUTES15
from engine.ocpp16.commands import table as commands16
from engine.ocpp16.routes import ROUTES as ROUTES16
from ocpp_soap.v12 import V12
from ocpp_soap.v15 import V15
from ocpp_soap.v16 import V16


@dataclass(frozen=True, slots=True)
class Version:
    protocol: str
    """As the database and people call it."""
    routes: Routes
    """What a station may say."""
    question_for: QuestionFor
    """What it may be asked."""


OCPP_16J = Version(ocpp16.SUBPROTOCOL, ROUTES16, commands16.question_for)

OVER_SOAP: Mapping[str, Version] = {
    V12.protocol: Version(V12.protocol, ROUTES12, commands12.question_for),
    V15.protocol: Version(V15.protocol, ROUTES15, commands15.question_for),
    V16.protocol: Version(V16.protocol, ROUTES16, commands16.question_over_soap_for),
}
"""By protocol."""
