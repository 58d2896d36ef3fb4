"""A driver's tags, and whether they open an outlet now."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import IdToken
from domain.scope import Viewer, visible
from portal.pages.dashboard.pane import DRIVERS, Figures, Pane

MOST_SHOWN = 6


class TagState(StrEnum):
    """What a driver needs to know of a tag."""

    VALID = "valid"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    NOT_YET = "not_yet"


@dataclass(frozen=True, kw_only=True)
class OwnTags(Figures):
    id_tokens: Sequence[IdToken]
    has_more: bool

    def state(self, id_token: IdToken) -> TagState:
        if id_token.blocked:
            return TagState.BLOCKED
        if id_token.expires_at is not None and id_token.expires_at <= self.read_at:
            return TagState.EXPIRED
        if id_token.valid_from_at is not None and id_token.valid_from_at > self.read_at:
            return TagState.NOT_YET
        return TagState.VALID


def read(db: Session, viewer: Viewer) -> OwnTags:
    own = select(IdToken).where(visible(IdToken, viewer)).order_by(IdToken.token).limit(MOST_SHOWN + 1)
    found = db.scalars(own).all()
    return OwnTags(id_tokens=found[:MOST_SHOWN], has_more=len(found) > MOST_SHOWN)


PANE = Pane(
    "own_tags",
    lazy_gettext("My tags"),
    DRIVERS,
    read,
    lazy_gettext("All my tags"),
    "IdTokenView.list",
)
