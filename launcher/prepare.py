"""What must be true of the database before any process serves: migrated, seeded, permissions and administrator there.

Done in a process of its own before the others start (on many machines: once per release). Safe to repeat.
"""

import logging

import click
from flask import Flask

from config import Settings
from domain.db import session_factory
from launcher.administrators import ensure_administrator
from launcher.data_dir import ensure_secret_key, make_data_dir
from launcher.grants import application_may_change_the_audit_log
from launcher.migrate import migrate
from portal.app import create_portal
from portal.security import sync_permissions
from seeds import reference

UNPROTECTED = (
    "  The audit log is guarded by a trigger only: give the portal a role of its own in DATABASE_URL, and the owner of"
    " the tables in DATABASE_OWNER_URL."
)


def prepare(settings: Settings, demo: bool = False) -> None:
    """Prints the first administrator's e-mail and password if this made them."""
    migrate()
    if application_may_change_the_audit_log():
        click.echo(UNPROTECTED)
    seed_reference()
    app = portal_app(settings)
    sync_permissions(app)
    password = ensure_administrator(app, settings)
    if password:
        click.echo(f"  Sign in as  {settings.admin_email}   password {password}   (shown this once)")
    if demo:
        # Imported only here: it weighs, and no real installation needs it.
        from launcher.demo import prepare_demo

        prepare_demo()


def portal_app(settings: Settings) -> Flask:
    """The portal as an application, for what its own code does with the database."""
    make_data_dir(settings.data_dir)
    # Its warnings are about code, and nobody at a terminal can act on them.
    logging.getLogger("flask_appbuilder").setLevel(logging.ERROR)
    if not settings.secret_key:
        ensure_secret_key(settings.data_dir)
    return create_portal()


def seed_reference() -> None:
    with session_factory()() as db, db.begin():
        reference.seed(db)
