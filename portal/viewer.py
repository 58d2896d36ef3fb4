"""Who looks at this request's answer: what the rules of scope are asked about."""

from flask import abort, g
from sqlalchemy import Select, select

from domain import scope
from domain.models import PortalUser, site_administrator
from domain.roles import RoleName
from domain.scope import Viewer
from portal.database import database


def viewer() -> Viewer:
    """Whoever signed in, by cookie or by token; 401 for a stranger."""
    user = g.get("user")
    if user is None or not user.is_authenticated:
        abort(401)
    known: Viewer | None = g.get("viewer")
    if known is None or known.user_id != user.id:
        known = g.viewer = viewer_of(user)
    return known


def viewer_of(user: PortalUser) -> Viewer:
    """What a person may see, read anew."""

    site_ids: frozenset[int] = frozenset()
    if user.role is RoleName.SITE_ADMINISTRATOR:
        assigned = select(site_administrator.c.site_id).where(site_administrator.c.user_id == user.id)
        site_ids = frozenset(database().scalars(assigned))
    return Viewer(user.id, user.role, site_ids)


def scoped(statement: Select, *models: type) -> Select:
    """Only the rows that whoever asks may see; `models` are those whose rules hold."""
    return statement.where(*(scope.visible(model, viewer()) for model in models))
