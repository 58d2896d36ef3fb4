"""What a station of OCPP 1.5 is asked in its own way."""
