"""What people change of their own account: name, e-mail, password.

The rules are those for every user (user_details.py), but only of what is asked: somebody whose sites are all gone, or
whose tag was taken over from an older system, may still change the password.
"""

from dataclasses import fields, replace

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import passwords, users
from domain.models import PortalUser
from domain.user_details import Reason, Refusal, Refusals, UserDetails, UserError, normal_email


def change(db: Session, user: PortalUser, asked: UserDetails) -> None:
    """Change what is asked of these. Another e-mail or password ends all sign-ins.

    Raises:
        UserError: it cannot be, with the reasons at each field.
    """
    if refusals := _refusals(db, user, asked):
        raise UserError(refusals)
    try:
        with db.begin_nested():
            _write(user, asked)
    except IntegrityError:
        # Somebody took the e-mail between our look and our writing.
        if refusals := _refusals(db, user, asked):
            raise UserError(refusals) from None
        raise


def refuse_elsewhere(user: PortalUser, asked: UserDetails) -> None:
    """Whoever manages users changes their own e-mail and password in the user settings, as everybody does.

    There the current password is asked for, so that neither a browser that was left open nor an API key gives the
    account away.

    Raises:
        UserError: another e-mail or a password is asked.
    """
    is_another_email = asked.email is not None and normal_email(asked.email) != user.email
    found = {"email": is_another_email, "password": asked.password is not None}
    if any(found.values()):
        raise UserError({name: [Refusal(Reason.OWN_ACCOUNT)] for name, is_asked in found.items() if is_asked})


def _refusals(db: Session, user: PortalUser, asked: UserDetails) -> Refusals:
    names = {each.name for each in fields(asked) if getattr(asked, each.name) is not None}
    found = users.problems(db, replace(asked, role=user.role), user)
    return {name: refusals for name, refusals in found.items() if name in names}


def _write(user: PortalUser, asked: UserDetails) -> None:
    if asked.first_name is not None:
        user.first_name = asked.first_name.strip()
    if asked.last_name is not None:
        user.last_name = asked.last_name.strip()
    if asked.email is not None and normal_email(asked.email) != user.email:
        user.email = user.username = normal_email(asked.email)
        passwords.end_sign_ins(user)
    if asked.password is not None:
        passwords.set_password(user, asked.password)
