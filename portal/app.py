"""The portal as a web application."""

import logging
from datetime import timedelta

from flask import Flask
from flask.globals import app_ctx
from flask_appbuilder import AppBuilder
from flask_wtf import CSRFProtect
from sqlalchemy.orm import scoped_session

from config import get_settings
from domain import tree_changes
from domain.audit import audited_session_factory
from domain.roles import RoleName
from portal import (
    api,
    api_keys,
    assets,
    errors,
    formats,
    forms,
    frame,
    gate,
    headers,
    hosts,
    language,
    limits,
    metrics,
    request_log,
)
from portal.app_shell import app_shell
from portal.audit import actor
from portal.health import health
from portal.pages.dashboard.view import DashboardView
from portal.pages.unsubscribe import unsubscribe
from portal.roles import BUILT_IN_ROLES
from portal.routes import add_views
from portal.security import PortalSecurityManager
from portal.services.ocpi import ocpi
from portal.services.parking import parking
from portal.uploads import PortalRequest

SIGNED_IN_FOR = timedelta(hours=12)
REMEMBERED_FOR = timedelta(days=30)
LARGEST_REQUEST_BYTES = 10 * 1024 * 1024

# It warns of each column that its own search does not know; no list of ours uses that search.
logging.getLogger("flask_appbuilder.models.filters").setLevel(logging.ERROR)


def create_portal() -> Flask:
    """The portal, ready to serve."""
    tree_changes.watch()
    app = Flask(__name__)
    app.request_class = PortalRequest
    app.config.from_mapping(
        SECRET_KEY=get_settings().session_secret(),
        APP_NAME="Charge Portal",
        AUTH_ROLE_ADMIN=RoleName.ADMINISTRATOR,
        FAB_BASE_TEMPLATE="base.html",
        FAB_ROLES=BUILT_IN_ROLES,
        FAB_SECURITY_MANAGER_CLASS=None,
        # Tables are made by migrations, permissions by the launcher, both once and before any process serves.
        FAB_CREATE_DB=False,
        FAB_UPDATE_PERMS=False,
        LANGUAGES=language.LANGUAGES,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_FOR,
        # Else a script's late answer would put back the cookie as it was before a message was laid into it.
        SESSION_REFRESH_EACH_REQUEST=False,
        REMEMBER_COOKIE_DURATION=REMEMBERED_FOR,
        WTF_CSRF_TIME_LIMIT=SIGNED_IN_FOR.total_seconds(),
        **api.CONFIGURATION,
        **api_keys.CONFIGURATION,
        **headers.cookie_configuration(),
        **limits.configuration(),
    )
    db = scoped_session(audited_session_factory(actor), scopefunc=lambda: id(app_ctx._get_current_object()))
    app.teardown_appcontext(lambda _error: db.remove())
    request_log.init_app(app)
    metrics.init_app(app)
    # In this order a request meets them. The user first, because a page that says no shows the frame too.
    app.before_request(PortalSecurityManager.before_request)
    for part in (headers, hosts, limits):
        part.init_app(app)
    # Who comes with a service's token has no cookie that somebody else's page could use.
    protection = CSRFProtect(app)
    protection.exempt(parking)
    # The same of who comes by a signed link (portal/pages/unsubscribe.py).
    protection.exempt(unsubscribe)
    with app.app_context():
        builder = AppBuilder(app, db, indexview=DashboardView, security_manager_class=PortalSecurityManager)
        add_views(builder)
        api.init_app(app, builder)
    app.register_blueprint(health)
    app.register_blueprint(app_shell)
    app.register_blueprint(ocpi)
    app.register_blueprint(parking)
    app.register_blueprint(unsubscribe)
    for part in (gate, language, formats, forms, assets, frame, errors):
        part.init_app(app)
    return app
