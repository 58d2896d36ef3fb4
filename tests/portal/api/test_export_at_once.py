"""Two programs pull through the API while sessions are written: the union is complete, and nothing comes twice."""

import csv
import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event as Signal
from time import sleep
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import api_keys
from domain.db import session_factory
from domain.models import ChargingSession
from domain.roles import RoleName
from tests.domain.pulling import write_at_random
from tests.portal.people import add_person

WRITERS, TRANSACTIONS = 3, 40


class Program:
    """Keeps a copy by what docs/data-teams.md says."""

    def __init__(self, portal: Flask, key: str, **asked: Any) -> None:
        self.http = portal.test_client()
        self.headers = {"Authorization": f"Bearer {key}"}
        self.asked = asked
        self.cursor: dict[str, str] = {}
        self.energy_wh: dict[int, int | None] = {}
        self.files = 0
        self.told: list[tuple[str, ...]] = []
        """Each row as it came."""

    def pull(self) -> None:
        is_last = "false"
        while is_last == "false":
            answer = self.http.get(
                "/api/v1/charging_sessions/export",
                query_string=self.asked | self.cursor,
                headers=self.headers,
                buffered=True,
            )
            assert answer.status_code == 200, answer.text
            self.files += 1
            if self.asked["format"] == "csv":
                rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
            else:
                rows = answer.json["rows"]
            for row in rows:
                self._keep(row)
            ids = [row["id"] for row in rows]
            assert len(ids) == len(set(ids)), "no session twice in one file"
            self.cursor = {"changed_since": answer.headers["X-Next-Changed-Since"]}
            is_last = answer.headers["X-Is-Last"]

    def _keep(self, row: dict[str, Any]) -> None:
        self.told.append(tuple(str(row[name] or "") for name in ("id", "energy_wh", "deleted_at")))
        if row["deleted_at"]:
            self.energy_wh.pop(int(row["id"]), None)
        else:
            self.energy_wh[int(row["id"])] = int(row["energy_wh"]) if row["energy_wh"] not in ("", None) else None


@pytest.mark.parametrize("seed", range(2))
def test_two_programs_have_everything_once_while_sessions_are_written(
    portal: Flask, db: Session, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_CALL_LIMIT", "API_EXPORT_LIMIT"):
        monkeypatch.setitem(portal.config, name, "100000 per minute")
    ida = add_person(db, RoleName.ADMINISTRATOR, "ida@example.com")
    key = api_keys.make(db, ida.id, "Data team", is_read_only=True)
    db.commit()
    programs = [Program(portal, key, format="csv"), Program(portal, key, format="json", limit=5)]
    is_over = Signal()

    def write(number: int) -> None:
        draw = Random(f"{seed} {number}")
        write_at_random(draw, number * 10_000, TRANSACTIONS, lambda: sleep(draw.random() / 25))

    def keep(program: Program) -> int:
        while not is_over.is_set():
            program.pull()
        meanwhile = program.files
        program.pull()
        return meanwhile

    with ThreadPoolExecutor(WRITERS + len(programs)) as threads:
        pulling = [threads.submit(keep, program) for program in programs]
        try:
            for writer in [threads.submit(write, number) for number in range(WRITERS)]:
                writer.result()
        finally:
            is_over.set()
        assert all(each.result() > 3 for each in pulling), "they pulled while others wrote"
    with session_factory()() as other:
        there = select(ChargingSession.id, ChargingSession.energy_wh)
        expected = {row.id: row.energy_wh for row in other.execute(there)}
    assert len(expected) > WRITERS * TRANSACTIONS / 4
    for program in programs:
        assert program.energy_wh == expected
        assert [row for row, times in Counter(program.told).items() if times > 1] == [], "no change twice"
