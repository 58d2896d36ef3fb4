"""What `charge-portal backup`, `backup verify` and `restore` say at a terminal."""

from pathlib import Path

import click

from config import Settings
from launcher.backups import restoring, retention, verifying
from launcher.backups.archive import Manifest
from launcher.backups.errors import BackupError
from launcher.backups.jobs import back_up
from launcher.prepare import portal_app
from launcher.short_commands import servers_running

BYTES_PER_MEGABYTE = 1_000_000


def make(settings: Settings, verify: bool) -> None:
    with servers_running(settings):
        if not (settings.secret_key or (settings.data_dir / "secret_key").exists()):
            raise BackupError(f"There is nothing to back up in {settings.data_dir} yet: start Charge Portal first.")
        made = back_up(settings, verify=verify)
    proven = ", restored and found to be the same" if verify else ""
    click.echo(f"{made.path}: {made.size_bytes / BYTES_PER_MEGABYTE:,.1f} MB, {made.rows:,} rows{proven}.")


def verify(settings: Settings, file: Path | None, identity_file: Path | None) -> None:
    newest = next(iter(retention.backups_in(settings.backup_dir)), None)
    path = file or newest
    if path is None:
        raise BackupError(f"There is no backup in {settings.backup_dir}.")
    with servers_running(settings):
        _say(path, verifying.verify(settings, path, identity_file), "was restored into a database of its own")


def restore(settings: Settings, file: Path, identity_file: Path | None) -> None:
    with servers_running(settings):
        manifest = restoring.restore(settings, file.resolve(), identity_file)
        portal_app(settings)
    _say(file, manifest, "is restored")
    click.echo("Start Charge Portal as usual. Everybody signs in anew; queued jobs of that time are gone.")


def _say(path: Path, manifest: Manifest, what: str) -> None:
    rows = sum(table.rows for table in manifest.tables.values())
    click.echo(
        f"{path.name} of {manifest.made_at} {what}: {len(manifest.tables)} tables with {rows:,} rows, all the same."
    )
