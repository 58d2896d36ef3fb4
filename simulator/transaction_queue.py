"""What a station must not lose: its transaction-related messages (OCPP 1.6, 3.7).

StartTransaction, StopTransaction and MeterValues are delivered one after the other in the order in
which they happened, with their original timestamps. They wait while there is no line, and one that the
line took with it is sent again. One that the central system fails to process is tried
TransactionMessageAttempts times, each time after a longer pause, and then given up (3.7.1).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Never

from ocpp.v16.enums import ConfigurationKey

from simulator.configuration import Configuration
from simulator.errors import REFUSALS


@dataclass
class Waiting:
    request: Callable[[], Any]
    """Makes the request when its turn has come: only then may the transaction's id be known."""
    heard: Callable[[Any], None]
    """Called with the reply before the next message is made."""
    answered: asyncio.Future[Any] = field(default_factory=asyncio.Future)
    """The whole reply, or None if the message was given up."""
    attempts: int = 0


class TransactionQueue:
    def __init__(
        self,
        call: Callable[[Any], Awaitable[Any]],
        configuration: Configuration,
        failed: Callable[[Exception], None],
    ) -> None:
        self._call = call
        self._configuration = configuration
        self._failed = failed
        self._waiting: deque[Waiting] = deque()
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()

    def put(self, request: Callable[[], Any], heard: Callable[[Any], None] = lambda reply: None) -> asyncio.Future[Any]:
        message = Waiting(request, heard)
        self._waiting.append(message)
        self._filled.set()
        self._emptied.clear()
        return message.answered

    async def emptied(self) -> None:
        await self._emptied.wait()

    async def deliver(self) -> Never:
        """Deliver while the line stands; LineLost ends it and leaves the message where it was."""
        while True:
            await self._filled.wait()
            message = self._waiting[0]
            reply = await self._attempt(message)
            if reply is None and message.attempts < self._limit(ConfigurationKey.transaction_message_attempts):
                pause = self._limit(ConfigurationKey.transaction_message_retry_interval)
                await asyncio.sleep(pause * message.attempts)
                continue
            self._waiting.popleft()
            if reply is not None:
                message.heard(reply)
            message.answered.set_result(reply)
            if not self._waiting:
                self._filled.clear()
                self._emptied.set()

    async def _attempt(self, message: Waiting) -> Any | None:
        try:
            return await self._call(message.request())
        except REFUSALS as error:
            message.attempts += 1
            self._failed(error)
            return None

    def _limit(self, key: ConfigurationKey) -> int:
        return self._configuration.number(key)
