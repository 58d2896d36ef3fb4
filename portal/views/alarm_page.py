"""The page of one alarm, whether it lasts or is over: what is known of it, and what people said."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import select
from wtforms import TextAreaField
from wtforms.validators import Length

from domain import clock
from domain.alarms import acknowledging
from domain.alarms.acknowledging import SHOWN, Word
from domain.models import Alarm, AlarmHistory, Station
from domain.models.columns import LARGEST_BIG_KEY
from portal import alarm_words as words
from portal.database import database
from portal.formats import at
from portal.forms import NEEDED, not_blank, stripped, writable
from portal.node import node_url
from portal.record import Fact, Page
from portal.viewer import scoped

LONGEST_NOTE = 2000
MOST_GATHERED_SHOWN = 100


class CommentForm(FlaskForm):
    note = TextAreaField(
        _l("Comment"),
        [NEEDED, writable, Length(max=LONGEST_NOTE, message=_l("At most %(max)d characters.")), not_blank],
        filters=[stripped],
    )


def find(pk: int) -> Alarm | AlarmHistory | None:
    """One that this user may see; it may have ended since the address was made."""
    if pk > LARGEST_BIG_KEY:
        return None
    lasting = database().scalar(scoped(select(Alarm), Alarm).where(Alarm.id == pk, SHOWN))
    return lasting or database().scalar(scoped(select(AlarmHistory), AlarmHistory).where(AlarmHistory.id == pk))


def show(view: Any, pk: int) -> Page:
    """Its page, and where a comment is sent."""
    alarm = find(pk) or abort(404)
    form = CommentForm()
    if form.validate_on_submit():
        acknowledging.comment(database(), alarm, Word(current_user.id, clock.now(), form.note.data or ""))
        database().commit()
        flash(_("The comment was added."), "success")
        return redirect(node_url("AlarmView.show", pk=pk))
    kind = words.KINDS[alarm.kind]
    page = view.render_template(
        "alarm_show.html",
        title=f"{kind}: {place}" if (place := alarm.station_name or alarm.site_name) else kind,
        advice=words.ADVICE[alarm.kind],
        facts=_facts(alarm),
        alarm=alarm,
        is_new=isinstance(alarm, Alarm) and alarm.acknowledged_at is None,
        gathered=_gathered(alarm),
        remarks=acknowledging.remarks(database(), pk),
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


def _gathered(alarm: Alarm | AlarmHistory) -> Sequence[Alarm | AlarmHistory]:
    """What lasts under it."""
    below = scoped(select(Alarm), Alarm).where(Alarm.parent_id == alarm.id).order_by(Alarm.station_name)
    return database().scalars(below.limit(MOST_GATHERED_SHOWN)).all()


def _facts(alarm: Alarm | AlarmHistory) -> list[Fact]:
    cleared_at = getattr(alarm, "cleared_at", None)
    calm_since = getattr(alarm, "calm_since", None)
    until = at(cleared_at) or (_("%(time)s, if it stays so", time=at(calm_since)) if calm_since else _("It lasts"))
    is_of_portal = alarm.site_id is None
    return [
        Fact(_("Alarm"), words.KINDS[alarm.kind]),
        *([] if is_of_portal else _where(alarm)),
        Fact(_("Since"), at(alarm.raised_at)),
        Fact(_("Until"), until),
        Fact(_("Lasted"), words.lasted((cleared_at or calm_since or clock.now()) - alarm.raised_at)),
        Fact(_("Times raised"), alarm.times_raised),
        *([Fact(_("Reason"), alarm.info)] if is_of_portal else _said(alarm)),
        Fact(_("Acknowledged"), at(alarm.acknowledged_at) or _("not yet")),
        Fact(_("By"), str(alarm.acknowledged_by or "")),
        *([] if is_of_portal else [Fact(_("Gathered under"), _parent(alarm))]),
    ]


def _where(alarm: Alarm | AlarmHistory) -> list[Fact]:
    return [
        Fact(_("Station"), _station(alarm)),
        Fact(_("Outlet"), alarm.outlet_number or ""),
        Fact(_("Site"), alarm.site_name),
    ]


def _said(alarm: Alarm | AlarmHistory) -> list[Fact]:
    return [
        Fact(_("Error code"), alarm.error_code),
        Fact(_("Manufacturer's code"), alarm.vendor_error_code),
        Fact(_("Said by the station"), alarm.info),
    ]


def _station(alarm: Alarm | AlarmHistory) -> Markup | str:
    """The way to it, if it is still there."""
    station = database().get(Station, alarm.station_id) if alarm.station_id else None
    if station is None:
        return alarm.station_name or ""
    url = url_for("StationView.show", pk=station.id, node=f"station-{station.id}")
    return Markup('<a href="{}">{}</a>').format(url, alarm.station_name)


def _parent(alarm: Alarm | AlarmHistory) -> Markup | str:
    if alarm.parent_id is None:
        return ""
    url = node_url("AlarmView.show", pk=alarm.parent_id)
    return Markup('<a href="{}">{}</a>').format(url, _("Alarm %(id)s", id=alarm.parent_id))
