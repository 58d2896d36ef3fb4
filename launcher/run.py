"""`charge-portal run`: everything that one machine needs, in one terminal."""

import sys

import click

from config import Settings
from launcher.data_dir import locked, make_data_dir
from launcher.embedded.servers import start_servers
from launcher.processes import Program
from launcher.ready import check_port, say_ready, why_not_ready
from launcher.supervisor import Supervisor
from launcher.waiting import StopRequested

READY_SECONDS = 120

COMMAND = (sys.executable, "-m", "launcher")


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
    administrator = supervisor.run(Program("prepare", [*COMMAND, "prepare", *(["--demo"] if demo else [])]))
    try:
        for name in ("web", "worker", "cron"):
            supervisor.start(Program(name, [*COMMAND, name]))
        supervisor.wait_until_ready("Charge Portal", lambda: why_not_ready(settings.port), READY_SECONDS)
        if demo:
            supervisor.start(Program("stations", [*COMMAND, "demo-stations"]))
    except BaseException:
        click.echo(administrator, nl=False)  # It is not shown again by another start.
        raise
    say_ready(settings, administrator)
