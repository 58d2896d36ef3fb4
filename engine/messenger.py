"""Short messages among the processes of the engine, through Redis.

They only make things quick: each is lost when Redis is away, and nothing may depend on it. Stations never wait for it.
"""

from collections.abc import Callable

import gevent
import structlog
from gevent.queue import Full, Queue
from redis import Redis, RedisError

RETRY_SECONDS = 1.0
MOST_WAITING = 10_000

log = structlog.get_logger()


class Announcer:
    """Says something to whoever listens on a channel."""

    def __init__(self, redis: Redis, channel: str) -> None:
        self._redis = redis
        self._channel = channel
        self._outgoing: Queue[bytes] = Queue(maxsize=MOST_WAITING)
        gevent.spawn(self._forever, self._send)

    def publish(self, message: bytes) -> None:
        """Send a message soon, without waiting."""
        try:
            self._outgoing.put_nowait(message)
        except Full:
            log.warning("a message to the other processes was dropped: Redis is away")

    def _send(self) -> None:
        while True:
            message = self._outgoing.get()
            self._redis.publish(self._channel, message)

    def _forever(self, work: Callable[[], None]) -> None:
        while True:
            try:
                work()
            except (RedisError, OSError) as error:
                log.warning("Redis is away", error=str(error))
                gevent.sleep(RETRY_SECONDS)


class Messenger(Announcer):
    """Says something to all processes, and hears what they say."""

    def __init__(self, redis: Redis, channel: str, receive: Callable[[bytes], None]) -> None:
        """`receive` is called with each message on `channel`, those of this process too."""
        super().__init__(redis, channel)
        self._receive = receive
        gevent.spawn(self._forever, self._listen)

    def _listen(self) -> None:
        with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:  # type: ignore[no-untyped-call]
            pubsub.subscribe(self._channel)
            for message in pubsub.listen():
                self._receive(message["data"])
