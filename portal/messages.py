"""The domain's refusals in the words of the screen."""

from flask_babel import gettext, ngettext

from domain.errors import DomainError, HasChildrenError
from domain.firmware_images import ImageInUseError
from domain.moves import CannotMoveError, NameTakenError
from domain.passwords import PasswordFault
from domain.user_details import UserError
from portal.refusal_words import PASSWORD_WORDS
from portal.refusal_words import in_words as user_refusal

NAMED_CHILDREN = 5


def in_words(error: DomainError, name: str) -> str:
    """What a person reads when a rule refused what they asked of the record called `name`."""
    if isinstance(error, HasChildrenError):
        return has_children(name, error.children)
    if isinstance(error, UserError):
        return " ".join(user_refusal(refusal) for refusals in error.refusals.values() for refusal in refusals)
    if isinstance(error, ImageInUseError):
        return gettext("%(name)s cannot be deleted while a command that sends it to a station is open.", name=name)
    if isinstance(error, NameTakenError):
        return gettext("%(site)s has a floor %(name)s already.", site=error.site, name=error.name)
    if isinstance(error, CannotMoveError):
        return gettext("%(name)s cannot stand there: stations stand on sites and floors, floors on sites.", name=name)
    return str(error)


def password_fault(fault: PasswordFault) -> str:
    """What is wrong with a password."""
    return str(PASSWORD_WORDS[fault])


def has_children(name: str, children: list[str]) -> str:
    """Names some of what stands below, and says how many more."""
    named = ", ".join(children[:NAMED_CHILDREN])
    more = len(children) - NAMED_CHILDREN
    if more > 0:
        named = ngettext("%(names)s and %(num)d more", "%(names)s and %(num)d more", more, names=named)
    return gettext(
        "%(name)s cannot be deleted, because it contains %(children)s. Delete these first.", name=name, children=named
    )
