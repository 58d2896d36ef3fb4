"""Which state of a row a program has read: its ETag, and the refusal of a change to another one (RFC 9110, 13.1.1)."""

import hashlib
from typing import Any

import orjson
from flask import request
from flask_appbuilder import Model
from marshmallow import Schema
from sqlalchemy.orm import Session

from domain import who_changed
from domain.audit_rules import kind_of_table
from domain.models import PortalUser
from portal.api.errors import refuse

TAG_LETTERS = 32


def tag_of(item: Model, writable: Schema) -> str:
    """Of the fields that programs and people write: what a station reports is no change."""
    told = orjson.dumps(writable.dump(item), default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).hexdigest()[:TAG_LETTERS]


def expect_read(db: Session, item: Any, writable: Schema) -> None:
    """End a request that was made for another state of the row than this one; without If-Match it is for any."""
    if "If-Match" not in request.headers:
        return
    wanted = request.if_match
    if wanted.star_tag or wanted.contains(tag_of(item, writable)):
        return
    refuse(412, f"This was changed since you read it{_by_whom(db, item)}. Read it again, then send your change.")


def _by_whom(db: Session, item: Any) -> str:
    deeds = who_changed.by_column(db, kind_of_table(item.__tablename__) or "", item.id)
    latest = max(deeds.values(), key=lambda deed: deed.at, default=None)
    if latest is None or latest.user_id is None:
        return ""
    user = db.get(PortalUser, latest.user_id)
    return f", last by {user} at {latest.at:%Y-%m-%dT%H:%M:%SZ}" if user else ""
