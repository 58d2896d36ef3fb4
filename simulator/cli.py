"""The command `charge-portal simulate`."""

import asyncio
import logging
import signal
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from simulator.behaviour import Behaviour, Manner
from simulator.car_park import CarPark, Group
from simulator.charger import AC_11
from simulator.errors import SimulatorError
from simulator.script import ScriptedCharge
from simulator.station import Station
from simulator.visits import chance
from simulator.wire import PROTOCOLS, WEBSOCKET, Wire, wires

TAGS_OF_NOBODY = 50
"""How many id tokens are made up when none are given."""


class Behaviours(click.ParamType):
    name = "behaviour"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Behaviour:
        try:
            return value if isinstance(value, Behaviour) else Behaviour.of(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Address(click.ParamType):
    name = "host:port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdecimal():
            self.fail(f"{value!r} is no address; one looks like 127.0.0.1:9000.", param, ctx)
        return host.strip("[]"), int(port)


@click.command()
@click.option(
    "--url",
    required=True,
    help="OCPP address without the id, ws://HOST:PORT/Ocpp/websocket; of SOAP http://HOST:PORT/Ocpp/...",
)
@click.option("--protocol", type=click.Choice(PROTOCOLS), default=WEBSOCKET, show_default=True)
@click.option(
    "--listen",
    type=Address(),
    default="127.0.0.1:0",
    show_default=True,
    help="Where stations that speak SOAP are called; port 0 is any.",
)
@click.option(
    "--also",
    type=(click.Choice(PROTOCOLS), str, str),
    multiple=True,
    metavar="PROTOCOL URL IDS",
    help="More stations in the same car park, that speak otherwise.",
)
@click.option("--password", help="HTTP Basic password of the stations.")
@click.option(
    "--behaviour",
    type=Behaviours(),
    default="",
    help=f"How commands are answered wrongly: Reset=silent,*=late:5. {', '.join(Manner)}.",
)
@click.option("--speed", type=click.FloatRange(min=1), help="Times faster than life (1; with --once 60).")
@click.option("--verbose", is_flag=True, help="Every frame in and out, on standard error.")
@click.option("--stations", type=click.IntRange(min=1), help="How many stations, named by --prefix.")
@click.option("--prefix", default="SIM-", show_default=True, help="Of the names: SIM-001, SIM-002 ...")
@click.option("--ids", help="Charge box ids instead, separated by commas.")
@click.option("--ids-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="One a line.")
@click.option("--outlets", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--id-tokens", help="The drivers' tags: separated by commas, or a file with one a line.")
@click.option(
    "--faults",
    type=click.FloatRange(min=0),
    default=0.5,
    show_default=True,
    help="Faults and lost lines of a station in a simulated day.",
)
@click.option("--no-faults", is_flag=True, help="The same as --faults 0.")
@click.option(
    "--hour",
    type=click.FloatRange(0, 24, max_open=True),
    default=8,
    show_default=True,
    help="Time of the simulated day at which it begins; a day has a rush hour and a night.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed, the same days.")
@click.option("--duration", type=click.FloatRange(min=0), help="End after so many seconds.")
@click.option(
    "--report-every",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="Events between two lines of counts.",
)
@click.option("--once", is_flag=True, help="Play one scripted charge; exit 0 if all was accepted, else 1.")
@click.option("--id", "charge_box_id", help="With --once: the station.")
@click.option("--id-token", help="With --once: the driver's tag.")
@click.option("--outlet", type=click.IntRange(min=1), default=1, show_default=True, help="With --once.")
@click.option("--energy-wh", type=click.IntRange(min=1), default=5000, show_default=True, help="With --once.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30,
    show_default=True,
    help="With --once: seconds to wait for each answer.",
)
def simulate(*, once: bool, verbose: bool, **options: Any) -> None:
    """Simulate charging stations that speak OCPP.

    A car park: drivers come and go, cars charge, now and then something breaks or a line is lost. With
    --speed X waits, stays and batteries are X times smaller, while times and power stay real: a session
    is X times shorter and takes an X-th of the energy.

    With --once: a single charge of exactly --energy-wh, which --speed only plays faster; it is dated back
    so that it ends now and has the duration that a real one has.
    """
    # What goes wrong is counted and told in words; the package's own log would repeat it with tracebacks.
    logging.getLogger("simulator").setLevel(logging.INFO if verbose else logging.CRITICAL)
    if verbose:
        logging.basicConfig(format="%(asctime)s %(message)s")
    try:
        (_play_once if once else _run_car_park)(**options)
    except SimulatorError as error:
        raise click.ClickException(str(error)) from error


def _play_once(
    *,
    url: str,
    protocol: str,
    listen: tuple[str, int],
    charge_box_id: str | None,
    id_token: str | None,
    outlet: int,
    outlets: int,
    energy_wh: int,
    speed: float | None,
    password: str | None,
    behaviour: Behaviour,
    timeout: float,
    **_: Any,
) -> None:
    if not charge_box_id or not id_token:
        raise click.UsageError("--once needs --id and --id-token.")
    station = Station(
        charge_box_id,
        url,
        outlets=max(outlets, outlet),
        charger=AC_11,
        password=password,
        behaviour=behaviour,
        answer_timeout_seconds=timeout,
        speaks=_wires(behaviour, listen, protocol)[protocol],
    )
    charge = ScriptedCharge(station, id_token, click.echo, outlet, energy_wh, speed or 60)
    if not asyncio.run(_until_signal(charge.play())):
        raise SimulatorError("Interrupted before the charge was complete.")


def _run_car_park(
    *,
    url: str,
    protocol: str,
    listen: tuple[str, int],
    also: Sequence[tuple[str, str, str]],
    stations: int | None,
    prefix: str,
    ids: str | None,
    ids_file: Path | None,
    outlets: int,
    id_tokens: str | None,
    speed: float | None,
    faults: float,
    no_faults: bool,
    hour: float,
    seed: int,
    duration: float | None,
    report_every: int,
    password: str | None,
    behaviour: Behaviour,
    **_: Any,
) -> None:
    speaks = _wires(behaviour, listen, protocol, *(each for each, _, _ in also))
    groups = [Group(_charge_box_ids(stations, prefix, ids, ids_file), url, speaks[protocol])]
    groups += [Group(_split(others), address, speaks[each]) for each, address, others in also]
    car_park = CarPark(
        groups,
        _id_tokens(id_tokens, seed),
        outlets=outlets,
        speed=speed or 1,
        faults_per_day=0 if no_faults else faults,
        hour=hour,
        seed=seed,
        password=password,
        behaviour=behaviour,
    )
    if not all(group.charge_box_ids for group in groups) or not car_park.id_tokens:
        raise click.UsageError("There is not a single id or id token in what was given.")
    asyncio.run(_until_signal(car_park.run(click.echo, report_every), duration))


def _wires(behaviour: Behaviour, listen: tuple[str, int], *protocols: str) -> Mapping[str, Wire]:
    made = wires(protocols, listen)
    try:
        for each in made.values():
            behaviour.check(each.manners)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return made


async def _until_signal(work: Coroutine[Any, Any, None], duration_seconds: float | None = None) -> bool:
    """Whether the work came to its own end before a signal or the time ended it."""
    loop = asyncio.get_running_loop()
    running = loop.create_task(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.cancel)
    if duration_seconds is not None:
        loop.call_later(duration_seconds, running.cancel)
    await asyncio.wait({running})
    if running.cancelled():
        return False
    running.result()
    return True


def _charge_box_ids(stations: int | None, prefix: str, ids: str | None, ids_file: Path | None) -> list[str]:
    if ids_file is not None:
        return _lines(ids_file)
    if ids:
        return _split(ids)
    if stations is None:
        raise click.UsageError("Give --stations, --ids, --ids-file, or --once.")
    digits = max(3, len(str(stations)))
    return [f"{prefix}{number:0{digits}}" for number in range(1, stations + 1)]


def _id_tokens(given: str | None, seed: int) -> list[str]:
    if given and "," not in given and Path(given).is_file():
        return _lines(Path(given))
    if given:
        return _split(given)
    random = chance(seed)
    return [str(random.randrange(10**9, 10**10)) for _ in range(TAGS_OF_NOBODY)]


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text().splitlines() if line.strip()]


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
