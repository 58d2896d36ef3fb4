"""What OCPP 1.6 says in its own way; what it shares with older versions is in `ocpp1/`."""

NAME = "OCPP 1.6"

VERSION = "v16"
"""As the schemas call it."""

SUBPROTOCOL = "ocpp1.6"
"""As WebSockets call it (OCPP-J 1.6, 3.1.2)."""
