"""The threads of one process that call stations: one for each station that is being called.

Who hands a station over does not wait, and may hand it over as often as he likes. A thread takes the station's commands
until nothing waits; then it turns to the next station, or ends. Answers that are late are waited for by threads that
are counted apart, so that silent stations never take the place of others.
"""

from collections.abc import Iterable
from functools import cache, partial
from threading import BoundedSemaphore, Condition, Event, Thread

import structlog

from config import get_settings
from domain.log import begin
from engine.calls import records
from engine.calls.asking import Asking, Late
from engine.calls.exchange import Exchange, Outcome

log = structlog.get_logger()


class Caller:
    def __init__(self, most: int) -> None:
        """To so many stations at a time."""
        self._most = most
        self._waiting: dict[int, None] = {}
        """In the order in which they came."""
        self._called: dict[int, bool] = {}
        """Whether a station that is being called was handed over once more since."""
        self._threads = 0
        self._changed = Condition()
        self._is_stopping = Event()
        self._ears = BoundedSemaphore(most)

    def call(self, station_ids: Iterable[int]) -> None:
        """Commands may wait for these stations."""
        with self._changed:
            for station_id in station_ids:
                if station_id in self._called:
                    self._called[station_id] = True
                else:
                    self._waiting[station_id] = None
            for _ in range(min(len(self._waiting), self._most - self._threads)):
                self._threads += 1
                Thread(target=self._work, name="caller", daemon=True).start()

    def stop(self, seconds: float) -> None:
        """Begin no more calls, and let those under way end if they do so in time."""
        self._is_stopping.set()
        with self._changed:
            self._changed.wait_for(lambda: self._threads == 0, seconds)

    def _work(self) -> None:
        while (station_id := self._next()) is not None:
            begin(station_id=station_id)
            try:
                self._call(station_id)
            except Exception:
                # The sweep ends what was under way and hands the station over again.
                log.exception("a station could not be called")
            self._leave(station_id)

    def _next(self) -> int | None:
        with self._changed:
            if not self._waiting or self._is_stopping.is_set():
                self._threads -= 1
                self._changed.notify_all()
                return None
            station_id = next(iter(self._waiting))
            del self._waiting[station_id]
            self._called[station_id] = False
            return station_id

    def _leave(self, station_id: int) -> None:
        with self._changed:
            if self._called.pop(station_id):
                self._waiting[station_id] = None

    def _call(self, station_id: int) -> None:
        wake = partial(self.call, [station_id])
        while not self._is_stopping.is_set() and (taken := records.take(station_id)) is not None:
            Asking(*taken, self._is_stopping, self._listen, wake).see_through()

    def _listen(self, exchange: Exchange, late: Late) -> None:
        if not self._ears.acquire(blocking=False):
            exchange.cut()
            return

        def over(outcome: Outcome) -> None:
            try:
                late(outcome)
            finally:
                self._ears.release()

        exchange.leave(over)


@cache
def get_caller() -> Caller:
    """That of this process."""
    return Caller(get_settings().soap_calls_at_once)
