"""`charge-portal audit verify`: is the audit log whole?"""

import sys

import click

from domain.audit_chain import Link, links
from domain.db import get_engine
from launcher.errors import LaunchError

TOLD_EVERY = 100_000
TAIL = (
    "Entries that were cut off at the end cannot be seen in the chain itself: note the newest hash in another place,"
    " and look next time whether it is there still."
)


def verify() -> None:
    """Look at every entry; say what was found. Raises LaunchError at the first that is wrong."""
    count, missing, first, last = 0, 0, None, None
    with get_engine().connect() as connection:
        for link in links(connection):
            if link.fault:
                raise LaunchError(f"The audit log is broken at entry {link.id} of {link.happened_at}: {link.fault}.")
            first = first or link
            missing += link.id - last.id - 1 if last else 0
            last = link
            count += 1
            if count % TOLD_EVERY == 0:
                click.echo(f"{count:,} entries ...", file=sys.stderr)
    _say(count, missing, first, last)


def _say(count: int, missing: int, first: Link | None, last: Link | None) -> None:
    if first is None or last is None:
        click.echo("The audit log is empty.")
        return
    click.echo(f"The audit log is whole: {count:,} entries from {first.happened_at} to {last.happened_at}.")
    if missing:
        click.echo(f"{missing:,} numbers are not used: a commit that failed took them. The chain misses nothing there.")
    click.echo(f"Newest hash, of entry {last.id}: {last.hash.hex()}")
    click.echo(TAIL)
