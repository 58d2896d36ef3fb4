"""The lines of the OCPP tab: each parameter of a station, as it is shown."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import known_parameters
from domain.known_parameters import Kind, Known, Risk
from domain.models import Command, CommandState, ParameterResult, Station, StationParameter
from domain.secret_parameters import is_secret
from portal import command_words
from portal.command_words import Told
from portal.pages.parameters import words
from portal.viewer import scoped


@dataclass(frozen=True)
class Chip:
    """What became of the last change: colour, symbol, word, and more to say."""

    look: str
    symbol: str
    text: str
    more: str = ""


@dataclass(frozen=True)
class Line:
    """One parameter."""

    key: str
    value: str
    """As it is on the station; of a secret a mask."""
    is_listed: bool
    """Whether the station tells it, or only took it once."""
    is_readonly: bool
    is_secret: bool
    known: Known
    description: str
    risk: Risk | None
    chip: Chip | None = None
    needs_restart: bool = False
    is_open: bool = False
    """An answer is still to come."""
    command_id: int | None = None
    """The last change that was asked for."""

    @property
    def can_be_copied(self) -> bool:
        return not (self.is_readonly or self.is_secret or self.known.is_readonly)

    @property
    def was(self) -> str:
        """What the field begins with: a secret is written only when it is typed anew."""
        return "" if self.is_secret else self.value

    @property
    def choices(self) -> tuple[str, ...]:
        """To choose from; none where the station writes its values another way."""
        is_usual = self.known.kind in (Kind.BOOLEAN, Kind.CHOICE) and self.value in ("", *self.known.choices)
        return self.known.choices if is_usual else ()

    @property
    def risk_text(self) -> str:
        return str(words.RISKS[self.risk]) if self.risk else ""

    @property
    def danger(self) -> str:
        return str(words.DANGERS[self.risk]) if self.risk else ""


def lines_of(db: Session, station: Station) -> list[Line]:
    """All parameters of a station, by name, with what became of the last change of each."""
    found = db.execute(
        scoped(
            select(StationParameter, Command).outerjoin(Command, Command.id == StationParameter.command_id),
            StationParameter,
        )
        .where(StationParameter.station_id == station.id)
        .order_by(StationParameter.key)
    )
    lines = [_line(station, parameter, command) for parameter, command in found]
    return sorted(lines, key=lambda line: line.key.lower())


def _line(station: Station, row: StationParameter, command: Command | None) -> Line:
    known = known_parameters.find(row.key)
    chip = _chip(station, row, command)
    return Line(
        row.key,
        row.value or "",
        row.read_at is not None,
        row.is_readonly,
        is_secret(row.key),
        known[1] if known else Known(),
        words.description(row.key),
        known_parameters.risk_of(row.key),
        chip,
        needs_restart=_needs_restart(station, row),
        is_open=row.result is None and command is not None and not command.is_over,
        command_id=row.command_id,
    )


def _needs_restart(station: Station, row: StationParameter) -> bool:
    """Whether the station has not started since it said so."""
    is_required = row.result is ParameterResult.REBOOT_REQUIRED and row.asked_at is not None
    return is_required and (station.booted_at is None or station.booted_at < row.asked_at)


def _chip(station: Station, row: StationParameter, command: Command | None) -> Chip | None:
    if row.result is not None:
        result = row.result
        if result is ParameterResult.REBOOT_REQUIRED and not _needs_restart(station, row):
            result = ParameterResult.ACCEPTED
        look, symbol, word = words.RESULTS[result]
        is_other = result not in (ParameterResult.REJECTED, ParameterResult.NOT_SUPPORTED) or not row.asked_value
        return Chip(look, symbol, str(word), "" if is_other else _("asked for %(value)s", value=row.asked_value))
    if command is None:
        return Chip("muted", "", _("read-only")) if row.is_readonly else None
    symbol, look = command_words.SIGNS[command.state]
    told = Told(command.state, command.reason, command.waits, None)
    more = _("asked for %(value)s", value=row.asked_value) if row.asked_value else ""
    if command.state in (CommandState.FAILED, CommandState.TIMED_OUT):
        more = f"{command_words.answer(told)} · {more}" if more else command_words.answer(told)
    return Chip(look, symbol, str(command_words.STATES[command.state]), more)
