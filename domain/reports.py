"""What a station says, in the domain's words, whatever version of OCPP it said it in.

The engine's translators make these from the wire; the domain's functions act on them. Each is complete in itself: it
carries the station's key and the time at which the portal received it. Energies are in Wh, powers in W, currents in A,
times aware and in UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.models.command import Action, CommandReason, CommandState, Progress
from domain.statuses import OutletStatus
from domain.stops import StopReason


@dataclass(frozen=True, slots=True)
class ConnectReport:
    """A device calls under a name of its own; whether a station has that name is yet to be seen."""

    charge_box_id: str
    protocol: str
    remote_address: str | None
    received_at: datetime
    password_keys: tuple[str, ...] | None = field(default=None, repr=False)
    """What its password may be found by (domain/station_passwords.py); None if it gave none."""


@dataclass(frozen=True, slots=True)
class CallReport(ConnectReport):
    """The same of a device that calls over SOAP: what it says comes with it, and no line stays."""

    told_endpoint_url: str | None = None
    """Where it says that it can be called itself."""


@dataclass(frozen=True, slots=True)
class DisconnectReport:
    """A connection of a station is gone; see `stations.connect` for its number."""

    station_id: int
    connection_number: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """When a connection last brought anything."""

    station_id: int
    connection_number: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class SeenReport:
    """All the connections of one process, every few seconds."""

    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Common to all: who, and when it arrived."""

    station_id: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class BootReport(Report):
    """The station started (OCPP 1.6, 4.2)."""

    vendor: str | None
    model: str | None
    serial_number: str | None
    firmware_version: str | None


@dataclass(frozen=True, slots=True)
class StatusReport(Report):
    """An outlet, or with number 0 the station as a whole, has a state (OCPP 1.6, 4.9)."""

    outlet_number: int
    status: OutletStatus
    status_at: datetime
    error_code: str | None
    vendor_error_code: str | None
    status_info: str | None


@dataclass(frozen=True, slots=True)
class AuthorizeReport(Report):
    """Somebody presents a tag (OCPP 1.6, 4.1)."""

    id_token: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a meter showed at one moment; `samples` is the whole as it was sent."""

    measured_at: datetime
    energy_wh: float | None
    power_w: float | None
    current_a: float | None
    soc_percent: float | None
    samples: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class StartReport(Report):
    """A charge began (OCPP 1.6, 4.8)."""

    outlet_number: int
    id_token: str
    meter_start_wh: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class StopReport(Report):
    """A charge stopped (OCPP 1.6, 4.10)."""

    charging_session_id: int
    id_token: str | None
    meter_stop_wh: int
    stopped_at: datetime
    reason: StopReason
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class MeterReport(Report):
    """Meter readings of an outlet (OCPP 1.6, 4.7); number 0 is the station's main meter."""

    outlet_number: int
    charging_session_id: int | None
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class DataTransferReport(Report):
    """Something of the vendor's own (OCPP 1.6, 4.3)."""

    vendor_id: str
    message_id: str | None
    data: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FirmwareReport(Report):
    """How far the station is with its firmware (OCPP 1.6, 4.5)."""

    progress: Progress
    command_id: int | None
    """Which command it says that this is about."""


@dataclass(frozen=True, slots=True)
class LogReport(Report):
    """How far the station is with uploading a log (OCPP 1.6, 4.4)."""

    progress: Progress
    command_id: int | None
    action: Action
    """What is asked for with a message of this kind: diagnostics, or a log."""


@dataclass(frozen=True, slots=True)
class SecurityReport(Report):
    """Something that concerns the station's security (OCPP 1.6 security extension)."""

    type: str
    happened_at: datetime
    info: str | None


@dataclass(frozen=True, slots=True)
class ClockReport(Report):
    """By how much the station's clock was found to be ahead (domain/clock_offsets.py); None: it is right."""

    offset_seconds: float | None


@dataclass(frozen=True, slots=True)
class TakeCommandReport:
    """A connection is ready for the station's next command."""

    station_id: int
    connection_number: int
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """A command on its way, in the domain's words."""

    command_id: int
    action: Action
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CommandReport:
    """What became of a command; `answer` is the station's own, whole, and `outcome` the same in the domain's words.

    An outcome has `status` where the station gave a word (`accepted`, `scheduled`, `reboot_required` ...), and
    beside it what the answer brought: `parameters` (a list of `key`, `value`, `is_readonly`) and `unknown_keys`;
    `version` of a list of tags; `file_name`; `schedule`; `data`. Where nothing came that could be understood, `detail`
    tells why, in English and short.
    """

    command_id: int
    state: CommandState
    reason: CommandReason | None = None
    # What is said of it in a log holds no secret.
    answer: Any | None = field(default=None, repr=False)
    answered_at: datetime | None = None
    outcome: dict[str, Any] | None = field(default=None, repr=False)
