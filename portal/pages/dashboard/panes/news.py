"""The latest news, with what is unread."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from domain import news
from domain.news import Item
from domain.scope import Viewer
from portal.pages.dashboard.pane import EVERYONE, Figures, Pane

MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class LatestNews(Figures):
    latest: Sequence[Item]


def read(db: Session, viewer: Viewer) -> LatestNews:
    return LatestNews(latest=news.page(db, viewer, limit=MOST_SHOWN))


PANE = Pane("news", lazy_gettext("News"), EVERYONE, read, lazy_gettext("All news"), "NewsView.index")
