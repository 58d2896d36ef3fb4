"""Our descriptions of the services say what the published ones say."""

import pytest

from ocpp_soap.kinds import Service
from ocpp_soap.wsdl import wsdl
from tests.ocpp_soap.published import FACTS, FOLDER, PUBLISHED, facts_of, name_of

ADDRESS = "http://portal.example/Ocpp/CentralSystemService15"


@pytest.mark.parametrize("service", PUBLISHED, ids=name_of)
def test_our_description_says_what_is_published(service: Service) -> None:
    facts = (FACTS / f"{name_of(service)}.txt").read_text().splitlines()

    assert facts_of(wsdl(service, ADDRESS)) == facts
    # The facts were taken from there; they are compared again wherever the published files are at hand.
    if FOLDER is not None:
        assert facts_of((FOLDER / PUBLISHED[service]).read_bytes()) == facts
