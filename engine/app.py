"""The engine as a web application: the addresses that stations call, below /Ocpp."""

from flask import Flask


def create_engine() -> Flask:
    """The engine's own application; it shares nothing with the portal's requests, cookies or pages."""
    return Flask(__name__, static_folder=None)
