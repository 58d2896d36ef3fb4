"""The word in an e-mail's link by which its reader wants no more: signed, so that nobody else's can be made up.

It is good for ever, since who finds an old e-mail must be able to end them, and opens nothing else.
"""

from itsdangerous import BadSignature, URLSafeSerializer

from config import get_settings

PURPOSE = "no more e-mails about alarms"


def token_of(user_id: int) -> str:
    written = _serializer().dumps(user_id)
    return written if isinstance(written, str) else written.decode()


def user_id_of(token: str) -> int | None:
    """Whom a link is about; None for one that is not ours, or not whole."""
    try:
        user_id = _serializer().loads(token)
    except BadSignature:
        return None
    return user_id if isinstance(user_id, int) else None


def url_of(user_id: int) -> str:
    return f"{get_settings().portal_url}/unsubscribe/{token_of(user_id)}"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(get_settings().session_secret(), salt=PURPOSE)
