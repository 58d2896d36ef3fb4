"""Who acts in a request, for the audit log (domain/audit.py), and what a request does that writes no row."""

from collections.abc import Iterable

from flask import g, has_request_context, request
from flask_appbuilder import Model
from sqlalchemy import select

from domain import audit
from domain.audit import Actor, AuditAction
from domain.audit_rules import kind_of_table
from domain.models import PortalUser
from portal.database import database


def actor() -> Actor:
    """Whoever sent the request, known or not; outside of one, whoever `audit.acting` names."""
    if not has_request_context():
        return audit.current_actor()
    user = g.get("user")
    is_known = user is not None and user.is_authenticated
    return Actor(user.id if is_known else None, request.remote_addr)


def signed_in(user: PortalUser) -> None:
    """Committed by itself, as are the next two: nothing else may be written in such a request."""
    _record_sign_in(AuditAction.SIGNED_IN, user.id)


def signed_out(user: PortalUser) -> None:
    _record_sign_in(AuditAction.SIGNED_OUT, user.id)


def sign_in_failed(account: str) -> None:
    """Whether or not there is such an account the same is done, so that the time taken tells nothing.

    What was typed is not kept: it may be a password in the wrong field.
    """
    user_id = database().scalar(select(PortalUser.id).where(PortalUser.username == account))
    _record_sign_in(AuditAction.SIGN_IN_FAILED, user_id)


def exported(
    model: type[Model], node: str | None, file_type: str, columns: Iterable[str], filters: Iterable[str]
) -> None:
    """Somebody takes rows away. Of the filters only which columns they are on: their texts may name people."""
    what = {"node": node or "system", "file": file_type, "columns": list(columns), "filtered_by": list(filters)}
    table = model.__tablename__
    audit.record(database(), AuditAction.EXPORTED, "table", kind_of_table(table) or table, after=what)
    database().commit()


def data_exported(user_id: int) -> None:
    """Somebody takes away all that is kept about this person: about themselves, or an administrator for them."""
    audit.record(database(), AuditAction.EXPORTED, "user", user_id, after={"file": "json"})
    database().commit()


def _record_sign_in(action: AuditAction, user_id: int | None) -> None:
    door = "api" if request.path.startswith("/api/") else "portal"
    audit.record(database(), action, "user", user_id, after={"door": door}, user_id=user_id)
    database().commit()
