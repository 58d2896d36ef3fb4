"""Files from and to stations: over FTP in a process of its own, over HTTP beside OCPP, by the same rules."""
