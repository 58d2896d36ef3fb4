"""The domain's refusals of a user, in words for a form or a file: what would be right."""

from flask_babel import gettext, lazy_gettext

from domain.id_tokens import TagFault
from domain.passwords import LONGEST, SHORTEST, PasswordFault
from domain.user_details import Reason, Refusal

WORDS = {
    Reason.NEEDED: lazy_gettext("This is needed."),
    Reason.TOO_LONG: lazy_gettext("At most %(value)s characters."),
    Reason.UNWRITABLE: lazy_gettext("This contains characters that cannot be written."),
    Reason.NOT_AN_EMAIL: lazy_gettext("This is not an e-mail address. One looks like name@example.com."),
    Reason.EMAIL_TAKEN: lazy_gettext("%(owner)s has this e-mail already. Each e-mail belongs to one user."),
    Reason.OF_ANOTHER_ROLE: lazy_gettext("The role of this user does not have this. Leave it empty."),
    Reason.NO_SUCH_SITE: lazy_gettext("A site is gone."),
    Reason.TAG_TAKEN: lazy_gettext("%(owner)s has the tag %(value)s already. Each tag belongs to one user."),
    Reason.TAG_TWICE: lazy_gettext("The tag %(value)s stands here twice, perhaps written differently."),
    Reason.LAST_ADMINISTRATOR: lazy_gettext("This is the last administrator."),
    Reason.OWN_ACCOUNT: lazy_gettext("Change your own in the user settings, which ask for the current password."),
    Reason.OWN_DELETION: lazy_gettext("This is your own account. Another administrator can delete it."),
}
PASSWORD_WORDS = {
    PasswordFault.TOO_SHORT: lazy_gettext("A password has at least %(shortest)s characters.", shortest=SHORTEST),
    PasswordFault.TOO_LONG: lazy_gettext("A password has at most %(longest)s characters.", longest=LONGEST),
    PasswordFault.NO_LETTER: lazy_gettext("A password contains a letter."),
    PasswordFault.NO_DIGIT: lazy_gettext("A password contains a digit."),
    PasswordFault.UNWRITABLE: lazy_gettext("A password contains only characters that can be written."),
}
TAG_WORDS = {
    TagFault.EMPTY: lazy_gettext("%(value)s is no tag: a tag has letters or digits."),
    TagFault.TOO_LONG: lazy_gettext("%(value)s is too long for a tag."),
    TagFault.SEVERAL: lazy_gettext("%(value)s: put semicolons between tags."),
    TagFault.STRANGE: lazy_gettext("%(value)s is no tag: it has signs that no tag has."),
    TagFault.ROUNDED: lazy_gettext(
        "%(value)s was rounded by a spreadsheet and has lost digits. "
        "Format the column as text, then type the tag again."
    ),
}


def in_words(refusal: Refusal) -> str:
    """In the language of whoever reads."""
    if isinstance(refusal.fault, PasswordFault):
        return str(PASSWORD_WORDS[refusal.fault])
    if isinstance(refusal.fault, TagFault):
        return str(TAG_WORDS[refusal.fault]) % {"value": refusal.value}
    words = WORDS.get(refusal.reason)
    return str(words) % {"value": refusal.value, "owner": refusal.owner} if words else gettext("This cannot be.")
