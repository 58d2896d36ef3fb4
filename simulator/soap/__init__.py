"""OCPP over SOAP: a station calls the central system, and is itself called where it said that it can be.

There is no line that stays, so none that can be lost: a station is without one when it cannot reach the central
system, and while it is switched off nobody reaches it either.

- `line.py`       frames of OCPP-J out as requests, requests in as frames
- `words.py`      what OCPP 1.6 says in the words of an older version, and back
- `wrong.py`      answers that are none
- `callbacks.py`  the HTTP server for all stations of a process, each at its path
- `caller.py`     the HTTP connection to the central system
- `http.py`       what both of them read and write
"""
