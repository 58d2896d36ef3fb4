"""What a station of OCPP 1.2 can be asked."""
