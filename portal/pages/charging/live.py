"""What changes while a driver looks: the charges that run and what was asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from domain import charging_now, clock, remote_charging
from domain.charging_now import ChargingNow
from domain.models import Action, ChargingSession, Command, CommandState
from domain.remote_charging import AskedFor
from portal import charging_figures
from portal.charging_figures import Figures
from portal.database import database

MOST_RUNNING = 20
STEPS = (CommandState.QUEUED, CommandState.SENT, CommandState.ACCEPTED)
"""The way of a start to the station; behind it come the cable and the charge."""


@dataclass(frozen=True)
class Live:
    """Of one driver, everywhere or at one outlet."""

    running: list[tuple[ChargingNow, Figures]]
    asked: list[AskedFor]
    as_of: str
    more: str = ""
    """What else a page shows that it must be made anew for."""

    @classmethod
    def of(cls, user_id: int, outlet_id: int | None = None, more: Iterable[object] = ()) -> "Live":
        db, now = database(), clock.now()
        here = () if outlet_id is None else (ChargingSession.outlet_id == outlet_id,)
        running = charging_now.read(db, ChargingSession.user_id == user_id, *here, most=MOST_RUNNING)
        asked = remote_charging.asked_for(db, user_id, now)
        return cls(
            [(one, charging_figures.of(one, now)) for one in running],
            [each for each in asked if outlet_id in (None, each.command.outlet_id)],
            charging_figures.clock_time(now, now),
            " ".join(map(str, more)),
        )

    @property
    def shape(self) -> str:
        """Another one when there is more or less to show, and not just other figures."""
        running = [f"{figures.id}:{figures.status}" for _one, figures in self.running]
        asked = [f"c{asked.command.id}:{asked.command.state}" for asked in self.asked]
        return " ".join([*running, *asked, self.more]).strip()

    @property
    def waits(self) -> bool:
        """Whether a start is on its way, or the station waits for the cable."""
        starts = [asked.command for asked in self.asked if asked.command.action == Action.REMOTE_START]
        return any(command.state in STEPS for command in starts)

    def as_json(self) -> dict[str, Any]:
        figures = [figures.as_json() for _one, figures in self.running]
        return {"as_of": self.as_of, "shape": self.shape, "running": figures}


def steps(command: Command) -> list[tuple[str, str]]:
    """How far a start has come, in words, each `done`, `now` or `ahead`; none where it has failed."""
    if command.action != Action.REMOTE_START or command.state not in STEPS:
        return []
    words = (
        gettext("Asked for"),
        gettext("Sent to the station"),
        gettext("The station agreed"),
        gettext("Waiting for the cable"),
        gettext("Charging"),
    )
    done = STEPS.index(command.state) + 1
    return [(word, "done" if at < done else "now" if at == done else "ahead") for at, word in enumerate(words)]
