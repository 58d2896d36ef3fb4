"""All that is kept about one person, as one JSON file that is streamed: for themselves, or from an administrator."""

from collections.abc import Iterator
from contextlib import closing
from itertools import groupby

import orjson
from flask import Response

from domain import clock, own_data
from domain.db import session_factory
from domain.models import PortalUser
from portal import audit


def answer(user_id: int, file_name: str) -> Response:
    """Noted in the audit log by the person's number; `file_name` gets the date."""
    audit.data_exported(user_id)
    response = Response(_json(user_id), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"{file_name}-{clock.now():%Y-%m-%d}.json")
    return response


def _json(user_id: int) -> Iterator[bytes]:
    """In a session of its own, which outlives the request's."""
    yield b'{"made_at":' + orjson.dumps(clock.now())
    with session_factory()() as db, closing(own_data.of_user(db, db.get_one(PortalUser, user_id))) as things:
        for name, of_name in groupby(things, key=lambda each: each[0]):
            if name == "account":
                yield b',"account":' + orjson.dumps(next(of_name)[1])
                continue
            yield b"," + orjson.dumps(name) + b":["
            for number, (_name, thing) in enumerate(of_name):
                yield (b",\n" if number else b"\n") + orjson.dumps(thing)
            yield b"]"
    yield b"}\n"
