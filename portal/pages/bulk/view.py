"""Commands in bulk: choose one, fill in its form, look at how many stations it goes to, and send it."""

from flask import abort, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from domain import asking, batches, clock
from domain.models import Action, FirmwareImage
from domain.problems import ParametersError
from portal import command_words, commands
from portal.database import database
from portal.node import node_url
from portal.pages.bulk import selection
from portal.pages.bulk.selection import Counts, Selection
from portal.pages.control import dangers
from portal.pages.control.explained import EXPLAINED
from portal.pages.control.fields import Offers
from portal.pages.control.form import CommandForm, filled_in, form_for
from portal.pages.control.view import PRESETS
from portal.viewer import viewer
from portal.views.station import StationView

OFFERED = (
    Action.RESET,
    Action.UPDATE_FIRMWARE,
    Action.GET_DIAGNOSTICS,
    Action.GET_LOG,
    Action.SEND_LOCAL_LIST,
    Action.GET_LOCAL_LIST_VERSION,
    Action.CLEAR_CACHE,
    Action.CHANGE_AVAILABILITY,
    Action.TRIGGER_MESSAGE,
    Action.GET_CONFIGURATION,
    Action.SET_CHARGING_PROFILE,
    Action.CLEAR_CHARGING_PROFILE,
    Action.DATA_TRANSFER,
)
"""What makes sense for many stations at once; what is about one driver is left out, and parameters have rollouts."""
Page = str | Response | tuple[str, int]


class BulkView(BaseView):
    """Which stations those are stands in the address (portal/pages/bulk/selection.py)."""

    route_base = "/bulk"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def index(self) -> Page:
        view = next(view for view in self.appbuilder.baseviews if isinstance(view, StationView))
        chosen = selection.read(view)
        counted = selection.counts(database(), chosen)
        word = request.args.get("action")
        if word is None or not counted.stations:
            return self._choose(chosen, counted)
        action = Action(word) if word in OFFERED else abort(404)
        form = form_for(action, _offers(action))(data=filled_in(action, _presets()))
        if form.validate_on_submit():
            try:
                return self._asked(action, chosen, counted, form)
            except ParametersError as error:
                database().rollback()
                form.tell(error.problems)
        return self._form_page(action, chosen, counted, form)

    def _choose(self, chosen: Selection, counted: Counts) -> str:
        rest = [(name, value) for name, values in request.args.lists() if name != "action" for value in values]
        return self.render_template(
            "bulk_choose.html",
            selection=chosen,
            counts=counted,
            counts_text=selection.in_words(counted),
            rest=rest,
            actions=[(action.value, command_words.ACTIONS[action], EXPLAINED[action].about[0]) for action in OFFERED],
            chosen_action=request.args.get("action"),
        )

    def _asked(self, action: Action, chosen: Selection, counted: Counts, form: CommandForm) -> Page:
        """Make the batch once somebody has seen how many stations it goes to, and it still goes to as many."""
        parameters = asking.checked(action, form.parameters())
        asking.check_waiting(action, form.wait_or_fail())
        if request.form.get("confirmed") != str(counted.stations):
            cuts = dangers.may_cut_charges(parameters)
            return self._form_page(action, chosen, counted, form, is_asked=True, cuts_charges=cuts)
        batch = batches.make(
            database(),
            action,
            parameters,
            database().scalars(chosen.ids).all(),
            viewer().user_id,
            clock.now(),
            form.wait_or_fail(),
        )
        commands.send_batch(batch)
        return redirect(url_for("CommandBatchView.show", pk=batch.id), 303)

    def _form_page(
        self,
        action: Action,
        chosen: Selection,
        counted: Counts,
        form: CommandForm,
        *,
        is_asked: bool = False,
        cuts_charges: bool = False,
    ) -> Page:
        page = self.render_template(
            "bulk_form.html",
            title=_("%(command)s · many stations", command=command_words.ACTIONS[action]),
            explained=EXPLAINED[action],
            form=form,
            selection=chosen,
            counts=counted,
            counts_text=selection.in_words(counted),
            is_asked=is_asked,
            cuts_charges=cuts_charges,
            cancel_url=node_url("StationView.list"),
        )
        return page, 422 if request.method == "POST" else 200


def _presets() -> dict[str, str]:
    return {name: request.args[name] for name in PRESETS if name in request.args}


def _offers(action: Action) -> Offers:
    """No station's own things, since each has others."""
    if action is not Action.UPDATE_FIRMWARE:
        return Offers()
    images = database().scalars(
        select(FirmwareImage).order_by(FirmwareImage.uploaded_at.desc(), FirmwareImage.id.desc())
    )
    return Offers(firmware={image.id: f"{image.vendor} {image} · {image.file_name}".strip() for image in images})
