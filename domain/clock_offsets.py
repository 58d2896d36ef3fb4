"""Whether a station's clock is right, judged by what it says.

Theory. A message carries the station's time and arrives at ours. Where both agree, the clock is right. A time that is
still to come can only be told by a clock that is ahead. A time that is past proves nothing by itself: a station that
was offline delivers late what happened meanwhile, and one that is asked for a state tells since when it is in it. But
what is late for such a reason is less late, or more, the next time; a clock that is behind is behind by the same each
time. So two messages that arrive some time after each other and are late by the same show a clock that is behind.

See docs/decisions/a-clock-is-judged-by-what-it-says.md.
"""

from datetime import datetime, timedelta

from domain.reports import ClockReport, MeterReport, Report, StartReport, StatusReport, StopReport

TOLERATED = timedelta(seconds=60)
"""By so much a clock may be wrong and is called right."""
CREDIBLE_DELAY = timedelta(days=366)
"""What a station delivers later than that did not happen then: its clock began anew."""

TOLERATED_SECONDS = TOLERATED.total_seconds()
SAME_WITHIN_SECONDS = 10.0


def is_doubtful(told_at: datetime, received_at: datetime) -> bool:
    """Whether a time that a station told cannot be, whatever delayed the message."""
    return not -TOLERATED <= received_at - told_at <= CREDIBLE_DELAY


class ClockWatch:
    """Looks at what comes over one connection."""

    __slots__ = ("_late_at", "_late_by_seconds", "_noted_seconds", "_station_id")

    def __init__(self, station_id: int, noted_seconds: float | None) -> None:
        """`noted_seconds` is by how much the clock is known to be ahead; None while it is taken as right."""
        self._station_id = station_id
        self._noted_seconds = noted_seconds
        self._late_by_seconds = 0.0
        self._late_at: datetime | None = None

    def look(self, report: Report) -> ClockReport | None:
        """What is to be noted after this report; to be said again until it is `remember`ed."""
        told_at = _told_at(report)
        if told_at is None:
            return None
        ahead_seconds = (told_at - report.received_at).total_seconds()
        if abs(ahead_seconds) <= TOLERATED_SECONDS:
            self._late_at = None
            is_news = self._noted_seconds is not None
            return ClockReport(self._station_id, report.received_at, None) if is_news else None
        if ahead_seconds < 0 and not self._is_late_as_before(ahead_seconds, report.received_at):
            return None
        if self._noted_seconds is not None and abs(ahead_seconds - self._noted_seconds) <= TOLERATED_SECONDS:
            return None
        return ClockReport(self._station_id, report.received_at, ahead_seconds)

    def remember(self, finding: ClockReport) -> None:
        """It is noted."""
        self._noted_seconds = finding.offset_seconds

    def _is_late_as_before(self, ahead_seconds: float, received_at: datetime) -> bool:
        """Whether a message some time ago was late by the same."""
        if self._late_at is None or abs(ahead_seconds - self._late_by_seconds) > SAME_WITHIN_SECONDS:
            self._late_at, self._late_by_seconds = received_at, ahead_seconds
            return False
        return received_at - self._late_at >= TOLERATED


def _told_at(report: Report) -> datetime | None:
    """The station's time in a report; None where it told none."""
    match report:
        case StatusReport():
            # Without a time of its own a state is taken to be as new as its message.
            return None if report.status_at == report.received_at else report.status_at
        case MeterReport():
            return max((reading.measured_at for reading in report.readings), default=None)
        case StartReport():
            return report.started_at
        case StopReport():
            return report.stopped_at
        case _:
            return None
