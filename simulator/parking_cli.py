"""The command `charge-portal simulate-parking`."""

import time
import uuid
from typing import Any

import click

from simulator.cli import Address
from simulator.parking import FINAL, ParkingProvider

LONGEST_WAIT_SECONDS = 900.0


@click.command()
@click.option("--url", required=True, help="Where the portal is, such as http://localhost:8080.")
@click.option("--token", required=True, envvar="PARKING_TOKEN", help="The service's token.")
@click.option("--secret", required=True, envvar="PARKING_SECRET", help="The service's secret, whsec_…")
@click.option(
    "--listen",
    type=Address(),
    default="127.0.0.1:9000",
    show_default=True,
    help="Where the provider is told things: the service's address is http://HOST:PORT/charging.",
)
@click.option("--outlet", required=True, help="The UUID of the outlet at which a charge is started.")
@click.option("--reference", help="What the provider calls the charge; made up by default.")
@click.option("--seconds", default=60.0, show_default=True, help="After how long the charge is stopped.")
def simulate_parking(
    url: str,
    token: str,
    secret: str,
    listen: tuple[str, int],
    outlet: str,
    reference: str | None,
    seconds: float,
) -> None:
    """Play a provider of parking payment: start a charge, say what is told of it, stop it, wait for its final record.

    The portal calls a provider on its own machine only where SERVICES_ALLOW_LOOPBACK is set.
    """
    reference = reference or f"SIM-{uuid.uuid4().hex[:12]}"
    provider = ParkingProvider(url, token, secret, listen, heard=_say)
    try:
        click.echo(f"listens at {provider.url}")
        _answered("start", provider.start(reference, outlet))
        time.sleep(seconds)
        _answered("stop", provider.stop(reference))
        final = provider.wait_for(reference, FINAL, LONGEST_WAIT_SECONDS)["data"]
        click.echo(f"{final['state']}: {final['energy_wh']} Wh from {final['started_at']} to {final['stopped_at']}")
    except TimeoutError as error:
        raise click.ClickException(str(error)) from None
    finally:
        provider.close()


def _answered(what: str, answer: tuple[int, dict[str, Any]]) -> None:
    status, body = answer
    if status >= 400:
        raise click.ClickException(f"{what}: {status} {body.get('message', body)}")
    click.echo(f"{what}: {body['state']}")


def _say(message: dict[str, Any]) -> None:
    data = message["data"]
    click.echo(f"told: {message['type']} {data.get('reference', '')} {data.get('energy_wh', '')} Wh")
