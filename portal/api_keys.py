"""How a program comes in with a personal API key: `Authorization: Bearer cp_…`, at the doors of the REST API only.

Flask-AppBuilder's `@protect` finds the key in the request and asks for what has the right; its own keys are not used
(docs/decisions/api-keys-are-ours.md).
"""

from flask import g, request
from flask_appbuilder.security.sqla.manager import SecurityManager

from domain import api_keys, log, second_factor
from domain.models import PortalUser
from portal import limits
from portal.api.errors import refuse
from portal.api.login import NEEDS_SECOND_FACTOR
from portal.database import database
from portal.roles import may_sign_in

READING = frozenset({"GET", "HEAD", "OPTIONS"})
READ_ONLY = "This key is read-only: it may GET and nothing else; make one with all rights in the user settings"

CONFIGURATION = {
    "FAB_API_KEY_ENABLED": True,
    "FAB_API_KEY_PREFIXES": [api_keys.PREFIX],
}


class ApiKeys(SecurityManager):
    """A part of the security manager: whose key it is."""

    def validate_api_key(self, api_key_string: str) -> PortalUser | None:
        """The owner, who from here on is who asks; None for any key that does not hold, whatever the reason."""
        db = database()
        key = api_keys.find(db, api_key_string)
        if key is None or not may_sign_in(key.user):
            return None
        if second_factor.is_missing(db, key.user):
            refuse(403, NEEDS_SECOND_FACTOR)
        if key.is_read_only and request.method not in READING:
            refuse(403, READ_ONLY)
        limits.count_call(key.user_id)
        if api_keys.note_use(db, key):
            db.commit()
        log.bind(user_id=key.user_id)
        g.user, g._api_key_user = key.user, True  # By these two names Flask-AppBuilder knows it.
        return key.user
