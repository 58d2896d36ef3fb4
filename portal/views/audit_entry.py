"""Audit log: who did what to which object, when and from where. For administrators alone."""

from typing import Any

from flask import abort
from flask_appbuilder import expose, has_access
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import AuditEntry
from domain.models.columns import LARGEST_BIG_KEY
from portal.formats import at
from portal.record import Fact
from portal.table import Action, Choice, Date, Number, Row, TableView, Text
from portal.views import audit_entry_columns as cells
from portal.views import audit_entry_words as words


class AuditEntryView(TableView):
    """Every entry of the whole system, the latest first, whichever node is selected."""

    datamodel = SQLAInterface(AuditEntry)
    route_base = "/audit_log"
    base_permissions = ["can_list", "can_show", "can_export"]
    include_route_methods = {"list", "show", "export"}
    list_title = _l("Audit log")
    default_sort = "-happened_at"
    filter_column = "who"
    nothing_yet = _l("Nobody has done anything yet.")
    columns = (
        Date("happened_at", _l("Time"), AuditEntry.happened_at),
        cells.Who("who", _l("Who"), AuditEntry.user_id, render=cells.who, empty=cells.NOBODY, width=28),
        Text("address", _l("From"), AuditEntry.address),
        Choice("action", _l("What"), AuditEntry.action, words.ACTIONS),
        Choice("object_kind", _l("Kind"), AuditEntry.object_kind, words.KINDS),
        cells.Exactly("object_id", _l("Object"), AuditEntry.object_id, render=cells.target),
        cells.Changes("changes", _l("Changes"), cells.TOLD, sortable=False, render=cells.changes, width=80),
        Number("id", _l("Number"), AuditEntry.id, default=False),
    )
    extras = {
        "user_id": AuditEntry.user_id,
        "address_of": AuditEntry.address,
        "kind_of": AuditEntry.object_kind,
        "id_of": AuditEntry.object_id,
        "told": cells.TOLD,
    }

    def _init_forms(self) -> None:
        """There are none: what was done was done."""

    @property
    def key(self) -> Any:
        return AuditEntry.id

    def row_actions(self, row: Row) -> list[Action]:
        return [Action(_("Show"), self.link_to("show", row))]

    def complete(self, db: Session, rows: list[Row]) -> None:
        names = cells.names_of(row["user_id"] for row in rows)
        pages = cells.pages_of((row["kind_of"], row["id_of"]) for row in rows)
        for row in rows:
            row |= {"names": names, "pages": pages}

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s entry", "%(text)s entries", number, text=text)

    @expose("/show/<int:pk>", methods=["GET"])
    @has_access
    def show(self, pk: int) -> str:
        """One entry with every value."""
        if pk > LARGEST_BIG_KEY:
            abort(404)
        found = self.scoped(select(AuditEntry)).where(AuditEntry.id == pk)
        entry = self.datamodel.session.scalar(found) or abort(404)
        return self.render_template(
            "audit_entry_show.html",
            title=_("Audit log, entry %(id)s", id=entry.id),
            facts=_facts(entry),
            entry=entry,
            words=words,
        )


def _facts(entry: AuditEntry) -> list[Fact]:
    names = cells.names_of([entry.user_id])
    pages = cells.pages_of([(entry.object_kind, entry.object_id)])
    row = {"kind_of": entry.object_kind, "id_of": entry.object_id, "pages": pages}
    kind = words.KINDS.get(entry.object_kind or "", entry.object_kind)
    return [
        Fact(_("Time"), at(entry.happened_at)),
        Fact(_("Who"), words.actor(entry.user_id, entry.address, names)),
        Fact(_("From"), entry.address),
        Fact(_("What"), words.ACTIONS.get(entry.action, entry.action)),
        Fact(_("Object"), Markup("<span>{} {}</span>").format(kind or "", cells.target(row))),
        Fact(_("Hash"), entry.hash.hex(), copies=True),
    ]
