"""The FTP server: one process and one thread for all stations, on one port plain or encrypted, on another encrypted."""

import logging
import signal
import socket
from typing import NoReturn

from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

from config import Settings
from domain import log
from engine.files.certificate import tls_context
from engine.files.ftp_station import EncryptedStationHandler, StationHandler

MOST_CONNECTIONS = 1000
MOST_OF_ONE_ADDRESS = 200
"""Behind one address may stand all stations of a site."""


class Server(FTPServer):
    max_cons = MOST_CONNECTIONS
    max_cons_per_ip = MOST_OF_ONE_ADDRESS


def serve(settings: Settings) -> None:
    """Serve until SIGTERM; files that are coming in then are told to have ended. Raises OSError for a port in use."""
    log.configure("files", settings.log_level, settings.log_format)
    # Each word of each station is of interest only to whoever looks for a fault.
    logging.getLogger("pyftpdlib").setLevel(logging.DEBUG if settings.log_level.upper() == "DEBUG" else logging.WARNING)
    StationHandler.ssl_context = tls_context()
    StationHandler.passive_ports = settings.passive_ports
    if settings.ftp_public_host:
        StationHandler.masquerade_address = socket.gethostbyname(settings.ftp_public_host)
    loop = IOLoop()
    server = Server(("0.0.0.0", settings.ftp_port), StationHandler, loop)  # noqa: S104 - stations come from everywhere
    if settings.ftps_port:
        Server(("0.0.0.0", settings.ftps_port), EncryptedStationHandler, loop)  # noqa: S104 - as above
    signal.signal(signal.SIGTERM, _stop)
    server.serve_forever()


def _stop(_number: int, _frame: object) -> NoReturn:
    raise SystemExit
