"""Whether the servers whose addresses were given really answer."""

import psycopg
import redis
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from config import Settings
from launcher.errors import LaunchError

CONNECT_SECONDS = 5


def check_outside_servers(settings: Settings) -> None:
    """Raise LaunchError with the address (never the password) and the reason if one does not answer."""
    if settings.database_url:
        _check_database(settings.database_url)
    if settings.redis_url:
        _check_redis(settings.redis_url)


def _check_database(address: str) -> None:
    try:
        url = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
        psycopg.connect(url, connect_timeout=CONNECT_SECONDS).close()
    except (ValueError, ArgumentError):
        raise LaunchError("The setting DATABASE_URL is wrong: it is no address of a database.") from None
    except psycopg.Error as error:
        reason = str(error).splitlines()[0]
        raise LaunchError(f"The database at {_place(address)} (DATABASE_URL) does not answer: {reason}.") from None


def _check_redis(address: str) -> None:
    try:
        client = redis.Redis.from_url(address, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS)
        client.ping()
    except ValueError:
        raise LaunchError("The setting REDIS_URL is wrong: it is no address of a Redis server.") from None
    except redis.RedisError as error:
        raise LaunchError(f"The Redis server at {_place(address)} (REDIS_URL) does not answer: {error}") from None


def _place(address: str) -> str:
    """Which server an address means, without user and password."""
    url = make_url(address)
    return f"{url.host}:{url.port}" if url.port else str(url.host or url.database)
