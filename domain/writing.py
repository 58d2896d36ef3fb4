"""What may stand in words that people write."""

import re

UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters and halves of characters, which the database or a mail's subject refuses, and what turns the
direction of the text around it, which makes one name look like another."""
BETWEEN_LINES = re.compile(r"[\t\n\r]")


def is_writable(text: str, lines: bool = False) -> bool:
    """Whether one line, or with `lines` several, holds only characters that it can hold."""
    return not UNWRITABLE.search(BETWEEN_LINES.sub("", text) if lines else text)
