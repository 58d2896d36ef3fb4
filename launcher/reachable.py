"""Whether the servers that we work with really answer."""

import psycopg
import redis
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from config import Settings
from launcher.errors import LaunchError

CONNECT_SECONDS = 5


def check_servers(settings: Settings) -> None:
    """Raise LaunchError with the place (never the password) and the reason if one does not answer."""
    _check_database(settings)
    _check_redis(settings)


def _check_database(settings: Settings) -> None:
    _check_role(settings.postgres_url, settings.database_url, "DATABASE_URL", settings)
    if settings.database_owner_url:
        _check_role(settings.postgres_owner_url, settings.database_owner_url, "DATABASE_OWNER_URL", settings)


def _check_role(address: str, given: str | None, setting: str, settings: Settings) -> None:
    try:
        url = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
        psycopg.connect(url, connect_timeout=CONNECT_SECONDS).close()
    except (ValueError, ArgumentError):
        raise LaunchError(f"The setting {setting} is wrong: it is no address of a database.") from None
    except psycopg.Error as error:
        place = _place(given, setting, settings)
        raise LaunchError(f"The database {place} does not answer: {str(error).splitlines()[0]}.") from None


def _check_redis(settings: Settings) -> None:
    waits = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": CONNECT_SECONDS}
    try:
        redis.Redis.from_url(settings.valkey_url, **waits).ping()
    except ValueError:
        raise LaunchError("The setting REDIS_URL is wrong: it is no address of a Redis server.") from None
    except redis.RedisError as error:
        place = _place(settings.redis_url, "REDIS_URL", settings)
        raise LaunchError(f"The Redis server {place} does not answer: {str(error).rstrip('.')}.") from None


def _place(address: str | None, setting: str, settings: Settings) -> str:
    """Where a server is, without user and password."""
    if address is None:
        return f"of {settings.data_dir}"
    url = make_url(address)
    host = f"{url.host}:{url.port}" if url.port else url.host or url.query.get("host") or url.database
    return f"at {host} ({setting})"
