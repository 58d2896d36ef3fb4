"""How tags got an identity on 2026-11-22: the rule of that day for tags as people wrote them, frozen for its migration.

Tags that turn out to be the same, such as 04A1B2C3 and 77705923, were two rows, and each let its own writing in. None
is lost: one keeps the identity, a blocked one before any other, then the oldest, since what was blocked in one writing
must not come in by another. The others get an identity that nothing a station sends can have, are blocked, and say in
their description which one they are. So does, but for the description, what has neither letter nor digit.
"""

import re
from itertools import groupby
from string import ascii_lowercase, ascii_uppercase

import sqlalchemy as sa

BARE = str.maketrans(ascii_lowercase, ascii_uppercase, " :-._")
BYTE_BY_BYTE = re.compile(r"[0-9A-Fa-f]{2}([ :\-._])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){2,}")
DECIMAL = re.compile(r"[0-9]{1,36}")
HEXADECIMAL = re.compile(r"[0-9A-F]{1,36}")
LONGEST_DESCRIPTION = 200

TAG = sa.table("id_token", *map(sa.column, ("id", "token", "identity", "description", "blocked")))


def identity_of(token: str) -> str:
    written = " ".join(token.split())
    bare = written.translate(BARE)
    unmarked = bare.removeprefix("0X")
    is_decimal = DECIMAL.fullmatch(bare) and not BYTE_BY_BYTE.fullmatch(written)
    if HEXADECIMAL.fullmatch(unmarked) and not is_decimal:
        return str(int(unmarked, 16))
    return str(int(bare)) if is_decimal else bare


def fill(connection: sa.Connection) -> None:
    """Give each row an identity of its own."""
    rows = connection.execute(sa.select(TAG.c.id, TAG.c.token, TAG.c.description, TAG.c.blocked)).all()
    changes = []
    by_identity = sorted(rows, key=lambda row: (identity_of(row.token), not row.blocked, row.id))
    for identity, same in groupby(by_identity, key=lambda row: identity_of(row.token)):
        first, *others = same
        if identity:
            changes.append(_change(first, identity, first.description, first.blocked))
        else:
            others = [first, *others]
        for row in others:
            said = f"{row.description} (the same tag as {first.token})".strip() if identity else row.description
            # A blank is never in an identity.
            changes.append(_change(row, f" {row.id}", said[:LONGEST_DESCRIPTION], True))
    if changes:
        values = {name: sa.bindparam(f"new_{name}") for name in ("identity", "description", "blocked")}
        connection.execute(sa.update(TAG).where(TAG.c.id == sa.bindparam("row_id")).values(values), changes)


def _change(row: sa.Row, identity: str, description: str, blocked: bool) -> dict[str, object]:
    return {"row_id": row.id, "new_identity": identity, "new_description": description, "new_blocked": blocked}
