"""Addresses that open something to whoever knows them, and what a log may say of these."""

import re

SECRET_PART = re.compile(r"(?<=/reset/)[\w-]+|(?<=/unsubscribe/)[\w.-]+")


def without_secrets(text: str) -> str:
    """As it may be written down."""
    return SECRET_PART.sub("…", text)
