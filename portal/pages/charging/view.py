"""My charging: what charges now for whoever looks, and starting and stopping it."""

from collections.abc import Callable

from flask import Response, abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from domain import clock, remote_charging
from domain.models import Command
from domain.models.columns import LARGEST_BIG_KEY, LARGEST_KEY
from domain.remote_charging import Refusal, RemoteChargingError
from portal import commands
from portal.database import database
from portal.headers import with_permission
from portal.pages.charging.live import Live, steps
from portal.viewer import viewer

MOST_OUTLETS = 20
LONGEST_SEARCH = 100

REFUSALS = {
    Refusal.OFFLINE: _l("The station is not connected at the moment. Choose another one."),
    Refusal.OUT_OF_ORDER: _l("This outlet is out of order. Choose another one."),
    Refusal.TAKEN: _l("Somebody else was faster: this outlet is taken. Choose another one."),
    Refusal.TAG_REFUSED: _l("This tag may not charge here. Choose another tag, or ask your administrator."),
    Refusal.ENDED: _l("This charge has ended already."),
}


class ChargingView(BaseView):
    """Everybody's own: it shows and does nothing that belongs to somebody else, whatever the role."""

    route_base = "/charging"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> str:
        db, user_id, now = database(), viewer().user_id, clock.now()
        words = searched()
        behind = shown_last()
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
            steps=steps,
        )

    @expose("/now")
    @has_access
    def now(self) -> Response:
        """The live figures."""
        return jsonify(Live.of(viewer().user_id).as_json())

    @expose("/scan")
    @has_access
    def scan(self) -> Response:
        """Read the code on an outlet with the camera of the phone."""
        return with_permission(self.render_template("charging_scan.html"), "camera")

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


def searched() -> str:
    """The words that somebody looks for."""
    return request.args.get("find", "").strip()[:LONGEST_SEARCH].replace("\0", "")


def shown_last() -> int | None:
    """The key behind which a list goes on."""
    after = request.args.get("after", type=int)
    return after if after and 0 < after <= LARGEST_KEY else None


def _key(key: int | None, largest: int = LARGEST_BIG_KEY) -> int:
    """One that the database can look for; else there is certainly no such thing."""
    if key is None or not 0 < key <= largest:
        abort(404)
    return key


def _ask(command: Callable[[], Command | None]) -> AnyResponse:
    """Send what is asked for, or say why not; back to the page from which it was asked."""
    try:
        commands.send(command() or abort(404))
    except RemoteChargingError as error:
        database().rollback()
        flash(str(REFUSALS[error.refusal]), "error")
    if at := request.form.get("at", "")[:LONGEST_SEARCH]:
        return redirect(url_for("ChargingOutletView.show", uuid=at), 303)
    return redirect(url_for("ChargingView.index", find=request.form.get("find", "")[:LONGEST_SEARCH] or None), 303)
