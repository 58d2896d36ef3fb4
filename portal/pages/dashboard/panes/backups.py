"""Whether what the portal knows would survive its disk."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from domain import backups
from domain.models import Backup, BackupState
from domain.roles import RoleName
from domain.scope import Viewer
from portal.pages.dashboard.pane import Figures, Pane


@dataclass(frozen=True, kw_only=True)
class Backups(Figures):
    latest: Backup | None
    verified_at: datetime | None

    @property
    def has_failed(self) -> bool:
        return self.latest is not None and self.latest.state is BackupState.FAILED

    @property
    def is_old(self) -> bool:
        return self.latest is not None and self.read_at - self.latest.began_at > backups.TOO_OLD


def read(db: Session, _viewer: Viewer) -> Backups:
    return Backups(latest=backups.latest(db), verified_at=backups.latest_verified_at(db))


PANE = Pane(
    "backups",
    lazy_gettext("Backups"),
    frozenset({RoleName.ADMINISTRATOR}),
    read,
    lazy_gettext("All backups"),
    "BackupView.list",
)
