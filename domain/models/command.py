"""What the portal asks of a station, and what the station answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.columns import HIDDEN_INFO, At, BigKey, word
from domain.models.user import PortalUser


class Action(StrEnum):
    """What can be asked of a station. What each needs is told in domain/command_parameters.py."""

    REMOTE_START = "remote_start"
    REMOTE_STOP = "remote_stop"
    RESET = "reset"
    UNLOCK = "unlock"
    CHANGE_AVAILABILITY = "change_availability"
    UPDATE_FIRMWARE = "update_firmware"
    GET_DIAGNOSTICS = "get_diagnostics"
    GET_LOG = "get_log"
    SEND_LOCAL_LIST = "send_local_list"
    GET_LOCAL_LIST_VERSION = "get_local_list_version"
    GET_CONFIGURATION = "get_configuration"
    CHANGE_CONFIGURATION = "change_configuration"
    CLEAR_CACHE = "clear_cache"
    TRIGGER_MESSAGE = "trigger_message"
    RESERVE = "reserve"
    CANCEL_RESERVATION = "cancel_reservation"
    SET_CHARGING_PROFILE = "set_charging_profile"
    CLEAR_CHARGING_PROFILE = "clear_charging_profile"
    GET_COMPOSITE_SCHEDULE = "get_composite_schedule"
    DATA_TRANSFER = "data_transfer"


class CommandState(StrEnum):
    """Where a command is on its way. See domain/commands.py."""

    QUEUED = "queued"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


class CommandReason(StrEnum):
    """Why a command failed or timed out; the screen translates it."""

    OFFLINE = "offline"
    """The station was not connected when it was asked."""
    NOT_SENT = "not_sent"
    """Nothing could send it in time; the station never saw it."""
    CANCELLED = "cancelled"
    """Somebody took it back before it was sent."""
    STATION_DELETED = "station_deleted"
    """It waited for a station that is in the portal no more."""
    GONE = "gone"
    """What it speaks of, such as a firmware image, was gone when its turn came; the station never saw it."""
    UNSUITABLE = "unsuitable"
    """One of many stations for which it cannot be meant, such as one without that outlet; `outcome` tells the problems,
    and the station never saw it."""
    NOT_SENDABLE = "not_sendable"
    """The station's version of OCPP has no words for it; the station never saw it."""
    NO_ANSWER = "no_answer"
    LINE_LOST = "line_lost"
    """The connection ended between question and answer; whether the station obeyed is not known."""
    REFUSED = "refused"
    """The station answered with an error (OCPP-J 1.6, CALLERROR)."""
    NOT_UNDERSTOOD = "not_understood"
    """The station's answer is none that its version of OCPP has."""
    UNREACHABLE = "unreachable"
    """Nothing answers where the station is called (over SOAP); it never saw it."""
    NO_ADDRESS = "no_address"
    """It told no address to be called at, and none is set; it never saw it."""
    FORBIDDEN_ADDRESS = "forbidden_address"
    """Its address is one that is never called; see domain/endpoints.py. It never saw it."""


class Progress(StrEnum):
    """How far a station is with its firmware or with a log that it uploads; see domain/progress.py."""

    IDLE = "idle"
    """It does nothing of the kind."""
    DOWNLOAD_SCHEDULED = "download_scheduled"
    DOWNLOADING = "downloading"
    DOWNLOAD_PAUSED = "download_paused"
    DOWNLOADED = "downloaded"
    DOWNLOAD_FAILED = "download_failed"
    SIGNATURE_VERIFIED = "signature_verified"
    INVALID_SIGNATURE = "invalid_signature"
    INSTALL_SCHEDULED = "install_scheduled"
    INSTALLING = "installing"
    INSTALL_REBOOTING = "install_rebooting"
    INSTALLED = "installed"
    INSTALLATION_FAILED = "installation_failed"
    INSTALL_VERIFICATION_FAILED = "install_verification_failed"
    UPLOADING = "uploading"
    UPLOADED = "uploaded"
    UPLOAD_FAILED = "upload_failed"
    PERMISSION_DENIED = "permission_denied"
    """The file server let it in no further."""
    BAD_MESSAGE = "bad_message"
    """The file server did not understand it."""
    NOT_SUPPORTED_OPERATION = "not_supported_operation"
    """The file server does not do what the station asked of it."""


