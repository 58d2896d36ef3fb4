"""Counts over a whole car park, told in one line every so many events."""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.errors import reason_of


@dataclass
class Tally:
    say: Callable[[str], None]
    report_every: int
    connected: int = 0
    charging: int = 0
    done: int = 0
    faults: int = 0
    errors: int = 0
    _events: int = 0
    _kinds_of_error: set[str] = field(default_factory=set)

    def line_up(self) -> None:
        self.connected += 1
        self._event()

    def line_down(self) -> None:
        self.connected -= 1
        self._event()

    def begun(self) -> None:
        self.charging += 1
        self._event()

    def ended(self) -> None:
        self.charging -= 1
        self.done += 1
        self._event()

    def fault(self) -> None:
        self.faults += 1
        self._event()

    def error(self, charge_box_id: str, error: Exception) -> None:
        """Counts each error, and tells the first of each kind: a thousand stations fail alike."""
        self.errors += 1
        sentence = reason_of(error)
        kind = sentence.replace(charge_box_id, "")
        if kind not in self._kinds_of_error:
            self._kinds_of_error.add(kind)
            self.say(f"{charge_box_id}: {sentence}")
        self._event()

    def __str__(self) -> str:
        return (
            f"{self.connected} connected, {self.charging} charging, {self.done} sessions done,"
            f" {self.faults} faults, {self.errors} errors"
        )

    def _event(self) -> None:
        self._events += 1
        if self._events % self.report_every == 0:
            self.say(str(self))
