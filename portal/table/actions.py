"""What can be done with a row, the entries of its menu, and with many at once."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Action:
    """One entry of a row's menu, a link."""

    label: Any
    url: str
    new_window: bool = False
    danger: bool = False
    """Asks before it acts: the link leads to a page that asks; a script asks at once, or opens that page (`dialog`)."""
    dialog: bool = False
    """Leads to a form that a script opens on this page (static/dialog.js)."""


@dataclass(frozen=True, slots=True)
class ForMarked:
    """Rows of the table can be marked, and a page takes the marked ones, or all that the filters leave."""

    endpoint: str
    """It is told `marked=yes` and the keys; or else what the table was asked for."""
    name: str
    """Of the parameter that holds a key."""
    label: Any
    to_marked: Any
    to_listed: Any
