"""Settings of one installation, from the environment and `.env`: the only reader of the environment."""

import hashlib
import re
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# The kernel's limit on the path of a Unix socket is 108 bytes; PostgreSQL adds its own file name.
LONGEST_SOCKET_DIRECTORY = 80
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")
MAIL_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
PORTS = re.compile(r"([0-9]{1,5})-([0-9]{1,5})")
TILES = re.compile(
    r"(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?)?/[A-Za-z0-9._~/?&=%@:+-]*(\{[zxyr]\}[A-Za-z0-9._~/?&=%@:+-]*)+"
)
"""With nothing in it that means something in a content security policy; without a host it is our own."""
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")

EMBEDDED_DATABASE = "charge_portal"
EMBEDDED_OWNER = "postgres"
EMBEDDED_APPLICATION = "charge_portal"
"""The roles of the embedded PostgreSQL: who makes the tables, and who works with them."""


class Settings(BaseSettings):
    """What an operator may set; each field is read from the variable of its name in upper case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    port: int = Field(default=8080, ge=1, le=65535)
    public_url: str | None = None
    """What stations and people are told, such as https://charge.example.com; by default this machine's port."""
    data_dir: Path = Path("var")
    database_url: str | None = None
    """The role of the application: it reads and writes rows."""
    database_owner_url: str | None = None
    """The role that owns the tables: it migrates and makes partitions. The same database."""
    redis_url: str | None = None
    admin_email: str = "admin@example.com"
    admin_password: str | None = None
    secret_key: str | None = None
    """Signs cookies and tokens. Made at the first start and kept in `data_dir` unless given."""
    web_workers: int = Field(default=2, ge=1)
    worker_processes: int = Field(default=2, ge=1)
    map_tile_url: str | None = None
    """Where maps get their pictures, such as https://tiles.example.com/{z}/{x}/{y}.png; without it they are plain."""
    map_attribution: str = ""
    """What stands in the corner of such a map: who made it, as its licence asks."""
    time_zone: str = "Europe/Copenhagen"
    """In which zone times are shown to those who have not chosen one."""
    database_connections: int = Field(default=20, ge=1)
    """So many to PostgreSQL each process may have at once."""
    heartbeat_interval_seconds: int = Field(default=300, ge=1)
    """Told to each station when it boots."""
    command_answer_seconds: int = Field(default=30, ge=1)
    """For how long a station's answer to a command is waited for."""
    station_ping_seconds: int = Field(default=25, ge=1, le=40)
    """A station that says nothing for so long is asked whether it is there (WebSocket ping)."""
    station_dead_seconds: int = Field(default=55, ge=2, le=80)
    """A station that says nothing for so long is offline; it is found within five seconds more."""
    station_passwords_required: bool = False
    """Whether stations must sign in with a password, where none of their own settings says otherwise."""
    message_log_days: int = Field(default=30, ge=0)
    """For how long the frames between stations and portal are kept; 0 keeps none."""
    soap_allow_loopback: bool = False
    """Whether stations that speak over SOAP may be called on this machine itself, as simulated ones are."""
    soap_calls_at_once: int = Field(default=100, ge=1)
    """To so many of them each process speaks at the same time."""
    station_ca_file: Path | None = None
    """PEM of those who vouch for the HTTPS of stations, in place of the usual authorities."""
    services_allow_loopback: bool = False
    """Whether services of third parties may be called on this machine itself, as simulated ones are."""
    trusted_proxies: int = Field(default=0, ge=0)
    """How many proxies of ours stand before the portal and write X-Forwarded-For, -Proto and -Host."""
    smtp_url: str | None = Field(default=None, repr=False)
    """Who takes our e-mails: smtp://user:password@host:587 or smtps://…; without it none are sent."""
    mail_from: str | None = None
    """The sender of our e-mails, by default no-reply at the host of `public_url`."""
    ftp_port: int = Field(default=2121, ge=0, le=65535)
    """Where stations fetch and leave files by FTP, with TLS if they ask for it; 0 runs no FTP server."""
    ftps_port: int = Field(default=2990, ge=0, le=65535)
    """The same encrypted from the first byte (ftps://); 0 for none."""
    ftp_passive_ports: str = "40000-40099"
    """For the connections over which the files themselves pass."""
    ftp_public_host: str | None = None
    """Where stations find the FTP server, by default the host of `public_url`; if given, also what PASV tells them."""
    file_transfer: Literal["ftp", "ftps", "http"] = "ftp"
    """How files are offered to a station that has not told what it can; `http` is https where `public_url` is."""
    file_days: int = Field(default=90, ge=1)
    """For how long what stations upload is kept."""
    upload_limit_megabytes: int = Field(default=50, ge=1)
    """The largest file that a station may upload."""
    upload_quota_megabytes: int = Field(default=200, ge=1)
    """What all files that a station has uploaded may take."""
    export_folder: Path | None = None
    """Scheduled exports may be left below this directory, and nowhere else on this machine."""
    export_mail_megabytes: int = Field(default=10, ge=0)
    """A scheduled export that is larger is sent as a link."""
    tls_certificate: Path | None = None
    """PEM, for the FTP server; without one it makes its own, which stations cannot check."""
    tls_key: Path | None = None
    backup_directory: Path | None = None
    """Where backups are kept, best on another disk; by default below `data_dir`."""
    backup_daily: bool = True
    """Whether one is made each night, and verified once a week."""
    backup_recipients: str = ""
    """Public keys of age with commas between; with any of them, only the holder of an identity can open a backup."""
    part_silence_seconds: int = Field(default=180, ge=20)
    """A worker, the timetable or Redis that is silent for so long is an alarm."""
    metrics_token: str | None = Field(default=None, repr=False)
    """With this token Prometheus reads /metrics; without one nobody does."""
    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"
    """One line for each entry of a log: for people, or JSON for programs."""

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _psycopg(cls, value: str | None) -> str | None:
        """Accept the addresses that hosters hand out (postgres://, postgresql://) for psycopg 3."""
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
            raise ValueError("must begin with postgresql://")
        return f"postgresql+psycopg://{rest}"

    @field_validator("database_owner_url")
    @classmethod
    def _of_a_database(cls, value: str | None, given: ValidationInfo) -> str | None:
        """An owner without the application's role would own the tables of another database than the embedded one."""
        if value is not None and given.data.get("database_url") is None:
            raise ValueError("needs DATABASE_URL beside it")
        return value

    @field_validator("station_dead_seconds")
    @classmethod
    def _after_a_ping(cls, value: int, given: ValidationInfo) -> int:
        if value <= given.data.get("station_ping_seconds", 0):
            raise ValueError("must be more than STATION_PING_SECONDS")
        return value

    @field_validator("public_url")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/") if value else None

    @field_validator("map_tile_url")
    @classmethod
    def _tiles(cls, value: str | None) -> str | None:
        if value is not None and not TILES.fullmatch(value):
            raise ValueError("must look like https://tiles.example.com/{z}/{x}/{y}.png, of one host")
        if value is not None and not all(part in value for part in ("{z}", "{x}", "{y}")):
            raise ValueError("must contain {z}, {x} and {y}")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str | None) -> str | None:
        if value is not None and not _is_smtp_address(value):
            raise ValueError("must look like smtp://user:password@host:587 or smtps://user:password@host")
        return value

    @field_validator("mail_from")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not MAIL_ADDRESS.fullmatch(value):
            raise ValueError("must be an e-mail address, such as charging@example.com")
        return value

    @field_validator("ftp_passive_ports")
    @classmethod
    def _ports(cls, value: str) -> str:
        found = PORTS.fullmatch(value.replace(" ", ""))
        if found is None or not 1024 <= int(found[1]) <= int(found[2]) <= 65535:
            raise ValueError("must look like 40000-40099, within 1024 and 65535")
        return value

    @field_validator("ftp_public_host")
    @classmethod
    def _host(cls, value: str | None) -> str | None:
        if value is not None and not HOST.fullmatch(value):
            raise ValueError("must be a name or an address, such as files.example.com")
        return value

    @field_validator("tls_key")
    @classmethod
    def _both(cls, value: Path | None, given: ValidationInfo) -> Path | None:
        if (value is None) != (given.data.get("tls_certificate") is None):
            raise ValueError("belongs together with TLS_CERTIFICATE")
        return value

    @property
    def socket_dir(self) -> Path:
        """Where the embedded servers listen: a short path, and plain, because it becomes a part of addresses."""
        inside = self.data_dir / "run"
        if len(str(inside)) <= LONGEST_SOCKET_DIRECTORY and PLAIN_PATH.fullmatch(str(inside)):
            return inside
        name = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"charge-portal-{name}"

    @property
    def postgres_url(self) -> str:
        """The database in SQLAlchemy's form, in the role of the application: the configured, else the embedded one."""
        return self.database_url or self._embedded_url(EMBEDDED_APPLICATION)

    @property
    def postgres_owner_url(self) -> str:
        """The same database in the role that owns the tables; the application's, where only that is configured."""
        return self.database_owner_url or self.database_url or self._embedded_url(EMBEDDED_OWNER)

    def _embedded_url(self, role: str) -> str:
        return f"postgresql+psycopg://{role}@/{EMBEDDED_DATABASE}?host={self.socket_dir}/postgres"

    @property
    def valkey_url(self) -> str:
        """The Redis-compatible server: the configured one, else the embedded one."""
        return self.redis_url or f"unix://{self.socket_dir}/valkey/valkey.sock"

    @property
    def portal_url(self) -> str:
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def ocpp16_url(self) -> str:
        """Where a station that speaks OCPP 1.6J connects; it appends /<charge_box_id>."""
        parts = urlsplit(self.portal_url)
        scheme = {"http": "ws", "https": "wss"}[parts.scheme]
        return urlunsplit((scheme, parts.netloc, f"{parts.path}/Ocpp/websocket", "", ""))

    @property
    def ocpp15_url(self) -> str:
        """Where a station that speaks OCPP 1.5 over SOAP sends its requests."""
        return f"{self.portal_url}/Ocpp/CentralSystemService15"

    @property
    def ocpp16_soap_url(self) -> str:
        """The same for OCPP 1.6 over SOAP."""
        return f"{self.portal_url}/Ocpp/CentralSystemService16"

    @property
    def ocpp12_url(self) -> str:
        """The same for OCPP 1.2."""
        return f"{self.portal_url}/Ocpp/CentralSystemService12"

    @property
    def file_url(self) -> str:
        """Where stations fetch and leave files by HTTP."""
        return f"{self.portal_url}/Ocpp/files"

    @property
    def file_host(self) -> str:
        """Where they find the FTP server."""
        return self.ftp_public_host or str(urlsplit(self.portal_url).hostname)

    @property
    def ftp_url(self) -> str:
        return f"ftp://{self.file_host}:{self.ftp_port}"

    @property
    def ftps_url(self) -> str:
        return f"ftps://{self.file_host}:{self.ftps_port}"

    @property
    def passive_ports(self) -> range:
        first, last = map(int, self.ftp_passive_ports.split("-"))
        return range(first, last + 1)

    @property
    def uploads_dir(self) -> Path:
        return self.data_dir / "uploads"

    @property
    def firmware_dir(self) -> Path:
        return self.data_dir / "firmware"

    @property
    def backup_dir(self) -> Path:
        return (self.backup_directory or self.data_dir / "backups").expanduser().resolve()

    @property
    def backup_recipient_keys(self) -> list[str]:
        return [key.strip() for key in self.backup_recipients.split(",") if key.strip()]

    @property
    def exports_dir(self) -> Path:
        return self.data_dir / "exports"

    @property
    def map_tile_origin(self) -> str | None:
        """The host that browsers may fetch pictures of maps from, if it is another than ours."""
        parts = urlsplit(self.map_tile_url or "")
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None

    @property
    def mail_sender(self) -> str:
        return self.mail_from or f"no-reply@{urlsplit(self.portal_url).hostname}"

    def session_secret(self) -> str:
        """The secret that signs cookies and tokens."""
        if self.secret_key:
            return self.secret_key
        return (self.data_dir / "secret_key").read_text().strip()


def _is_smtp_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # Its text quotes the address, in which a password may stand.
        return False
    return parts.scheme in ("smtp", "smtps") and bool(parts.hostname)


@lru_cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
