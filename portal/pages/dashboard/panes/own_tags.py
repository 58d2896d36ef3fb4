"""A driver's tags, and whether they open an outlet now."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import authorization
from domain.authorization import Verdict
from domain.models import IdToken
from domain.scope import Viewer, visible
from portal.pages.dashboard.pane import DRIVERS, Figures, Pane

MOST_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class OwnTags(Figures):
    id_tokens: Sequence[IdToken]
    has_more: bool

    def state(self, id_token: IdToken) -> Verdict:
        return authorization.state_of(id_token, self.read_at)


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
