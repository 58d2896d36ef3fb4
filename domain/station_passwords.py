"""The passwords of stations: HTTP Basic (OCPP-J 1.6, 6.2; security profile 1 of "Improved security for OCPP 1.6-J").

The user name is the charge box id, the password what the station keeps as `AuthorizationKey`. All stations come back
at once when the power does, so that a hash which is slow on purpose is out of the question; these passwords are long
and mostly random instead (docs/decisions/passwords-of-stations-are-hashed-quickly.md). The hash is salted in the
database and keyed outside of it, and is compared by the database, in the same statement that lets the station in.

Wrong ones are counted for each station and address: who guesses locks out nobody elsewhere, the station least of all.
"""

import hashlib
import ipaddress
import re
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from config import get_settings
from domain import events, reports, sealed_parameters
from domain.errors import DomainError
from domain.events import EventKind
from domain.models import Command, CommandState, Station, StationPasswordFailure
from domain.secret_parameters import MASK
from domain.secrets import keyed_hash

SHORTEST, LONGEST = 16, 40
"""A station keeps 40 characters at most; fewer than 16 can be guessed (Improved security for OCPP 1.6-J, 2.2)."""
RANDOM_BYTES = 20
VISIBLE = re.compile(r"[\x21-\x7e]*")
HEXADECIMAL = re.compile(rb"([0-9a-fA-F]{2})+")

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(hours=1)

SALT_CHARACTERS = 32
AUTHORIZATION_KEY = "AuthorizationKey"

Failure = StationPasswordFailure
HASHES = (Station.password_hash, Station.password_hash_before)


class PasswordFault(StrEnum):
    """What is wrong with a password, as English words."""

    TOO_SHORT = f"A station's password has at least {SHORTEST} characters."
    TOO_LONG = f"A station's password has at most {LONGEST} characters."
    UNWRITABLE = "A station's password contains letters without accents, digits and signs, and no blanks."


