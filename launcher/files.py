"""`charge-portal files`: the FTP server."""

from OpenSSL import SSL

from config import Settings
from engine.files import ftp_server
from launcher.data_dir import make_data_dir
from launcher.errors import LaunchError
from launcher.ready import check_ftp_ports


def run_files(settings: Settings) -> None:
    if not settings.ftp_port:
        raise LaunchError("There is no FTP server to run: the setting FTP_PORT is 0.")
    check_ftp_ports(settings)
    make_data_dir(settings.data_dir)
    try:
        ftp_server.serve(settings)
    except SSL.Error:
        raise LaunchError("TLS_CERTIFICATE and TLS_KEY cannot be used: they are no pair in PEM.") from None
    except OSError as error:
        raise LaunchError(f"The FTP server cannot start: {error.strerror or error}.") from error
