"""What every pane of the dashboard is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from domain.clock import now
from domain.roles import RoleName
from domain.scope import Viewer

OPERATORS = frozenset({RoleName.ADMINISTRATOR, RoleName.SITE_ADMINISTRATOR, RoleName.SUPPORT})
BUILDERS = frozenset({RoleName.ADMINISTRATOR, RoleName.SUPPORT})
"""Those who see the whole system."""
DRIVERS = frozenset({RoleName.EV_USER})
EVERYONE = frozenset(RoleName)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a pane shows, and of when it is."""

    read_at: datetime = field(default_factory=now)


Read = Callable[[Session, Viewer], Figures]
"""Reads a pane's figures: only what the viewer may see, in a number of queries that nothing makes grow."""


@dataclass(frozen=True)
class Pane:
    """One kind of pane."""

    name: str
    """In its address, in `PortalUser.dashboard_panes`, and of its template in templates/panes/."""
    title: LazyString
    roles: frozenset[RoleName]
    read: Read
    link: LazyString
    """The words of the link to the page behind."""
    endpoint: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    live_kind: str | None = None
    """It is fetched at once when something of this kind changes (domain/live.py)."""

    @property
    def template(self) -> str:
        return f"panes/{self.name}.html"

    @property
    def url(self) -> str:
        """Of the page behind."""
        return url_for(self.endpoint, **self.arguments)
