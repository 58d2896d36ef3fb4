"""The tags that a station knows by itself (OCPP 1.6, 3.5.2 and 5.15)."""

from dataclasses import dataclass, field
from typing import Any

from ocpp.v16.enums import UpdateStatus, UpdateType

Entry = dict[str, Any]


@dataclass
class LocalList:
    version: int = 0
    """0 while there is none."""
    tags: dict[str, Entry] = field(default_factory=dict)
    """Each tag and its idTagInfo."""

    def update(self, version: int, kind: UpdateType, entries: list[Entry], longest: int) -> UpdateStatus:
        """A differential update adds what has an idTagInfo and removes what has none (5.15)."""
        tags = {} if kind == UpdateType.full else dict(self.tags)
        if kind == UpdateType.differential and version <= self.version:
            return UpdateStatus.version_mismatch
        for entry in entries:
            info = entry.get("id_tag_info")
            if info is not None:
                tags[entry["id_tag"]] = info
            elif kind == UpdateType.full:
                return UpdateStatus.failed
            else:
                tags.pop(entry["id_tag"], None)
        if len(tags) > longest:
            return UpdateStatus.failed
        self.tags, self.version = tags, version
        return UpdateStatus.accepted

    def accepts(self, id_token: str) -> bool | None:
        """None for a tag that is not in it."""
        info = self.tags.get(id_token)
        return None if info is None else info["status"] == "Accepted"
