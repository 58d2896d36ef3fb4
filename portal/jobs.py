"""What RQ runs for the portal: each job is one transaction."""

from sqlalchemy import select

from config import get_settings
from domain import clock, password_resets
from domain.db import session_factory
from domain.models import PortalUser, System
from portal.mail import message, sending

TRY_MAIL_AGAIN_AFTER_SECONDS = (10, 60, 300)
"""As `enqueue` takes it, for each job that sends e-mail."""


def send_password_reset(account: str, language: str) -> None:
    """Send a link to whoever has this e-mail; nothing if nobody has it. `language` is for those without a setting.

    The link is made here and not by whoever queues the job, so that its secret never lies in Redis. One that could not
    be sent is forgotten again.
    """
    with session_factory().begin() as db:
        user = db.scalar(select(PortalUser).where(PortalUser.username == account, PortalUser.active.is_(True)))
        if user is None or user.role is None:
            return
        secret = password_resets.request(db, user, clock.now())
        sending.send(
            message.render(
                "password_reset",
                user.email,
                user.language or language,
                name=user.first_name,
                system=db.scalar(select(System.name)),
                link=f"{get_settings().portal_url}/reset/{secret}",
            )
        )


def send_account_changed(user_id: int, to: str, what: str, language: str) -> None:
    """Tell a user at the address `to` that `what`, their e-mail or their password, was changed."""
    with session_factory()() as db:
        user = db.get(PortalUser, user_id)
        if user is None:
            return
        system = db.scalar(select(System.name))
        words = {"name": user.first_name, "system": system, "what": what}
        sending.send(message.render("account_changed", to, user.language or language, **words))
