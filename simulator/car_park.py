"""A believable car park: many stations in one process, each with a life of its own."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ocpp import messages as ocpp_messages

from simulator.behaviour import Behaviour
from simulator.charger import AC_11, AC_22, DC_50, DC_150
from simulator.driver import OutletLife
from simulator.life import Life
from simulator.station import Station
from simulator.tally import Tally
from simulator.visits import chance, happenings
from simulator.wire import Wire

MODELS = (AC_11, AC_22, AC_22, AC_22, DC_50, DC_150)
CONNECTS_PER_SECOND = 100
PACE_SECONDS = 1.5
"""For each step of an update or an upload, so that one can watch them."""


@dataclass(frozen=True)
class Group:
    """Stations that speak alike."""

    charge_box_ids: Sequence[str]
    url: str
    speaks: Wire


@dataclass(frozen=True)
class CarPark:
    """Everything random about a station follows from `seed` and its charge box id."""

    groups: Sequence[Group]
    id_tokens: Sequence[str]
    outlets: int = 2
    speed: float = 1
    faults_per_day: float = 0.5
    """Faults and lost lines of one station in a simulated day, half of each."""
    hour: float = 8
    """The time of the simulated day at which it begins."""
    seed: int = 0
    password: str | None = None
    behaviour: Behaviour = field(default_factory=Behaviour)
    """How all of them answer what they are asked."""

    async def run(self, say: Callable[[str], None], report_every: int = 50) -> None:
        """Until cancelled; then charges are stopped and lines closed, which takes at most 2 s."""
        # Checking a message costs 0.1 ms; the thread in which the package does it by default costs more.
        ocpp_messages.ASYNC_VALIDATION = False
        tally = Tally(say, report_every)
        spread_seconds = sum(len(group.charge_box_ids) for group in self.groups) / CONNECTS_PER_SECOND
        try:
            async with asyncio.TaskGroup() as lives:
                for group in self.groups:
                    for charge_box_id in group.charge_box_ids:
                        lives.create_task(self._live(charge_box_id, group, tally, spread_seconds))
        finally:
            say(str(tally))

    async def _live(self, charge_box_id: str, group: Group, tally: Tally, spread_seconds: float) -> None:
        random = chance(self.seed, charge_box_id)
        station = Station(
            charge_box_id,
            group.url,
            outlets=self.outlets,
            charger=random.choice(MODELS),
            password=self.password,
            behaviour=self.behaviour,
            pace_seconds=PACE_SECONDS,
            speaks=group.speaks,
        )
        life = Life(station, random, tally, speed=self.speed, outages_per_day=self.faults_per_day / 2)
        await asyncio.sleep(random.uniform(0, spread_seconds))
        await life.run([self._outlet_life(life, number).run for number in station.outlets])

    def _outlet_life(self, life: Life, number: int) -> OutletLife:
        outlet = life.station.outlets[number]
        happening = happenings(
            chance(self.seed, life.station.charge_box_id, number),
            outlet.charger,
            tuple(self.id_tokens),
            faults_per_day=self.faults_per_day / 2 / self.outlets,
            hour=self.hour,
        )
        return OutletLife(life, outlet, happening)
