"""The command `charge-portal`. Each part is imported by the command that needs it, so that each starts quickly."""

import os
import sys
from importlib import import_module
from pathlib import Path

import click

from config import Settings
from launcher.settings import load_settings


class Commands(click.Group):
    """Commands of our own, and those of the simulator, imported only when asked for: it knows nothing of the portal."""

    elsewhere = {
        "simulate": "simulator.cli:simulate",
        "simulate-parking": "simulator.parking_cli:simulate_parking",
    }

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *self.elsewhere])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in self.elsewhere:
            module, attribute = self.elsewhere[name].split(":")
            return getattr(import_module(module), attribute)
        return super().get_command(context, name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run charging stations for electric vehicles."""


def settings_of_servers_that_answer() -> Settings:
    """Asked before anything is imported that weighs, so that who waits in vain hears of it at once."""
    from launcher.reachable import check_servers

    settings = load_settings()
    check_servers(settings)
    return settings


@main.command()
@click.option("-v", "--verbose", is_flag=True, help="Show here what the processes write to their logs.")
def run(verbose: bool) -> None:
    """Start everything that one machine needs, until Ctrl-C."""
    from launcher.run import run

    run(load_settings(), verbose)


@main.command()
@click.option("-v", "--verbose", is_flag=True, help="Show here what the processes write to their logs.")
def demo(verbose: bool) -> None:
    """Like `run`, with the demo company and simulated stations that charge."""
    from launcher.run import run

    run(load_settings(), verbose, demo=True)


@main.command()
@click.option("--demo", is_flag=True, help="Make the demo company too.")
def prepare(demo: bool) -> None:
    """Migrate, seed, write permissions, make the first administrator: before `web`, `worker` and `cron` start."""
    settings = settings_of_servers_that_answer()
    from launcher.prepare import prepare

    prepare(settings, demo)


@main.command()
def web() -> None:
    """Serve the portal and the stations."""
    load_settings()  # A wrong one is said here in one sentence; gunicorn would wrap it in a traceback.
    os.execv(  # noqa: S606 - no shell is wanted
        sys.executable,
        [sys.executable, "-m", "gunicorn", "--config", "python:launcher.gunicorn_conf", "wsgi:create_app()"],
    )


@main.command()
def worker() -> None:
    """Run queued jobs."""
    settings = settings_of_servers_that_answer()
    from launcher.worker import run_workers

    run_workers(settings)


@main.command()
def cron() -> None:
    """Queue the recurring jobs. One process per installation."""
    settings = settings_of_servers_that_answer()
    from launcher.cron import run_cron

    run_cron(settings)


@main.command()
def files() -> None:
    """Serve files to stations and take theirs, by FTP."""
    settings = settings_of_servers_that_answer()
    from launcher.files import run_files

    run_files(settings)


@main.command(hidden=True)
def demo_stations() -> None:
    """Play the demo company's stations."""
    from launcher.demo import play_stations

    play_stations(load_settings())


@main.command()
def migrate() -> None:
    """Bring the database up to this version."""
    from launcher.migrate import migrate
    from launcher.short_commands import servers_running

    with servers_running(load_settings()):
        migrate()


@main.command(hidden=True)
@click.argument("message")
def write_migration(message: str) -> None:
    """Write the migration that the models ask for; for developers."""
    from launcher.migrate import write_migration
    from launcher.short_commands import servers_running

    with servers_running(load_settings()):
        write_migration(message)


@main.command()
def partitions() -> None:
    """Make the partitions of the coming months and days; prints the new ones."""
    from launcher.migrate import ensure_partitions
    from launcher.short_commands import servers_running

    with servers_running(load_settings()):
        for name in ensure_partitions():
            click.echo(name)


@main.command()
def seed() -> None:
    """Write the reference data that every installation needs."""
    from launcher.prepare import seed_reference
    from launcher.short_commands import servers_running

    with servers_running(load_settings()):
        seed_reference()


@main.group()
def rollup() -> None:
    """What charts are drawn from."""


@rollup.command()
def rebuild() -> None:
    """Add all charges, and all changes of outlets' states, up anew; stations may go on meanwhile.

    It makes again what follows from the charges that are kept, and from the changes of states that were recorded. What
    was deleted, and the states before their recording began, it cannot bring back.
    """
    from domain import charging_rollups, state_rollups
    from domain.db import get_engine
    from launcher.short_commands import servers_running

    with servers_running(load_settings()):
        click.echo(f"{charging_rollups.rebuild(get_engine()):,} charges were added up.")
        click.echo(f"{state_rollups.rebuild(get_engine()):,} changes of states were added up.")


@main.group(invoke_without_command=True)
@click.option("--verify", is_flag=True, help="Restore it into a database beside the real one, and compare.")
@click.pass_context
def backup(context: click.Context, verify: bool) -> None:
    """Write database, files and secret into one file in BACKUP_DIR; stations may go on meanwhile."""
    if context.invoked_subcommand is None:
        from launcher.backups import commands

        commands.make(load_settings(), verify)


@backup.command(name="verify")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--identity", type=click.Path(exists=True, path_type=Path), help="What opens a sealed one (age).")
def verify_backup(file: Path | None, identity: Path | None) -> None:
    """Restore a backup, by default the newest, into a database beside the real one, and compare every table."""
    from launcher.backups import commands

    commands.verify(load_settings(), file, identity)


@main.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--identity", type=click.Path(exists=True, path_type=Path), help="What opens a sealed one (age).")
def restore(file: Path, identity: Path | None) -> None:
    """Fill an empty installation from a backup."""
    from launcher.backups import commands

    commands.restore(load_settings(), file, identity)


@main.group()
def audit() -> None:
    """The audit log."""


@audit.command()
def verify() -> None:
    """Check the chain of the audit log; exit code 1 and the first wrong entry if it was tampered with."""
    from launcher.audit_log import verify
    from launcher.short_commands import servers_running

    with servers_running(load_settings()):
        verify()


@main.command()
@click.option("--email", required=True, help="The login.")
@click.option(
    "--password",
    envvar="ADMIN_PASSWORD",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Better not given here, where others may see it: it is asked for, or read from ADMIN_PASSWORD.",
)
def create_administrator(email: str, password: str) -> None:
    """Make an administrator."""
    from launcher.administrators import add_administrator
    from launcher.prepare import portal_app
    from launcher.short_commands import servers_running

    settings = load_settings()
    with servers_running(settings):
        add_administrator(portal_app(settings), email, password)
    click.echo(f"{email} is an administrator now.")
