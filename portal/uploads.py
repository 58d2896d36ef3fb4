"""Requests that bring a firmware image: much larger than others, and straight to the disk.

A form's body is read as a whole before any view sees it (the hidden token stands in it), so that it is decided here,
by address and by who asks, how much may come and where it goes.
"""

import time
from typing import IO, Any

from flask import Request, g, request

from domain.firmware_images import LARGEST_BYTES, Incoming
from portal.viewer import may

FORM_BYTES = 1_000_000
"""What stands around the image."""
DOORS = {"FirmwareImageView.add": "can_add", "FirmwareImageApi.post": "can_post"}
"""The endpoints that take an image, and the right that is needed: a stranger's is not even read."""


class PacedIncoming(Incoming):
    """Between two pieces it is the turn of the others in this process, stations among them."""

    def write(self, chunk: bytes) -> int:
        time.sleep(0)
        return super().write(chunk)

    def seek(self, _position: int) -> None:
        """The parser of forms turns back to the beginning; nobody reads it there."""


class PortalRequest(Request):
    @property
    def takes_image(self) -> bool:
        right = DOORS.get(self.endpoint or "")
        user = g.get("user")
        if self.method != "POST" or right is None or user is None or not user.is_authenticated:
            return False
        view = str(self.endpoint).partition(".")[0]
        return may(right, view)

    @property
    def max_content_length(self) -> int | None:
        return LARGEST_BYTES + FORM_BYTES if self.takes_image else super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        Request.max_content_length.fset(self, value)  # type: ignore[attr-defined]

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        if self.takes_image:
            return PacedIncoming()  # type: ignore[return-value]
        return super()._get_file_stream(*args, **kwargs)


def sent_image() -> tuple[Incoming, str] | None:
    """The image that this request brought, with the name that its sender calls it; None if there is none."""
    sent = request.files.get("file")
    if sent is None or not sent.filename or not isinstance(sent.stream, Incoming):
        return None
    return sent.stream, sent.filename
