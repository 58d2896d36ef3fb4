"""My charging: what charges now for whoever looks, and starting and stopping it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from domain import charging_now, clock, remote_charging
from domain.charging_now import ChargingNow
from domain.models import ChargingSession, Command
from domain.models.columns import LARGEST_BIG_KEY, LARGEST_KEY
from domain.remote_charging import AskedFor, Refusal, RemoteChargingError
from portal import charging_figures, commands
from portal.charging_figures import Figures
from portal.database import database
from portal.viewer import viewer

MOST_RUNNING = 20
MOST_OUTLETS = 20
LONGEST_SEARCH = 100

REFUSALS = {
    Refusal.OFFLINE: _l("The station is not connected at the moment. Choose another one."),
    Refusal.OUT_OF_ORDER: _l("This outlet is out of order. Choose another one."),
    Refusal.TAKEN: _l("Somebody else was faster: this outlet is taken. Choose another one."),
    Refusal.TAG_REFUSED: _l("This tag may not charge here. Choose another tag, or ask your administrator."),
    Refusal.ENDED: _l("This charge has ended already."),
}


@dataclass(frozen=True)
class Live:
    """What changes while one looks."""

    running: list[tuple[ChargingNow, Figures]]
    asked: list[AskedFor]
    as_of: str

    @classmethod
    def of(cls, user_id: int) -> "Live":
        db, now = database(), clock.now()
        running = charging_now.read(db, ChargingSession.user_id == user_id, most=MOST_RUNNING)
        return cls(
            [(one, charging_figures.of(one, now)) for one in running],
            remote_charging.asked_for(db, user_id, now),
            charging_figures.clock_time(now, now),
        )

    @property
    def shape(self) -> str:
        """Another one when there is more or less to show, and not just other figures."""
        running = [f"{figures.id}:{figures.status}" for _one, figures in self.running]
        return " ".join([*running, *(f"c{asked.command.id}:{asked.command.state}" for asked in self.asked)])


class ChargingView(BaseView):
    """Everybody's own: it shows and does nothing that belongs to somebody else, whatever the role."""

    route_base = "/charging"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> str:
        db, user_id, now = database(), viewer().user_id, clock.now()
        words = request.args.get("find", "").strip()[:LONGEST_SEARCH].replace("\0", "")
        after = request.args.get("after", type=int)
        behind = after if after and 0 < after <= LARGEST_KEY else None
        tags = remote_charging.usable_tags(db, user_id, now)
        outlets = remote_charging.startable_outlets(db, tags, now, words, behind, MOST_OUTLETS + 1)
        return self.render_template(
            "charging.html",
            live=Live.of(user_id),
            words=words,
            after=behind,
            tags=tags,
            outlets=outlets[:MOST_OUTLETS],
            more=len(outlets) > MOST_OUTLETS,
            in_words=commands.in_words,
        )

    @expose("/now")
    @has_access
    def now(self) -> Response:
        """The live figures."""
        live = Live.of(viewer().user_id)
        figures = [figures.as_json() for _one, figures in live.running]
        return jsonify(as_of=live.as_of, shape=live.shape, running=figures)

    @expose("/commands/<int:pk>")
    @has_access
    def command(self, pk: int) -> Response:
        """What became of one of one's own commands."""
        own = select(Command).where(Command.id == _key(pk), Command.user_id == viewer().user_id)
        command = database().scalar(own) or abort(404)
        return jsonify(
            id=command.id,
            action=command.action,
            state=command.state,
            reason=command.reason,
            is_over=command.is_over,
            text=commands.in_words(command),
        )

    @expose("/start", methods=["POST"])
    @has_access
    def start(self) -> AnyResponse:
        outlet, tag = (_key(request.form.get(name, type=int), LARGEST_KEY) for name in ("outlet", "id_token"))
        return _ask(lambda: remote_charging.start(database(), viewer().user_id, outlet, tag, clock.now()))

    @expose("/stop/<int:pk>", methods=["POST"])
    @has_access
    def stop(self, pk: int) -> AnyResponse:
        return _ask(lambda: remote_charging.stop(database(), viewer().user_id, _key(pk), clock.now()))


def _key(key: int | None, largest: int = LARGEST_BIG_KEY) -> int:
    """One that the database can look for; else there is certainly no such thing."""
    if key is None or not 0 < key <= largest:
        abort(404)
    return key


def _ask(command: Callable[[], Command | None]) -> AnyResponse:
    """Send what is asked for, or say why not."""
    try:
        commands.send(command() or abort(404))
    except RemoteChargingError as error:
        database().rollback()
        flash(str(REFUSALS[error.refusal]), "error")
    return redirect(url_for("ChargingView.index", find=request.form.get("find", "")[:LONGEST_SEARCH] or None), 303)
