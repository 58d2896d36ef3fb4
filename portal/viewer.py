"""Who looks at this request's answer: what the rules of scope and of roles are asked about."""

from flask import abort, current_app, g
from sqlalchemy import Select

from domain import scope
from domain.scope import Viewer
from portal.database import database


def viewer() -> Viewer:
    """Whoever signed in, by cookie or by token; 401 for a stranger."""
    user = g.get("user")
    if user is None or not user.is_authenticated:
        abort(401)
    known: Viewer | None = g.get("viewer")
    if known is None or known.user_id != user.id:
        known = g.viewer = scope.viewer_of(database(), user)
    return known


def scoped(statement: Select, *models: type) -> Select:
    """Only the rows that whoever asks may see; `models` are those whose rules hold."""
    return statement.where(*(scope.visible(model, viewer()) for model in models))


def may(permission: str, view: str) -> bool:
    """Whether the role of whoever asks has a permission (`can_list`) for a view, by the name of its class."""
    return bool(current_app.appbuilder.sm.has_access(permission, view))  # type: ignore[attr-defined]
