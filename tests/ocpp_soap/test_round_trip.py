"""What is written comes back as it was, for every message of every version."""

import gc

import pytest
from hypothesis import given
from spyne.context import MethodContext, ProtocolContext

from ocpp_soap import client
from ocpp_soap.endpoint import endpoint
from ocpp_soap.header import Header
from ocpp_soap.kinds import Operation, Service
from tests.ocpp_soap.messages import (
    IDENTITY,
    IDS,
    OPERATIONS,
    PORTAL,
    assert_valid,
    generated,
    headers,
    payloads,
    requested,
)

EXAMPLES = 15


@pytest.mark.parametrize(("service", "operation"), OPERATIONS, ids=IDS)
def test_a_payload_and_its_answer_come_back_as_they_were(service: Service, operation: Operation) -> None:
    here = endpoint(service)

    @generated(EXAMPLES)
    @given(payloads(operation.request), payloads(operation.answer))
    def check(payload: dict, answer: dict) -> None:
        request = requested(service, operation, payload)
        assert_valid(service, request.body)
        call = here.read(request.body)
        assert (call.operation, call.payload) == (operation, payload)
        assert (call.header.identity, call.header.from_address) == (IDENTITY, PORTAL)
        assert call.header.message_id == request.message_id

        envelope = here.answer(call, answer)
        assert_valid(service, envelope)
        assert client.answer(service, operation, envelope) == answer
        assert headers(envelope) == {
            "Action": f"/{operation.name}Response",
            "To": "http://www.w3.org/2005/08/addressing/anonymous",
            "RelatesTo": request.message_id,
        }

    check()


KEPT = (MethodContext, ProtocolContext, Header)


def test_a_call_that_is_answered_leaves_nothing_to_the_collector() -> None:
    service, operation = next(each for each in OPERATIONS if each[1].name == "Heartbeat")
    here = endpoint(service)
    request = requested(service, operation, {})
    gc.collect()
    gc.disable()
    others = set(map(id, gc.get_objects()))
    try:
        here.answer(here.read(request.body), {"currentTime": "2026-11-28T12:00:00Z"})
        left = [each for each in gc.get_objects() if id(each) not in others and isinstance(each, KEPT)]
    finally:
        gc.enable()
    assert left == []
