"""OCPP 1.6 to the domain's words and back. What the schemas have checked is taken as it is."""

VERSION = "v16"
"""As the schemas call it."""
