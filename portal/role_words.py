"""What the roles are called on the screen."""

from flask_babel import lazy_gettext

from domain.roles import RoleName

ROLE_WORDS = {
    RoleName.ADMINISTRATOR: lazy_gettext("Administrator"),
    RoleName.SITE_ADMINISTRATOR: lazy_gettext("Site administrator"),
    RoleName.SUPPORT: lazy_gettext("Support"),
    RoleName.EV_USER: lazy_gettext("EV user"),
}


def role_word(name: str) -> str:
    """The word for a role; its own name if it is none of ours."""
    return str(ROLE_WORDS.get(name, name))  # type: ignore[call-overload]
