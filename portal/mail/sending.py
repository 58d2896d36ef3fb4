"""The way to the SMTP server of this installation."""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import localtime, make_msgid
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from config import get_settings
from portal.mail.message import Message

TIMEOUT_SECONDS = 30
SUBMISSION_PORT = 587
SUBMISSION_OVER_TLS_PORT = 465


UNSUBSCRIBE = "List-Unsubscribe"


class Whole(EmailPolicy):
    """Python would encode an address that is longer than a line, and then no mail program knows it for one."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name == UNSUBSCRIBE:
            return f"{name}: {value}{self.linesep}".encode()
        return super().fold_binary(name, value)


class UnprotectedPasswordError(Exception):
    """The server offers no encryption, so our password for it would travel in clear text."""


def can_send() -> bool:
    """Whether this installation sends e-mails at all."""
    return get_settings().smtp_url is not None


def send(message: Message) -> None:
    """Hand a message to the SMTP server.

    Raises:
        OSError, smtplib.SMTPException: it could not be handed over; worth another try.
    """
    url = urlsplit(get_settings().smtp_url or "")
    with _connect(url) as server:
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(_letter(message))


def _connect(url: SplitResult) -> smtplib.SMTP:
    host = url.hostname or ""
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or SUBMISSION_OVER_TLS_PORT, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(host, url.port or SUBMISSION_PORT, timeout=TIMEOUT_SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=context)
    elif url.username and not _is_this_machine(host):
        server.close()
        raise UnprotectedPasswordError(f"{host} offers no STARTTLS")
    return server


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _letter(message: Message) -> EmailMessage:
    sender = get_settings().mail_sender
    letter = EmailMessage(Whole())
    letter["From"] = sender
    letter["To"] = message.to
    letter["Subject"] = message.subject
    letter["Date"] = localtime()
    letter["Message-ID"] = message.message_id or make_msgid(domain=sender.rpartition("@")[2])
    # So that no absence note answers it (RFC 3834, 5).
    letter["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe_url is not None:
        letter[UNSUBSCRIBE] = f"<{message.unsubscribe_url}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(message.text)
    letter.add_alternative(message.html, subtype="html")
    if message.attachment is not None:
        kind, _slash, subtype = message.attachment.media_type.partition("/")
        # As bytes whatever it is: a text would be encoded anew.
        letter.add_attachment(
            message.attachment.content, maintype=kind, subtype=subtype, filename=message.attachment.name
        )
    return letter