class PasswordError(DomainError):
    """A password breaks the rule. The text says how and never quotes the password."""

    def __init__(self, fault: PasswordFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Refusal(StrEnum):
    """Why a station that is known is turned away."""

    NO_PASSWORD = "no_password"  # noqa: S105 - a word for it
    """It gave none and must."""
    NOT_SET = "not_set"
    """It must have one, and here is none to compare it with."""
    WRONG = "wrong"
    LOCKED = "locked"
    """Too many wrong ones came from its address."""


def new_password() -> str:
    """160 random bits, in digits that every station takes as its `AuthorizationKey`."""
    return secrets.token_hex(RANDOM_BYTES)


def check(password: str) -> None:
    """Raises PasswordError for a password that breaks the rule."""
    if len(password) < SHORTEST:
        raise PasswordError(PasswordFault.TOO_SHORT)
    if len(password) > LONGEST:
        raise PasswordError(PasswordFault.TOO_LONG)
    if not VISIBLE.fullmatch(password):
        raise PasswordError(PasswordFault.UNWRITABLE)


def values_for(password: str | None) -> dict[str, Any]:
    """What a station's columns become with this password, or without any. Raises PasswordError."""
    if password is not None:
        check(password)
    return {"password_hash": None if password is None else _hashed(password), "password_hash_before": None}


def set_password(db: Session, station: Station, password: str | None) -> None:
    """Set it, or with None take it away; whoever was locked out may try again. Raises PasswordError."""
    for name, value in values_for(password).items():
        setattr(station, name, value)
    unlock(db, station.id)


def unlock(db: Session, station_id: int) -> None:
    """Forget who gave wrong passwords: what was wrong may be right now."""
    db.execute(
        delete(Failure).where(Failure.station_id == station_id).execution_options(audit="the password is audited")
    )


def keys_of(password: bytes) -> tuple[str, ...]:
    """What a password that a station sent may be found by.

    A station may keep its key as hexadecimal digits and send the bytes that they stand for (OCPP-J 1.6, 6.2.1), or send
    the digits themselves, as large or small letters; both is the same password.
    """
    writings = [_canonical(password)]
    if SHORTEST <= len(password) <= RANDOM_BYTES:
        writings.append(password.hex().encode())
    return tuple(map(keyed_hash, writings))


def is_let_in(report: reports.ConnectReport) -> ColumnElement[bool]:
    """The condition on the row of a station under which it is let in."""
    required = func.coalesce(Station.password_required, get_settings().station_passwords_required)
    if report.password_keys is None:
        return ~required
    is_right = or_(*(_matches(column, report.password_keys) for column in HASHES))
    return case((Station.password_hash.is_(None), ~required), else_=and_(is_right, ~_is_locked(report)))


def has_news(report: reports.ConnectReport) -> ColumnElement[bool]:
    """Whether there is something to write down when a station comes with the right password."""
    failed = exists().where(Failure.station_id == Station.id, Failure.address == _network(report.remote_address))
    return or_(Station.password_hash_before.is_not(None), failed.correlate(Station))


def prove(db: Session, station_id: int, report: reports.ConnectReport) -> None:
    """The right password came: wrong ones before it are forgotten, and with the new one the old one ends."""
    network = _network(report.remote_address)
    db.execute(delete(Failure).where(Failure.station_id == station_id, Failure.address == network))
    db.execute(
        update(Station)
        .where(Station.id == station_id, _matches(Station.password_hash, report.password_keys or ()))
        .values(password_hash_before=None)
        .execution_options(synchronize_session=False)
    )


def refuse(db: Session, station_id: int, report: reports.ConnectReport) -> Refusal:
    """Why a station was not let in; a wrong password is counted."""
    if report.password_keys is None:
        return Refusal.NO_PASSWORD
    found = select(Station.password_hash.is_not(None), _is_locked(report)).where(Station.id == station_id)
    has_password, is_locked = db.execute(found).one()
    if not has_password:
        return Refusal.NOT_SET
    if is_locked:
        return Refusal.LOCKED
    _count(db, station_id, report)
    return Refusal.WRONG


def heard_key_change(db: Session, command: Command, _answered_at: datetime) -> None:
    """A station answered to a change of its AuthorizationKey: where it agreed, its password here is the same one.

    The one before holds until the new one is used, since a station may take it only when it restarts. The plain value
    has done its service and is taken out of the command.
    """
    parameters = command.parameters
    if str(parameters.get("key")).lower() != AUTHORIZATION_KEY.lower() or parameters.get("value") in (None, MASK):
        return
    value = sealed_parameters.value_of(parameters)
    command.parameters = {**parameters, "value": MASK}
    station = db.get(Station, command.station_id)
    if station is None or command.state is not CommandState.ACCEPTED:
        return
    # Where it was told two in a row, the one that it came with is still the first.
    station.password_hash_before = (station.password_hash_before or station.password_hash) if value else None
    station.password_hash = _hashed(value) if value else None
    unlock(db, station.id)


def _count(db: Session, station_id: int, report: reports.ConnectReport) -> None:
    """The last one that is allowed locks, and is told of."""
    now, network = report.received_at, _network(report.remote_address)
    old = Failure.failed_at < now - FORGOTTEN_AFTER
    # Who tries from ever new addresses leaves few rows.
    db.execute(delete(Failure).where(Failure.station_id == station_id, old))
    begins_anew = Failure.locked_until.is_not(None)
    failures = case((begins_anew, 1), else_=Failure.failures + 1)
    locked_until = case((failures >= MOST_FAILURES, now + LOCKED_FOR), else_=None)
    counted = insert(Failure).values(station_id=station_id, address=network, failures=1, failed_at=now)
    failed = db.scalar(
        counted.on_conflict_do_update(
            index_elements=[Failure.station_id, Failure.address],
            set_={"failures": failures, "failed_at": now, "locked_until": locked_until},
        ).returning(Failure.failures)
    )
    if failed == MOST_FAILURES:
        details = {"remote_address": report.remote_address, "failures": failed}
        events.record(db, EventKind.STATION_LOCKED, station_id, now, details)


def _is_locked(report: reports.ConnectReport) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Failure.station_id == Station.id,
            Failure.address == _network(report.remote_address),
            Failure.locked_until > report.received_at,
        )
        .correlate(Station)
    )


def _network(address: str | None) -> str:
    """Who has one address of IPv6 has 2**64 of them."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _canonical(password: bytes) -> bytes:
    return password.lower() if HEXADECIMAL.fullmatch(password) else password


def _hashed(password: str) -> str:
    """The salt, and the hash of salt and key."""
    salt = secrets.token_hex(SALT_CHARACTERS // 2)
    return salt + hashlib.sha256((salt + keyed_hash(_canonical(password.encode()))).encode()).hexdigest()


def _matches(hash_column: InstrumentedAttribute[str | None], keys: tuple[str, ...]) -> ColumnElement[bool]:
    """The same calculation in the database."""
    salt = func.left(hash_column, SALT_CHARACTERS)
    hashes = [func.encode(func.sha256(func.convert_to(salt.concat(key), "UTF8")), "hex") for key in keys]
    return func.coalesce(func.substr(hash_column, SALT_CHARACTERS + 1).in_(hashes), False)
