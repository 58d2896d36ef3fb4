"""The portal as a web application."""

from flask import Flask
from flask.globals import app_ctx
from flask_appbuilder import AppBuilder
from sqlalchemy.orm import scoped_session

from config import get_settings
from domain.db import session_factory
from portal.security import ADMINISTRATOR, PortalSecurityManager


def create_portal() -> Flask:
    """The portal, ready to serve."""
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=get_settings().session_secret(),
        APP_NAME="Charge Portal",
        AUTH_ROLE_ADMIN=ADMINISTRATOR,
        FAB_SECURITY_MANAGER_CLASS=None,
        # Tables are made by migrations, permissions by the launcher, both once and before any process serves.
        FAB_CREATE_DB=False,
        FAB_UPDATE_PERMS=False,
    )
    db = scoped_session(session_factory(), scopefunc=lambda: id(app_ctx._get_current_object()))
    app.teardown_appcontext(lambda _error: db.remove())
    with app.app_context():
        AppBuilder(app, db, security_manager_class=PortalSecurityManager)
    return app
