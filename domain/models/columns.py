"""Column types used by more than one model."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import BigInteger, DateTime, Enum, Identity, Integer, text
from sqlalchemy.orm import mapped_column

Key = Annotated[int, mapped_column(Integer, primary_key=True)]
"""The key of a table that stays small. Never reused, so that history can name a node that is gone."""
LARGEST_KEY = 2**31 - 1
"""The database refuses to be asked for a larger one."""

BigKey = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
"""The key of a table that grows."""
LARGEST_BIG_KEY = 2**63 - 1

At = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""A moment, aware, in UTC."""

ChangeNumber = Annotated[
    int,
    mapped_column(BigInteger, server_default=text("change_number(pg_current_xact_id())"), deferred=True),
]
"""Of the transaction that wrote the row last (domain/changes.py); the database's doing, and read by pulls alone."""

HIDDEN_INFO = {"audit": "hidden"}
"""The mark of a column that holds a secret, or what a person is known by: the audit log never keeps its value."""


def word(words: type[StrEnum]) -> Enum:
    """A column that holds one of `words`, as text: adding a word later needs no change of a database type."""
    return Enum(words, native_enum=False, length=32, values_callable=lambda members: [m.value for m in members])
