"""A station's software: fetched, checked, installed, and the station restarted with it (OCPP 1.6, 4.5 and 5.19)."""

import asyncio
import base64
import binascii
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from ocpp.v16 import call
from ocpp.v16.enums import FirmwareStatus, ResetType

from simulator import messages, transfer
from simulator.logs import tried

if TYPE_CHECKING:
    from simulator.station import Station

LONGEST_VERSION = 50
NAMED = b"version:"
"""How the first line of an image may name its version; else the file's name does."""
Tell = Callable[[FirmwareStatus], Coroutine[Any, Any, None]]


class Firmware:
    def __init__(self, station: "Station") -> None:
        self.version = messages.FIRMWARE
        self.status = FirmwareStatus.idle
        self.request_id: int | None = None
        """Of the latest signed update."""
        self._station = station
        self._installed: Tell | None = None
        """Tells, once the station has restarted, that it runs with the new software."""

    async def update(self, location: str, retrieve_at: datetime, retries: int, interval_seconds: int) -> None:
        await self._until(retrieve_at)
        image = await self._fetch(self._tell, location, retries, interval_seconds)
        if image:
            await self._install(self._tell, image, location)

    async def signed_update(
        self, request_id: int, firmware: dict[str, Any], retries: int, interval_seconds: int
    ) -> None:
        """As above, and not without the signature of the certificate that came along."""

        async def tell(status: FirmwareStatus) -> None:
            self.status, self.request_id = status, request_id
            await self._station.tell(call.SignedFirmwareStatusNotification(status, request_id))

        await self._until(datetime.fromisoformat(firmware["retrieve_date_time"]))
        image = await self._fetch(tell, firmware["location"], retries, interval_seconds)
        if not image:
            return
        if not is_signed(image, firmware["signature"], firmware["signing_certificate"]):
            await tell(FirmwareStatus.invalid_signature)
            return
        await tell(FirmwareStatus.signature_verified)
        if install_at := firmware.get("install_date_time"):
            await self._until(datetime.fromisoformat(install_at))
        await self._install(tell, image, firmware["location"])

    async def started(self) -> None:
        """The station was accepted after a start."""
        if self._installed is not None:
            tell, self._installed = self._installed, None
            await tell(FirmwareStatus.installed)

    async def _tell(self, status: FirmwareStatus) -> None:
        self.status, self.request_id = status, None
        await self._station.tell(call.FirmwareStatusNotification(status))

    async def _until(self, at: datetime) -> None:
        await asyncio.sleep(max((at - messages.now()).total_seconds(), 0))

    async def _fetch(self, tell: Tell, location: str, retries: int, interval_seconds: int) -> bytes:
        """The image; nothing if it did not come."""
        fetched = b""

        async def fetch() -> None:
            nonlocal fetched
            fetched = await asyncio.to_thread(transfer.download, location)

        await tell(FirmwareStatus.downloading)
        await self._station.pause()
        await tried(fetch, retries, interval_seconds, self._station.logs.note)
        await tell(FirmwareStatus.downloaded if fetched else FirmwareStatus.download_failed)
        return fetched

    async def _install(self, tell: Tell, image: bytes, location: str) -> None:
        await self._station.pause()
        await tell(FirmwareStatus.installing)
        await self._station.pause()
        if self.request_id is not None:
            await tell(FirmwareStatus.install_rebooting)
        self.version = version_of(image, location)
        self._installed = tell
        self._station.resets.put_nowait(ResetType.hard)


def version_of(image: bytes, location: str) -> str:
    first_line = image.split(b"\n", 1)[0]
    if first_line.lower().startswith(NAMED):
        return first_line[len(NAMED) :].strip().decode(errors="replace")[:LONGEST_VERSION]
    return PurePosixPath(unquote(urlsplit(location).path)).stem[:LONGEST_VERSION]


def certificate_of(pem: str) -> x509.Certificate | None:
    """None for what is no certificate."""
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        return None


def is_signed(image: bytes, signature: str, pem: str) -> bool:
    """Whether the key of the certificate has signed the image: RSA-PSS or ECDSA over SHA-256."""
    certificate = certificate_of(pem)
    if certificate is None:
        return False
    key = certificate.public_key()
    try:
        signed = base64.b64decode(signature, validate=True)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signed, image, padding.PSS(padding.MGF1(SHA256()), padding.PSS.AUTO), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signed, image, ec.ECDSA(SHA256()))
        else:
            return False
    except (InvalidSignature, binascii.Error):
        return False
    return True
