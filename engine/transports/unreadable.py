"""What a station meant to say with a WebSocket frame that cannot be read, for the message log."""

from itertools import cycle

MASKED = 0x80
LENGTH = 0x7F
LENGTH_BYTES = {126: 2, 127: 8}
"""Where the length does not fit into seven bits (RFC 6455, 5.2)."""
MASK_BYTES = 4


def payload(data: bytes) -> bytes:
    """The content of the frame with which `data` begins and of what follows, without its mask (RFC 6455, 5.3)."""
    if len(data) < 2 or not data[1] & MASKED:
        return data
    begins_at = 2 + LENGTH_BYTES.get(data[1] & LENGTH, 0) + MASK_BYTES
    mask, content = data[begins_at - MASK_BYTES : begins_at], data[begins_at:]
    return bytes(byte ^ key for byte, key in zip(content, cycle(mask), strict=False))
