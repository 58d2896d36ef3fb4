"""`charge-portal run`: everything that one machine needs, in one terminal."""

import sys
from collections.abc import Mapping

import click

from config import Settings
from launcher.data_dir import locked, make_data_dir
from launcher.embedded.servers import start_servers
from launcher.errors import LaunchError
from launcher.processes import Program
from launcher.ready import check_ftp_ports, check_port, say_ready, why_not_ready
from launcher.supervisor import Supervisor
from launcher.waiting import StopRequested

READY_SECONDS = 120
DEMO_ENVIRONMENT = {"SOAP_ALLOW_LOOPBACK": "true"}
"""Some of the demo's stations are called over SOAP, and they are on this machine."""


def run(settings: Settings, verbose: bool = False, demo: bool = False) -> None:
    """Start everything, watch over it, and stop it all when asked to."""
    make_data_dir(settings.data_dir)
    with locked(settings.data_dir) as lock:
        check_port(settings.port)
        try:
            with Supervisor(settings.data_dir / "logs", [lock], echo=verbose) as supervisor:
                _start(supervisor, settings, demo)
                supervisor.watch()
        except StopRequested:
            click.echo("Charge Portal has stopped.")


def _start(supervisor: Supervisor, settings: Settings, demo: bool) -> None:
    click.echo("Starting Charge Portal ...")
    start_servers(supervisor, settings)
    administrator = supervisor.run(_program("prepare", *(["--demo"] if demo else [])))
    try:
        for name in ("web", "worker"):
            supervisor.start(_program(name, environment=DEMO_ENVIRONMENT if demo else None))
        supervisor.wait_until_ready("Charge Portal", lambda: why_not_ready(settings.port), READY_SECONDS)
        # Not needed to be ready, so they do not take time from those that are.
        supervisor.start(_program("cron"))
        no_files = _start_files(supervisor, settings)
        if demo:
            supervisor.start(_program("demo-stations"))
    except BaseException:
        click.echo(administrator, nl=False)  # It is not shown again by another start.
        raise
    say_ready(settings, administrator)
    if no_files:
        click.echo(f"  No FTP server: {no_files}", err=True)


def _start_files(supervisor: Supervisor, settings: Settings) -> str:
    """Start the FTP server if one is wanted; returns why it cannot be, which keeps nobody from charging."""
    if settings.ftp_port:
        try:
            check_ftp_ports(settings)
        except LaunchError as error:
            return error.message
        supervisor.start(_program("files"))
    return ""


def _program(name: str, *options: str, environment: Mapping[str, str] | None = None) -> Program:
    return Program(name, [sys.executable, "-m", "launcher", name, *options], environment=environment or {})
