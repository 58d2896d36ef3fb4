"""What one process of the engine runs beside its stations' greenlets: made at the first use, after any fork."""

import atexit
import gc
import signal
from functools import cache
from types import FrameType

import gevent
import structlog

from config import get_settings
from domain import live
from domain.db import session_factory
from domain.queue import get_redis
from engine import channels, dispatch
from engine.connections import Connections
from engine.group_commit import GroupCommit
from engine.message_log import MessageLog
from engine.messenger import Announcer, Messenger
from engine.soap_lines import SoapLines

MOST_TEND_SECONDS = 5.0
TENDS_BETWEEN_PINGS = 5
GENERATION_OBJECTS = 20_000

log = structlog.get_logger()


class Runtime:
    def __init__(self) -> None:
        self.writer = GroupCommit(session_factory().begin, dispatch.apply)
        self.message_log = MessageLog(session_factory().begin, is_kept=get_settings().message_log_days > 0)
        self.connections = Connections(self.writer.submit, self._publish, self.message_log.asked)
        self.soap_lines = SoapLines(self.writer.submit, self.connections)
        self._messenger = Messenger(get_redis(), channels.CONNECTIONS, self.connections.hear)
        Messenger(get_redis(), channels.COMMANDS, self.connections.wake)
        live.publish_with(Announcer(get_redis(), live.CHANNEL).publish)
        gevent.spawn(self._tend)
        self._say_goodbye_at_stop()
        spare_the_collector()

    def _publish(self, message: bytes) -> None:
        self._messenger.publish(message)

    def _tend(self) -> None:
        seconds = min(get_settings().station_ping_seconds / TENDS_BETWEEN_PINGS, MOST_TEND_SECONDS)
        while True:
            gevent.sleep(seconds)
            try:
                self.connections.tend()
            except Exception:
                log.exception("the lines could not be tended")

    def _say_goodbye_at_stop(self) -> None:
        """gunicorn waits until all requests have ended, and a station's lasts as long as its connection."""
        stop = signal.getsignal(signal.SIGTERM)

        def say_goodbye(number: int, frame: FrameType | None) -> None:
            gevent.spawn(self.connections.close_all)
            self.message_log.stop()
            if callable(stop):
                stop(number, frame)

        signal.signal(signal.SIGTERM, say_goodbye)
        signal.siginterrupt(signal.SIGTERM, False)
        atexit.register(self.message_log.close)


def spare_the_collector() -> None:
    """Python's garbage collector walks over every object again and again while messages pass, which cost half the time.

    What is there at the start stays; messages die with their last reference, without the collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GENERATION_OBJECTS, 20, 50)


@cache
def get_runtime() -> Runtime:
    """That of this process."""
    return Runtime()
