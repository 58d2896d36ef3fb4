"""To the user's own e-mail: the file itself up to a limit, else the link to it."""

from smtplib import SMTPException

from config import get_settings
from domain.models import ExportFault
from portal.exports.targets.parcel import DeliveryError, Parcel
from portal.mail import message, sending
from portal.mail.message import Attachment

MEGABYTE = 1024 * 1024


def send(parcel: Parcel) -> None:
    if not sending.can_send():
        raise DeliveryError(ExportFault.NO_MAIL)
    fits = parcel.path.stat().st_size <= get_settings().export_mail_megabytes * MEGABYTE
    attachment = Attachment(parcel.file_name, parcel.media_type, parcel.path.read_bytes()) if fits else None
    letter = message.render(
        "export_ready",
        parcel.to,
        parcel.language,
        name=parcel.name,
        system=parcel.system,
        title=parcel.title,
        is_attached=fits,
        link=f"{get_settings().portal_url}/exports/{parcel.file_id}/file",
        schedules=f"{get_settings().portal_url}/export_schedules/",
        attachment=attachment,
    )
    try:
        sending.send(letter)
    except (OSError, SMTPException) as error:
        raise DeliveryError(ExportFault.UNREACHABLE, error) from error
