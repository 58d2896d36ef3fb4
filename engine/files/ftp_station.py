"""One station on the FTP server: how it signs in, what it may do, how its files come in."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from pyftpdlib.authorizers import AuthenticationFailed
from pyftpdlib.handlers import TLS_DTPHandler, TLS_FTPHandler

from domain import file_access, file_paths
from domain.db import session_factory
from domain.file_access import AccessError, Guest
from domain.file_paths import BadPathError, Folder
from domain.station_files import UploadError, UploadFault
from engine.files.ftp_folders import StationFolders
from engine.files.receiving import STALLS_AFTER_SECONDS, Upload

IDLE_SECONDS = 300
CHANGE_FOLDER, LIST, READ, STORE = "e", "l", "r", "w"
"""pyftpdlib's letters; what has another one (append, delete, rename, make a folder ...) no station may."""

log = logging.getLogger("pyftpdlib")


class Rights:
    """pyftpdlib's authorizer, asked by path; names and passwords are the domain's."""

    def validate_authentication(self, username: str, password: str, handler: "StationHandler") -> None:
        try:
            with session_factory()() as db:
                handler.guest = file_access.sign_in(db, username, password, handler.remote_ip)
        except AccessError as error:
            raise AuthenticationFailed(str(error)) from error

    def get_home_dir(self, _username: str) -> str:
        return "/"

    def get_msg_login(self, _username: str) -> str:
        return "Welcome."

    def get_msg_quit(self, _username: str) -> str:
        return "Goodbye."

    def get_perms(self, _username: str) -> str:
        return CHANGE_FOLDER + LIST + READ + STORE

    def has_perm(self, _username: str, perm: str, path: str | None = None) -> bool:
        if perm in (CHANGE_FOLDER, LIST):
            return True
        try:
            place = file_paths.parse(path or "/")
        except BadPathError:
            return False
        return place.is_upload if perm == STORE else perm == READ and place.folder is Folder.FIRMWARE


class FileHandler(TLS_DTPHandler):
    """The connection over which one file passes. What came is kept before the station is told so."""

    timeout = STALLS_AFTER_SECONDS

    def close(self) -> None:
        upload = self.file_obj
        if not self._closed and isinstance(upload, Upload) and not upload.closed and self.transfer_finished:
            try:
                upload.finish()
            except UploadError as error:
                self._refuse(error)
        super().close()

    def handle_error(self) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, UploadError):
            self._refuse(error)
            self.close()
        else:
            super().handle_error()

    def handle_timeout(self) -> None:
        if isinstance(self.file_obj, Upload):
            self.file_obj.close(UploadFault.STALLED)
        super().handle_timeout()

    def _refuse(self, error: UploadError) -> None:
        """552 is "exceeded storage allocation", 451 "local error in processing" (RFC 959, 4.2)."""
        code = 451 if error.fault in (UploadFault.NOT_KEPT, UploadFault.ABANDONED) else 552
        self.transfer_finished = False
        self._resp = (f"{code} {error}", log.info)


class StationHandler(TLS_FTPHandler):
    """A station's line: plain, or encrypted once it asks for that (AUTH TLS, RFC 4217)."""

    authorizer = Rights()
    abstracted_fs = StationFolders
    dtp_handler = FileHandler
    banner = "Charge Portal: files for charging stations."
    timeout = IDLE_SECONDS
    auth_failed_timeout = 0
    """Who goes on with a wrong password is locked out (domain/file_access.py)."""
    guest: Guest

    @property
    def is_encrypted(self) -> bool:
        return bool(self._prot)

    def run_as_current_user(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Stations are no users of the system."""
        return function(*args, **kwargs)

    def log_exception(self, instance: Any) -> None:
        log.exception("an error in %s", type(instance).__name__)


class EncryptedStationHandler(StationHandler):
    """The same, encrypted from the first byte on; files too."""

    tls_data_required = True

    def handle(self) -> None:
        self.secure_connection(self.ssl_context)

    def handle_ssl_established(self) -> None:
        super().handle()
