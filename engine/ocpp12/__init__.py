"""What OCPP 1.2 says in its own way; what it shares with other versions is in `ocpp1/`."""

NAME = "OCPP 1.2"
