"""Where a scheduled file goes once it is made: each target in a module of its own, all with one `send`."""

from collections.abc import Callable, Mapping

from domain.models import ExportTarget
from portal.exports.targets import folder, ftps, mail, sftp
from portal.exports.targets.parcel import LASTING, DeliveryError, Parcel

Send = Callable[[Parcel], str | None]
"""Returns the key by which the target proved who it is, where it has one. Raises DeliveryError."""

TARGETS: Mapping[ExportTarget, Send] = {
    ExportTarget.MAIL: mail.send,
    ExportTarget.SFTP: sftp.send,
    ExportTarget.FTPS: ftps.send,
    ExportTarget.FOLDER: folder.send,
}

__all__ = ["LASTING", "TARGETS", "DeliveryError", "Parcel"]
