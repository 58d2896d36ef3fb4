"""What one flush of a database session writes, as entries of the audit log.

SQLAlchemy tells after a flush what it has written, but the values before it only as far as they were loaded. So what
is missing is read right before the flush; in the usual case (a form loads its record first) that is nothing.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Column, ForeignKey, Table, select
from sqlalchemy.orm import ColumnProperty, InstanceState, Mapper, RelationshipProperty, Session
from sqlalchemy.sql import ClauseElement

from domain.audit_chain import Values
from domain.audit_rules import is_hidden, is_unmarked, kind_of_table
from domain.models import metadata

CREATED, CHANGED, DELETED = "created", "changed", "deleted"

HIDDEN = "•••"
"""Stands for a value that is a secret, or by which a person could be known."""

State = InstanceState[Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One object that was written."""

    action: str
    object_kind: str
    object_id: str
    before: Values | None
    after: Values | None


@dataclass(slots=True)
class Before:
    """What was true before the flush and cannot be told after it."""

    columns: dict[State, Values] = field(default_factory=dict)
    """By object: the values of columns that were not loaded, or that the database computes."""
    members: dict[State, dict[str, tuple[Sequence[Any], Sequence[Any]]]] = field(default_factory=dict)
    """By object and many-to-many relationship: who belonged to it before, and who belongs to it now."""
    gone_along: list[Change] = field(default_factory=list)
    """What the database deletes by itself together with a deleted row."""


def look_before(db: Session) -> Before:
    """To be called right before a flush."""
    found = Before()
    for state in _audited(db.new):
        _look_at_members(found, state, is_deleted=False)
    for state in _audited(db.dirty):
        _look_at_columns(db, found, state)
        _look_at_members(found, state, is_deleted=False)
    for state in _audited(db.deleted):
        _look_at_columns(db, found, state)
        _look_at_members(found, state, is_deleted=True)
        found.gone_along.extend(_gone_along(db, state))
    return found


def changes(db: Session, before: Before) -> Iterator[Change]:
    """To be called right after it."""
    for state in _audited(db.new):
        after = _values(state, {}) | _members(before, state)[1]
        yield Change(CREATED, _kind(state), _id(state), None, after)
    for state in _audited(db.dirty):
        old, new = _changed(state, before.columns.get(state, {}))
        old_members, new_members = _members(before, state)
        if old or new or old_members or new_members:
            yield Change(CHANGED, _kind(state), _id(state), old | old_members, new | new_members)
    for state in _audited(db.deleted):
        values = _values(state, before.columns.get(state, {})) | _members(before, state)[0]
        yield Change(DELETED, _kind(state), _id(state), values, None)
    yield from before.gone_along


def _audited(objects: Any) -> Iterator[State]:
    for each in objects:
        state: State = each._sa_instance_state
        if kind_of_table(_table(state.mapper).name):
            yield state


def _table(mapper: Mapper[Any]) -> Table:
    table = mapper.local_table
    assert isinstance(table, Table)  # noqa: S101 - no model of ours stands on anything else
    return table


def _kind(state: State) -> str:
    return kind_of_table(_table(state.mapper).name) or ""


def _id(state: State) -> str:
    """The number by which people know it; where the key has more parts, the others only say where it is stored."""
    key = state.dict.get("id")
    return str(key) if key is not None else "/".join(map(str, state.mapper.primary_key_from_instance(state.obj())))


# Columns


def _columns(mapper: Mapper[Any]) -> Iterator[tuple[str, Column[Any]]]:
    """The attributes that stand for a column whose change is worth an entry."""
    for prop in mapper.column_attrs:
        column = _column(prop)
        if column is not None and not is_unmarked(column.table.name, column.name):
            yield prop.key, column


def _column(prop: ColumnProperty[Any]) -> Column[Any] | None:
    column = prop.columns[0]
    return column if isinstance(column, Column) and isinstance(column.table, Table) else None


def _look_at_columns(db: Session, found: Before, state: State) -> None:
    missing, computed = {}, {}
    for key, column in _columns(state.mapper):
        history = state.attrs[key].history
        if isinstance(state.dict.get(key), ClauseElement):
            computed[key] = column
        elif key not in state.dict or (history.added and not history.deleted):
            missing[key] = column
    wanted = missing | computed
    if not wanted or state.key is None:
        return
    mapper = state.mapper
    here = [column == value for column, value in zip(mapper.primary_key, state.key[1], strict=True)]
    row = db.execute(select(*(column.label(key) for key, column in wanted.items())).where(*here)).mappings().first()
    found.columns[state] = dict(row or {})


