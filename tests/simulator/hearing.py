"""What the central systems of these tests have in common: what they heard, and how they are told to answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

NOW = "2026-11-22T10:00:00Z"


@dataclass(frozen=True)
class Heard:
    charge_box_id: str
    action: str
    payload: dict[str, Any]
    at: datetime


class Hearing:
    """Answers until told otherwise; each field may be changed while it runs."""

    protocol = "ocpp1.6"

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.strangers: set[str] = set()
        """Charge box ids that are refused."""
        self.refused_tags: set[str] = set()
        self.refused_at_start: set[str] = set()
        self.boot_statuses = ["Accepted"]
        self.interval_seconds = 300
        self.deaf_to: set[str] = set()
        """Actions that are heard and never answered."""
        self.failures = 0
        """How many of the next starts and stops are answered with an error."""
        self.password: str | None = None
        """What the last station gave as HTTP Basic, with its name."""
        self.transaction_id = 0
        self.news = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def url(self) -> str:
        raise NotImplementedError

    async def open(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    def said(self, *actions: str) -> list[dict[str, Any]]:
        """The payloads of these actions, in the order heard."""
        return [heard.payload for heard in self.heard if heard.action in actions]

    def statuses(self, outlet: int) -> list[str]:
        told = self.said("StatusNotification")
        return [payload["status"] for payload in told if payload["connectorId"] == outlet]

    async def until(self, condition: Callable[[], object], timeout_seconds: float = 10) -> None:
        """Wait for a condition that a message, or a line opened or closed, can bring about."""
        async with asyncio.timeout(timeout_seconds):
            while not condition():
                self.news.clear()
                await self.news.wait()

    def note(self, heard: Heard) -> None:
        self.heard.append(heard)
        self.news.set()

    def boot_status(self) -> str:
        return self.boot_statuses.pop(0) if len(self.boot_statuses) > 1 else self.boot_statuses[0]

    def id_tag_info(self, id_tag: str, refused: set[str]) -> dict[str, str]:
        return {"status": "Invalid" if id_tag in refused else "Accepted"}

    def next_transaction_id(self) -> int:
        self.transaction_id += 1
        return self.transaction_id

    def fails_now(self) -> bool:
        if self.failures:
            self.failures -= 1
            return True
        return False
