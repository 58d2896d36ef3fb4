"""Talks to stations: OCPP in, OCPP out, and the jobs that RQ runs. Knows nothing of screens."""
