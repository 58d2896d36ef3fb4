"""What is said of exports: their states, their faults, when they are due and where they go."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from domain.models import ExportEvery, ExportFault, ExportSchedule, ExportState, ExportTarget

STATES = {
    ExportState.QUEUED: _l("Waits"),
    ExportState.RUNNING: _l("Is being made"),
    ExportState.DONE: _l("Ready"),
    ExportState.FAILED: _l("Failed"),
    ExportState.CANCELLED: _l("Cancelled"),
}
FAULTS = {
    ExportFault.NOT_ALLOWED: _l("You may not export this table any more."),
    ExportFault.NODE_GONE: _l("The place that it was asked for is gone, or not yours to see any more."),
    ExportFault.NOT_UNDERSTOOD: _l("The table does not know one of the filters or columns any more. Export it anew."),
    ExportFault.ABANDONED: _l("It was interrupted. Ask for it again."),
    ExportFault.BROKEN: _l("Something went wrong in the portal. Ask for it again; if it stays so, tell support."),
    ExportFault.NO_MAIL: _l("This installation sends no e-mails."),
    ExportFault.NO_FOLDER: _l("The folder for exports is not set up, or cannot be written to."),
    ExportFault.FORBIDDEN_HOST: _l("This host is in the portal's own network and is not connected to."),
    ExportFault.REFUSED: _l("The target refused the account, the password or the folder."),
    ExportFault.UNREACHABLE: _l("The target does not answer, or not as it should."),
    ExportFault.UNKNOWN_HOST: _l("The target cannot prove that it is the one that was meant."),
}

TARGETS = {
    ExportTarget.MAIL: _l("My e-mail"),
    ExportTarget.SFTP: _l("SFTP server"),
    ExportTarget.FTPS: _l("FTPS server"),
    ExportTarget.FOLDER: _l("Folder of this installation"),
}
EVERY = {ExportEvery.DAY: _l("Each day"), ExportEvery.WEEK: _l("Each week"), ExportEvery.MONTH: _l("Each month")}
DAYS = {
    1: _l("Monday"),
    2: _l("Tuesday"),
    3: _l("Wednesday"),
    4: _l("Thursday"),
    5: _l("Friday"),
    6: _l("Saturday"),
    7: _l("Sunday"),
}


def when_text(schedule: ExportSchedule) -> str:
    """Such as `Each week on Monday at 06:00`."""
    at = f"{schedule.hour:02}:00"
    match schedule.every:
        case ExportEvery.WEEK:
            return _("Each week on %(day)s at %(time)s", day=DAYS[schedule.on_day], time=at)
        case ExportEvery.MONTH:
            return _("Each month on day %(day)s at %(time)s", day=schedule.on_day, time=at)
        case _:
            return _("Each day at %(time)s", time=at)