class Command(Model):
    """One command. History: it names nodes and the charge by number, so that it outlives them."""

    __tablename__ = "command"
    __table_args__ = (
        # The history, in the order of time.
        Index("ix_command_created_at", "created_at", "id"),
        Index("ix_command_station", "station_id", "created_at", "id"),
        Index("ix_command_site", "site_id", "created_at", "id"),
        Index("ix_command_outlet", "outlet_id", "created_at"),
        Index("ix_command_user", "user_id", "created_at"),
        Index("ix_command_batch", "batch_id", "id", postgresql_where=text("batch_id IS NOT NULL")),
        # The latest one of a kind: what a station tells later about its firmware or its logs belongs to it.
        Index("ix_command_station_action", "station_id", "action", "id"),
        # The next one of a station, and those whose time may be over.
        Index("ix_command_queued", "station_id", "id", postgresql_where=text("state = 'queued'")),
        # Whether a station is being called.
        Index("ix_command_sent", "station_id", postgresql_where=text("state = 'sent'")),
        Index("ix_command_open", "deadline_at", postgresql_where=text("state IN ('queued', 'sent')")),
    )

    id: Mapped[BigKey]
    site_id: Mapped[int] = mapped_column(Integer)
    """Where the station stood when it was asked."""
    station_id: Mapped[int] = mapped_column(Integer)
    outlet_id: Mapped[int | None] = mapped_column(Integer)
    charging_session_id: Mapped[int | None] = mapped_column(BigInteger)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    """Who asked; nobody where the portal asks by itself."""
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("command_batch.id", ondelete="SET NULL"))
    """The command to many stations that this is one of."""
    waits: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    """Whether it waits for a station that is offline, rather than failing at once."""
    action: Mapped[Action] = mapped_column(word(Action))
    parameters: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'"), default=dict, info=HIDDEN_INFO
    )
    """In the domain's words."""
    state: Mapped[CommandState] = mapped_column(word(CommandState))
    reason: Mapped[CommandReason | None] = mapped_column(word(CommandReason))
    answer: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True), info=HIDDEN_INFO)
    """Whole, as the station gave it."""
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), info=HIDDEN_INFO)
    """The same in the domain's words, whatever version of OCPP it came in; see domain/reports.py, CommandReport."""
    progress: Mapped[str | None] = mapped_column(String(32))
    """What the station told since of what it agreed to, such as `downloading`: of firmware and logs."""
    progress_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    connection_number: Mapped[int | None] = mapped_column(BigInteger)
    """Over which of the station's connections it was sent; an answer comes over the same one or never."""
    created_at: Mapped[At]
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    deadline_at: Mapped[At]
    """Until when the next step must come: being sent, then being answered."""

    user: Mapped[PortalUser | None] = relationship()

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected."""
        return self.state not in (CommandState.QUEUED, CommandState.SENT)

    def __str__(self) -> str:
        return str(self.id)


class CommandBatch(Model):
    """One command to many stations: each has a `Command` of its own, and this holds them together."""

    __tablename__ = "command_batch"
    __table_args__ = (Index("ix_command_batch_user", "user_id", "created_at"),)

    id: Mapped[BigKey]
    created_at: Mapped[At]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    action: Mapped[Action] = mapped_column(word(Action))
    parameters: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'"), default=dict, info=HIDDEN_INFO
    )
    waits: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    stations: Mapped[int] = mapped_column(Integer)
    """How many it was made for."""
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    user: Mapped[PortalUser | None] = relationship()

    def __str__(self) -> str:
        return str(self.id)
