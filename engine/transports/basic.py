"""HTTP Basic as stations send it (RFC 7617; OCPP-J 1.6, 6.2): the user name is the charge box id."""

import base64
import binascii
from urllib.parse import quote

UNREADABLE = b""
"""Stands for what cannot be the station's password: it is compared like any other, and is nobody's."""


def password_in(authorization: str, charge_box_id: str) -> bytes | None:
    """The password in the header Authorization; None where there is none.

    It is bytes, since a station may send its key as bytes. What stands under another name or in no readable form is a
    password too, and a wrong one.
    """
    scheme, _, credentials = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(credentials.strip() + "==")
    except (binascii.Error, ValueError):
        return UNREADABLE
    # A name may hold a colon, so that the pair is not simply cut at the first one.
    for name in _writings(charge_box_id):
        if text.startswith(name + b":"):
            # A station without a key sends an empty one.
            return text[len(name) + 1 :] or None
    return UNREADABLE


def _writings(name: str) -> list[bytes]:
    """In UTF-8, and as some stations write it: in the bytes of Latin-1, or as it stands in the address."""
    latin = name.encode("latin-1", errors="replace")
    return [name.encode(), latin, quote(name, safe="").encode()]
