"""What became of the e-mails about alarms that somebody got, for those who look after users."""

from flask_babel import gettext

from domain.alarm_mail import outbox
from domain.models import AlarmMailState, PortalUser
from portal.database import database
from portal.formats import at


def latest(user: PortalUser) -> str:
    mail = outbox.latest_settled(database(), user.id)
    if mail is None:
        return gettext("none yet")
    if mail.state is AlarmMailState.SENT:
        return at(mail.settled_at)
    return gettext("%(time)s, not delivered: %(reason)s", time=at(mail.settled_at), reason=mail.error or "")
