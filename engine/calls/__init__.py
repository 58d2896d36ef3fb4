"""Calls to the stations that speak over SOAP: what the outbox is to those on a WebSocket.

Each station has its commands one after the other in a thread of the worker for commands, and many stations have theirs
at the same time. Nothing is known here that a process could not lose: the database tells what is next, and that one
call to a station is under way at a time (domain/orders.py).

- `caller.py`      the threads of this process, and which station is whose
- `asking.py`      one command from its order to its end: tries, time-outs, late answers
- `call.py`        what is sent, and where
- `connecting.py`  the way to the address, which is judged before it is gone
- `exchange.py`    one request and its answer over HTTP
- `answers.py`     what the answer says
- `records.py`     the database, in short transactions
"""
