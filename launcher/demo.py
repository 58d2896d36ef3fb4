"""The demo company, and the simulated stations that charge in it."""

import os
import sys

import click

from config import Settings
from domain.db import get_engine, session_factory
from domain.protocols import Protocol
from launcher.errors import LaunchError
from launcher.migrate import ensure_partitions
from ocpp_soap.versions import VERSIONS
from seeds import demo, demo_history

ADMINISTRATOR = "ida.holm@example.com"
SPEED = 30
"""Times faster than life, so that one sees cars come and go."""


def prepare_demo() -> None:
    """Make the company, and print how its users sign in."""
    ensure_partitions(*demo_history.first_and_last_day())
    with session_factory().begin() as db:
        demo.seed(db)
        if not demo.charge_box_ids(db):
            raise LaunchError("This installation has sites of its own: run the demo with another DATA_DIR.")
    click.echo(f"  Sign in as  {ADMINISTRATOR}   password {demo.DEMO_PASSWORD}   (demo)")


def play_stations(settings: Settings) -> None:
    """Become the simulator of the company's stations and drivers."""
    with session_factory()() as db:
        ids, tags = demo.by_protocol(db), demo.id_tokens(db)
    get_engine().dispose()
    options = {
        "--url": f"ws://127.0.0.1:{settings.port}/Ocpp/websocket",
        "--ids": ",".join(ids[Protocol.OCPP16]),
        "--id-tokens": ",".join(tags),
        "--speed": str(SPEED),
    }
    arguments = [argument for option in options.items() for argument in option]
    for service, version in VERSIONS.items():
        address = f"http://127.0.0.1:{settings.port}/Ocpp/{service}"
        arguments += ["--also", version.protocol, address, ",".join(ids[Protocol(version.protocol)])]
    os.execv(sys.executable, [sys.executable, "-m", "launcher", "simulate", *arguments])  # noqa: S606 - no shell wanted
