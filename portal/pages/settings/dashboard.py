"""Settings of the dashboard: which panes, in which order (manual, "Oversigtspanel")."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import Field, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from domain.models import PortalUser
from portal.pages.dashboard.registry import PANES_SHOWN, available_panes, chosen_panes
from portal.pages.settings.section import Section, SettingsForm

PLACES = tuple(f"pane_{number}" for number in range(1, PANES_SHOWN + 1))


def once(form: SettingsForm, field: Field) -> None:
    """The same pane twice would be a mistake."""
    earlier = PLACES[: PLACES.index(field.short_name)]
    if field.data and field.data in (form[place].data for place in earlier):
        raise ValidationError(gettext("This pane is chosen already."))


class DashboardForm(SettingsForm):
    pane_1 = SelectField(lazy_gettext("First pane"), [once])
    pane_2 = SelectField(lazy_gettext("Second pane"), [once])
    pane_3 = SelectField(lazy_gettext("Third pane"), [once])
    pane_4 = SelectField(lazy_gettext("Fourth pane"), [once])


class DashboardSection(Section):
    key = "dashboard"
    title = lazy_gettext("Dashboard")
    template = "settings_dashboard.html"
    form_class = DashboardForm

    def values(self, user: PortalUser) -> dict[str, Any]:
        return dict(zip(PLACES, (pane.name for pane in chosen_panes(user)), strict=False))

    def prepare(self, user: PortalUser, form: SettingsForm) -> None:
        offered = [SelectChoice("", gettext("Nothing"))]
        offered += [SelectChoice(pane.name, pane.title) for pane in available_panes(user.role)]
        for place in PLACES:
            form[place].choices = offered

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        user.dashboard_panes = [form[place].data for place in PLACES if form[place].data]
        return True


class UsualPanesSection(Section):
    """Back to what the role begins with."""

    key = "usual-panes"
    place = "dashboard"

    def save(self, user: PortalUser, form: SettingsForm) -> bool:
        user.dashboard_panes = None
        return True
