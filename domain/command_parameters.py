"""What each command needs to be told: one model an action, in the domain's words.

The API, the forms of the Control tab and bulk commands all read and check with these, and the OpenAPI document is made
from them. What must fit together with the station itself (its outlets, its charges) is checked in domain/asking.py.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from domain.clock import FIRST_YEAR, LAST_YEAR
from domain.models.columns import LARGEST_BIG_KEY, LARGEST_KEY
from domain.models.command import Action
from domain.outlets import MOST_OUTLETS
from domain.writing import is_writable


def _writable(text: str) -> str:
    if not is_writable(text, lines=True):
        raise ValueError("contains a character that cannot be stored")
    return text


def _in_utc(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"must be in the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Writable = Annotated[str, AfterValidator(_writable)]
Tag = Annotated[Writable, Field(min_length=1, max_length=20)]
Word = Annotated[Writable, Field(min_length=1, max_length=50)]
OutletNumber = Annotated[int, Field(ge=1, le=MOST_OUTLETS, description="the outlet's number at its station")]
OptionalOutlet = Annotated[OutletNumber | None, Field(description="the outlet's number; without it the whole station")]
Token = Annotated[Tag, Field(description="the tag, as it is written for this station")]
SessionKey = Annotated[int, Field(ge=1, le=LARGEST_BIG_KEY, description="the id of a charging session")]
Seconds = Annotated[int, Field(ge=0, le=10 * 365 * 24 * 3600)]
Retries = Annotated[int | None, Field(ge=0, le=100, description="how often the station tries again")]
RetrySeconds = Annotated[int | None, Field(ge=1, le=24 * 3600, description="between two tries")]


class Parameters(BaseModel):
    """The base of all: whole numbers are numbers, and what is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Nothing(Parameters):
    """Needs nothing."""


class Unit(StrEnum):
    AMPERE = "A"
    WATT = "W"


class Purpose(StrEnum):
    """What a charging profile is for (OCPP 1.6, 7.11)."""

    STATION = "station"
    """The most that the whole station may draw: ChargePointMaxProfile."""
    DEFAULT = "default"
    """For each charge that has no profile of its own: TxDefaultProfile."""
    CHARGE = "charge"
    """For the charge that runs: TxProfile."""


class Period(Parameters):
    """One step of a schedule (OCPP 1.6, 7.14)."""

    start_seconds: Annotated[int, Field(ge=0, description="after the beginning of the schedule")]
    limit: Annotated[float, Field(ge=0, le=1_000_000)]
    phases: Annotated[int | None, Field(ge=1, le=3)] = None


