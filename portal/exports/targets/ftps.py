"""To an FTP server that speaks TLS (RFC 4217) and proves who it is with a certificate; never in clear text."""

import ssl
from ftplib import FTP_TLS, all_errors, error_perm
from socket import socket

from domain.models import ExportFault
from portal.exports.targets.connecting import IDLE_SECONDS, connect
from portal.exports.targets.parcel import DeliveryError, Parcel

USUAL_PORT = 21
UNFINISHED = ".part"


class Client(FTP_TLS):
    """Over a line that is there already."""

    def __init__(self, line: socket, host: str) -> None:
        super().__init__(context=ssl.create_default_context(), timeout=IDLE_SECONDS, encoding="utf-8")
        self.host, self.sock, self.af = host, line, line.family
        self.file = line.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()


def send(parcel: Parcel) -> None:
    """It appears under its name once all of it is there."""
    line = connect(parcel.host, parcel.port or USUAL_PORT)
    try:
        with line, Client(line, parcel.host) as client:
            # Signing in begins with AUTH TLS: the password goes over nothing else.
            client.login(parcel.account, parcel.password())
            client.prot_p()
            if parcel.directory:
                client.cwd(parcel.directory)
            with parcel.path.open("rb") as file:
                client.storbinary(f"STOR {parcel.file_name}{UNFINISHED}", file)
            client.rename(f"{parcel.file_name}{UNFINISHED}", parcel.file_name)
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(ExportFault.UNKNOWN_HOST, error) from error
    except error_perm as error:
        raise DeliveryError(ExportFault.REFUSED, error) from error
    except all_errors as error:
        raise DeliveryError(ExportFault.UNREACHABLE, error) from error
