"""OCPP over SOAP as it is published: the messages of its versions, read from XML and written to it.

What the package `ocpp` is for OCPP-J: it knows the wire and nothing of portal, engine or stations, so that the engine
and simulated stations share it as they share that one. spyne finds the operation, writes the answer and describes both
services as WSDL; zeep writes the calls.

- `versions.py`                 every version, and under which address
- `v12.py`, `v15.py`, `v16*.py` one table of types for each version, in the words of `kinds.py`
- `common.py`                   what they say alike
- `models.py`, `service.py`     spyne's classes and its application, made from the table
- `schema.py`, `payloads.py`    the same message as a JSON schema, and as the plain payload that OCPP-J would have
- `elements.py`, `envelope.py`  what strangers send, read without trusting it; `header.py` what it says of itself
- `outgoing.py`, `faults.py`    what they are answered, and what they are told that cannot be served
- `endpoint.py`                 bytes in, call out; payload in, bytes out
- `wsdl.py`, `client.py`        the description of a service, and calls to one
"""
