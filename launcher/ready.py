"""Before and after the start: is the port free, does the portal answer, and what is a person told."""

import errno
import json
import socket
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import click

from config import Settings
from launcher.errors import LaunchError

ANSWER_SECONDS = 1


def check_port(port: int, setting: str = "PORT") -> None:
    """Raise LaunchError if nobody may listen on `port`, or somebody does."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("0.0.0.0", port))  # noqa: S104 - stations come from everywhere
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise LaunchError(f"Port {port} is in use: stop what uses it or set {setting}.") from None
            raise LaunchError(f"Port {port} cannot be used ({error.strerror}): set {setting}.") from None


def check_ftp_ports(settings: Settings) -> None:
    for name, port in (("FTP_PORT", settings.ftp_port), ("FTPS_PORT", settings.ftps_port)):
        if port:
            check_port(port, name)


def health(port: int) -> dict[str, str]:
    """What /healthz says; empty while nobody answers."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)
    except HTTPError as error:
        return json.load(error) if error.code == 503 else {"status": f"answer {error.code}"}
    except (URLError, TimeoutError, ConnectionError):
        return {}


def why_not_ready(port: int) -> str:
    """In words, what /healthz still misses; empty when all is well."""
    found = health(port)
    status = found.pop("status", "does not answer yet")
    if status == "ok":
        return ""
    return "; ".join(f"{part}: {state}" for part, state in found.items() if state != "ok") or status


def say_ready(settings: Settings, administrator: str) -> None:
    """The addresses, and the first administrator if this start made one."""
    click.echo("\nCharge Portal is ready.\n")
    click.echo(f"  Portal      {settings.portal_url}")
    click.echo(f"  OCPP 1.6J   {settings.ocpp16_url}")
    click.echo(f"  OCPP 1.5    {settings.ocpp15_url}")
    if settings.ftp_port:
        click.echo(f"  Files       {settings.ftp_url}")
    click.echo(administrator, nl=False)
    if settings.public_url is None:
        click.echo("\n  Stations reach this machine by its own name or address: set PUBLIC_URL to show that here.")
    click.echo(f"\n  Logs are in {settings.data_dir / 'logs'}. Ctrl-C stops everything.\n")
