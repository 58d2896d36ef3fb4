"""What can be done with a row: the entries of its menu."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Action:
    """One entry of a row's menu, a link."""

    label: Any
    url: str
    new_window: bool = False
    danger: bool = False
    """Asks before it acts: the link leads to a page that asks, a script asks at once."""
    dialog: bool = False
    """Leads to a form that a script opens on this page (static/dialog.js)."""