def _changed(state: State, read_before: Values) -> tuple[Values, Values]:
    """The columns that were written with another value than before: what they held and what they hold."""
    old, new = {}, {}
    for key, column in _columns(state.mapper):
        history = state.attrs[key].history
        if not history.has_changes() and key not in read_before:
            continue
        value_before = history.deleted[0] if history.deleted else read_before.get(key)
        value = getattr(state.obj(), key)
        if value != value_before:
            old[column.name], new[column.name] = _shown(column, value_before), _shown(column, value)
    return old, new


def _values(state: State, read_before: Values) -> Values:
    """All that an object holds, but for what is empty."""
    found = {}
    for key, column in _columns(state.mapper):
        history = state.attrs[key].history
        value = read_before[key] if key in read_before else history.deleted[0] if history.deleted else None
        if value is None:
            value = state.dict.get(key)
        if value is not None:
            found[column.name] = _shown(column, value)
    return found


def _shown(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    return HIDDEN if is_hidden(column) else plain(value)


def plain(value: Any) -> Any:
    """A value as JSON can hold it and PostgreSQL gives it back unchanged.

    A fraction becomes text: `jsonb` may write a number in another way than Python, and the hash would no longer fit.
    """
    match value:
        case enum.Enum():
            return plain(value.value)
        case None | bool() | int():
            return value
        case str():
            return value.replace("\0", "�")
        case datetime() if value.tzinfo:
            return value.astimezone(UTC).isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in value]
        case _:
            return plain(str(value))


# Many-to-many relationships, whose rows are no objects


def _collections(mapper: Mapper[Any]) -> Iterator[RelationshipProperty[Any]]:
    """Those that are a part of the object: their table bears its kind."""
    kind = kind_of_table(_table(mapper).name)
    for prop in mapper.relationships:
        if isinstance(prop.secondary, Table) and not prop.viewonly and kind_of_table(prop.secondary.name) == kind:
            yield prop


def _look_at_members(found: Before, state: State, is_deleted: bool) -> None:
    for prop in _collections(state.mapper):
        attribute = state.attrs[prop.key]
        if is_deleted or attribute.history.has_changes():
            history = attribute.load_history()
            now = () if is_deleted else history.non_deleted()
            found.members.setdefault(state, {})[prop.key] = (history.non_added(), now)


def _members(before: Before, state: State) -> tuple[Values, Values]:
    found = before.members.get(state, {})
    changed = {key: (_names(old), _names(new)) for key, (old, new) in found.items()}
    changed = {key: (old, new) for key, (old, new) in changed.items() if old != new}
    return {key: old for key, (old, _) in changed.items()}, {key: new for key, (_, new) in changed.items()}


def _names(members: Sequence[Any]) -> list[Any]:
    """Objects by their number; a role, which is code, by its name."""
    states: list[State] = [each._sa_instance_state for each in members]
    return sorted(state.dict["name"] if state.class_.__name__ == "Role" else state.dict["id"] for state in states)


# What the database deletes by itself


def _cascades(table: Table) -> Iterator[ForeignKey]:
    """The references to a table whose rows go with the row that they refer to, and are entries of their own."""
    for other in metadata.tables.values():
        for key in other.foreign_keys:
            if (
                key.column.table is table
                and key.ondelete == "CASCADE"
                and "id" in other.c
                and kind_of_table(other.name)
            ):
                yield key


def _gone_along(db: Session, state: State) -> Iterator[Change]:
    deleted = {(_table(other.mapper), other.key[1][0]) for other in _audited(db.deleted) if other.key}
    for reference in _cascades(_table(state.mapper)):
        table = reference.parent.table
        if kind_of_table(table.name) == _kind(state):
            continue  # A part of the object itself: see `_members`.
        # The key is known even where nothing else is loaded.
        key = state.key
        named = key[1][0] if key and reference.column.primary_key else state.dict[reference.column.key]
        rows = db.execute(select(table).where(reference.parent == named))
        for row in rows.mappings():
            if (table, row["id"]) in deleted:
                continue
            values = {
                column.name: _shown(column, row[column.name])
                for column in table.columns
                if row[column.name] is not None and not is_unmarked(table.name, column.name)
            }
            yield Change(DELETED, kind_of_table(table.name) or "", str(row["id"]), values, None)