class ChargingProfile(Parameters):
    """How much may be drawn when (OCPP 1.6, 7.8 and 7.13)."""

    id: Annotated[int | None, Field(ge=1, le=LARGEST_KEY, description="its number at the station; else ours")] = None
    purpose: Purpose = Purpose.DEFAULT
    stack_level: Annotated[int, Field(ge=0, le=100, description="the higher wins")] = 0
    kind: Literal["absolute", "recurring", "relative"] = "relative"
    recurs: Literal["daily", "weekly"] | None = None
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    unit: Unit = Unit.AMPERE
    start_at: Moment | None = None
    duration_seconds: Seconds | None = None
    lowest_rate: Annotated[float | None, Field(ge=0, le=1_000_000)] = None
    periods: Annotated[tuple[Period, ...], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.periods[0].start_seconds != 0:
            raise ValueError("the first period must start at 0 seconds")
        starts = [period.start_seconds for period in self.periods]
        if starts != sorted(set(starts)):
            raise ValueError("each period must start later than the one before")
        if (self.kind == "recurring") != (self.recurs is not None):
            raise ValueError("`recurs` belongs to the kind recurring, and is needed there")
        if self.kind != "relative" and self.start_at is None:
            raise ValueError("`start_at` is needed unless the profile is relative to the start of the charge")
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("`valid_to` must come after `valid_from`")
        return self


class RemoteStart(Parameters):
    outlet: Annotated[OutletNumber | None, Field(description="the outlet's number; without it the station chooses")] = (
        None
    )
    id_token: Token
    profile: ChargingProfile | None = None


class RemoteStop(Parameters):
    """One of the two is needed."""

    outlet: Annotated[OutletNumber | None, Field(description="whose charge is to stop")] = None
    charging_session: SessionKey | None = None


class Reset(Parameters):
    type: Annotated[
        Literal["soft", "hard"], Field(description="soft ends the charges properly; hard cuts them at once")
    ] = "soft"


class Unlock(Parameters):
    outlet: OutletNumber


class ChangeAvailability(Parameters):
    outlet: OptionalOutlet = None
    available: bool


class UpdateFirmware(Parameters):
    firmware: Annotated[int, Field(ge=1, le=LARGEST_KEY, description="the id of a firmware image")]
    retrieve_at: Annotated[Moment | None, Field(description="not before this time")] = None
    install_at: Annotated[Moment | None, Field(description="not before this time; of signed images only")] = None
    retries: Retries = None
    retry_seconds: RetrySeconds = None


class GetDiagnostics(Parameters):
    since: Moment | None = None
    until: Moment | None = None
    retries: Retries = None
    retry_seconds: RetrySeconds = None


class GetLog(GetDiagnostics):
    log: Annotated[Literal["diagnostics", "security"], Field(description="which log")] = "diagnostics"


class SendLocalList(Parameters):
    update: Annotated[
        Literal["full", "differential"], Field(description="differential sends only what changed since the last one")
    ] = "full"


class GetConfiguration(Parameters):
    keys: Annotated[tuple[Word, ...], Field(max_length=500, description="none means all")] = ()


class ChangeConfiguration(Parameters):
    key: Word
    value: Annotated[Writable, Field(max_length=500)]


class TriggeredMessage(StrEnum):
    """What a station can be asked to send (OCPP 1.6, 7.32, and its security extension)."""

    BOOT = "boot"
    HEARTBEAT = "heartbeat"
    STATUS = "status"
    METER_VALUES = "meter_values"
    FIRMWARE_STATUS = "firmware_status"
    DIAGNOSTICS_STATUS = "diagnostics_status"
    LOG_STATUS = "log_status"
    SIGN_CERTIFICATE = "sign_certificate"


OF_THE_SECURITY_EXTENSION = frozenset({TriggeredMessage.LOG_STATUS, TriggeredMessage.SIGN_CERTIFICATE})


class TriggerMessage(Parameters):
    message: TriggeredMessage
    outlet: OptionalOutlet = None
    extended: Annotated[
        bool, Field(description="ask by ExtendedTriggerMessage; log_status and sign_certificate always do")
    ] = False


class Reserve(Parameters):
    outlet: OptionalOutlet = None
    id_token: Token
    parent_token: Annotated[Tag | None, Field(description="whose whole group may charge")] = None
    expires_at: Moment


class CancelReservation(Parameters):
    reservation: Annotated[int, Field(ge=1, le=LARGEST_KEY, description="the id of the command that reserved")]


class SetChargingProfile(Parameters):
    outlet: OptionalOutlet = None
    charging_session: SessionKey | None = None
    profile: ChargingProfile


class ClearChargingProfile(Parameters):
    """Without anything, all are cleared."""

    outlet: Annotated[int | None, Field(ge=0, le=MOST_OUTLETS, description="0 is the station itself")] = None
    profile_id: Annotated[int | None, Field(ge=1, le=LARGEST_KEY)] = None
    purpose: Purpose | None = None
    stack_level: Annotated[int | None, Field(ge=0, le=100)] = None


class GetCompositeSchedule(Parameters):
    outlet: OptionalOutlet = None
    duration_seconds: Annotated[int, Field(ge=1, le=31 * 24 * 3600)] = 24 * 3600
    unit: Unit | None = None


class DataTransfer(Parameters):
    vendor_id: Annotated[Writable, Field(min_length=1, max_length=255)]
    message_id: Word | None = None
    data: Annotated[Writable | None, Field(max_length=10_000)] = None


MODELS: Mapping[Action, type[Parameters]] = {
    Action.REMOTE_START: RemoteStart,
    Action.REMOTE_STOP: RemoteStop,
    Action.RESET: Reset,
    Action.UNLOCK: Unlock,
    Action.CHANGE_AVAILABILITY: ChangeAvailability,
    Action.UPDATE_FIRMWARE: UpdateFirmware,
    Action.GET_DIAGNOSTICS: GetDiagnostics,
    Action.GET_LOG: GetLog,
    Action.SEND_LOCAL_LIST: SendLocalList,
    Action.GET_LOCAL_LIST_VERSION: Nothing,
    Action.GET_CONFIGURATION: GetConfiguration,
    Action.CHANGE_CONFIGURATION: ChangeConfiguration,
    Action.CLEAR_CACHE: Nothing,
    Action.TRIGGER_MESSAGE: TriggerMessage,
    Action.RESERVE: Reserve,
    Action.CANCEL_RESERVATION: CancelReservation,
    Action.SET_CHARGING_PROFILE: SetChargingProfile,
    Action.CLEAR_CHARGING_PROFILE: ClearChargingProfile,
    Action.GET_COMPOSITE_SCHEDULE: GetCompositeSchedule,
    Action.DATA_TRANSFER: DataTransfer,
}
