"""What is delivered, and what can go wrong on the way."""

from dataclasses import dataclass
from pathlib import Path

from domain.models import ExportFault
from domain.secrets import decrypt

LASTING = frozenset({ExportFault.NO_MAIL, ExportFault.NO_FOLDER, ExportFault.FORBIDDEN_HOST, ExportFault.UNKNOWN_HOST})
"""What another try a little later does not mend."""


class DeliveryError(Exception):
    """It did not arrive."""

    def __init__(self, fault: ExportFault, detail: object = "") -> None:
        super().__init__(fault, detail)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file, and where it goes."""

    path: Path
    file_name: str
    media_type: str
    title: str
    file_id: int
    to: str
    """The e-mail of whoever gets it."""
    name: str
    language: str
    system: str
    directory: str = ""
    host: str = ""
    port: int | None = None
    account: str = ""
    sealed_password: str | None = None
    host_key: str | None = None

    def password(self) -> str:
        """Raises UnreadableSecretError."""
        return decrypt(self.sealed_password) if self.sealed_password else ""
