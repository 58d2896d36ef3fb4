"""Commands at the portal's edge: how they get on their way, and what a driver is told of them.

What operators read of them is in portal/command_words.py.
"""

import logging

from flask_babel import lazy_gettext as _l
from redis import RedisError

from domain import batches, clock, commands, queue
from domain.models import Action, Command, CommandBatch, CommandReason, CommandState
from portal.database import database

SEND_COMMAND = "engine.jobs.send_command"
SEND_BATCH = "engine.jobs.send_batch"
ADVANCE_ROLLOUTS = "engine.jobs.advance_rollouts"
TELL_SERVICES = "engine.jobs.tell_services"
CHECK_SERVICE = "engine.jobs.check_service"

log = logging.getLogger(__name__)

START_STATES = {
    CommandState.QUEUED: _l("The request is on its way to the station."),
    CommandState.SENT: _l("The station has been asked and has not answered yet."),
    CommandState.ACCEPTED: _l(
        "The station agreed. Plug the cable in, if it is not yet; the charge then begins by itself."
    ),
    CommandState.REJECTED: _l("The station said no. Plug the cable in and try again, or choose another outlet."),
    CommandState.FAILED: _l("Nothing was started."),
    CommandState.TIMED_OUT: _l("Nothing is known to have been started."),
}
STOP_STATES = {
    CommandState.QUEUED: START_STATES[CommandState.QUEUED],
    CommandState.SENT: START_STATES[CommandState.SENT],
    CommandState.ACCEPTED: _l("The station agreed and is stopping the charge."),
    CommandState.REJECTED: _l("The station said no. Stop the charge at the station itself."),
    CommandState.FAILED: _l("The charge was not stopped from here."),
    CommandState.TIMED_OUT: _l("The charge is not known to have stopped."),
}
STATES = {Action.REMOTE_START: START_STATES, Action.REMOTE_STOP: STOP_STATES}

REASONS = {
    CommandReason.OFFLINE: _l("The station is not connected at the moment."),
    CommandReason.NOT_SENT: _l("The request could not be sent in time, and is not sent any more."),
    CommandReason.CANCELLED: _l("The request was taken back before it was sent."),
    CommandReason.GONE: _l("What the request speaks of was gone when its turn came."),
    CommandReason.UNSUITABLE: _l("The request cannot be meant for this station."),
    CommandReason.NOT_SENDABLE: _l("The station cannot be asked this."),
    CommandReason.NO_ANSWER: _l("The station did not answer in time. Look at the outlet: it may still obey."),
    CommandReason.LINE_LOST: _l(
        "The connection was lost before the station answered. Look at the outlet: it may have obeyed."
    ),
    CommandReason.REFUSED: _l("The station answered with an error."),
    CommandReason.UNREACHABLE: _l("The station cannot be reached at the moment."),
    CommandReason.NO_ADDRESS: _l("The station cannot be reached: no address of it is known."),
    CommandReason.FORBIDDEN_ADDRESS: _l("The station cannot be reached: its address is one that is never called."),
    CommandReason.NOT_UNDERSTOOD: _l("The station's answer could not be understood. Look at the outlet."),
}


def send(command: Command) -> None:
    """Commit what was asked, then have it sent. Without Redis the sweep sends it, or ends it in time."""
    database().commit()
    if not command.is_over:
        _enqueue(SEND_COMMAND, command.id)


def send_batch(batch: CommandBatch) -> None:
    """As `send`, for the commands to many stations."""
    database().commit()
    _enqueue(SEND_BATCH, batch.id)


def cancel(command: Command) -> bool:
    """Take back what is not sent yet; False if it is too late."""
    is_taken_back = commands.cancel(database(), command)
    database().commit()
    return is_taken_back


def cancel_batch(batch: CommandBatch) -> int:
    """Take back what is not sent yet, and return how many commands those are."""
    number = batches.cancel(database(), batch, clock.now())
    database().commit()
    return number


def nudge_rollouts() -> None:
    """Have a rollout that was committed begin now rather than in some seconds."""
    _enqueue(ADVANCE_ROLLOUTS)


def nudge_services() -> None:
    """The same for what services are told."""
    _enqueue(TELL_SERVICES)


def check_service(service_id: int) -> None:
    """A service is another than before; without Redis that takes effect within the hour."""
    _enqueue(CHECK_SERVICE, service_id)


def _enqueue(job: str, *keys: int) -> None:
    try:
        queue.enqueue(job, *keys)
    except RedisError:
        log.exception("%s %s waits for the sweep", job, keys)


def in_words(command: Command) -> str:
    """What became of a command so far, for the one who asked."""
    if command.reason is None:
        return str(STATES[command.action][command.state])
    return f"{REASONS[command.reason]} {STATES[command.action][command.state]}"
