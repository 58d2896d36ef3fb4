"""The OCPP tab: a station's parameters, read, changed and compared."""
