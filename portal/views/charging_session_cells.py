"""The cells of Statistics that say more than a value: what still runs, and what a person should look at."""

from flask_babel import gettext as _
from markupsafe import Markup

from domain.clock import now
from domain.meter_values import LatestReading
from portal import formats
from portal.table import Row
from portal.views import charging_session_words as words

REVIEW_MARK = Markup(
    '<span class="warn review" title="{0}"><span aria-hidden="true">⚑</span><span class="unseen">{0}</span></span>'
)


def add_live(row: Row, reading: LatestReading | None) -> None:
    """Note in a running session's row what its meter shows now, unless that reading is older than the charge."""
    if reading is None or reading.energy_wh is None or reading.measured_at < row["begun_at"]:
        return
    row["live_meter_wh"] = reading.energy_wh
    row["live_energy_wh"] = max(reading.energy_wh - row["meter_start_wh"], 0)


def _live(text: str) -> Markup:
    """A figure that still grows: neither filtered, sorted nor exported, since it is another one in a moment."""
    return Markup('<span class="charging" title="{}">{}</span>').format(_("so far"), text)


def ended(row: Row) -> str | Markup:
    if row["finished_at"] is not None:
        return formats.at(row["finished_at"])
    if row["stopped_at"] is not None:
        return Markup('<span class="muted">{}</span>').format(_("cable not yet removed"))
    return Markup('<span class="charging"><i class="dot"></i> {}</span>').format(_("charging"))


def duration(row: Row) -> str | Markup:
    if row["finished_at"] is not None:
        return formats.duration(row["duration"])
    return _live(formats.duration((now() - row["begun_at"]).total_seconds()))


def energy(row: Row) -> str | Markup:
    if row["energy_kwh"] is None and "live_energy_wh" in row:
        text: str | Markup = _live(formats.kwh(row["live_energy_wh"]))
    else:
        text = formats.kwh(row["energy_kwh"])
    return Markup("{} {}").format(_review_mark(row), text) if row["needs_review"] else text


def meter(row: Row) -> str | Markup:
    return _live(formats.kwh(row["live_meter_wh"])) if "live_meter_wh" in row else formats.kwh(row["meter_kwh"])


def _review_mark(row: Row) -> Markup:
    """A person should look at this session; why stands behind the mark."""
    return REVIEW_MARK.format(_("Review: %(reasons)s", reasons=words.reasons(row["review_reasons"])))
