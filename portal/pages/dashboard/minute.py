"""Figures that many dashboards share and that read many sessions: read once a minute for each scope, kept in Redis.

See docs/decisions/heavy-figures-are-a-minute-old.md.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson

from domain.clock import now
from domain.queue import get_redis
from domain.scope import Viewer

KEPT_SECONDS = 60


def shared(name: str, viewer: Viewer, read: Callable[[], Any]) -> tuple[Any, datetime]:
    """What `read` returns (something that JSON can carry) and when it was read: now, or within the last minute.

    `name` tells all that the figures depend on besides the scope, such as the time zone.
    """
    key = _key(name, viewer)
    kept = get_redis().get(key)
    if kept is None:
        kept = orjson.dumps({"read_at": now(), "figures": read()})
        get_redis().set(key, kept, ex=KEPT_SECONDS)
    known = orjson.loads(kept)
    return known["figures"], datetime.fromisoformat(known["read_at"])


def _key(name: str, viewer: Viewer) -> str:
    """Two people share figures only if the rules of scope (domain/scope.py) give them the same rows."""
    sites = "-".join(map(str, sorted(viewer.site_ids)))
    return "dashboard:" + hashlib.sha256(f"{name}:{viewer.role}:{sites}".encode()).hexdigest()
