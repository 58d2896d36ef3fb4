"""For the tests of e-mails about alarms."""

from tests.portal.mail.alarms import story

__all__ = ["story"]
