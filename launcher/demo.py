"""The demo company, and the simulated stations that charge in it."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from config import Settings
from domain.db import session_factory
from launcher.errors import LaunchError
from seeds import demo


def prepare_demo(settings: Settings) -> None:
    """Make the company and write down, for the simulator, its stations and the tags of its drivers."""
    with session_factory().begin() as db:
        demo.seed(db)
        stations, tags = demo.charge_box_ids(db), demo.id_tokens(db)
    if not stations:
        raise LaunchError("This installation has sites of its own: run the demo with another DATA_DIR.")
    _write(charge_box_ids_file(settings), stations)
    _write(id_tokens_file(settings), tags)
    click.echo(f"  Demo users     ida.holm@example.com and others, password {demo.DEMO_PASSWORD}")
