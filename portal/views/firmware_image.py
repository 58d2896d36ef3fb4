"""Firmware images: uploaded once, sent to many stations."""

from typing import Any

from flask import Response, abort, jsonify, send_file
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext, lazy_gettext, ngettext
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import and_, func, select
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import Field, FileField
from wtforms.validators import ValidationError

from domain import clock, firmware_images
from domain.firmware_images import LARGEST_BYTES, LONGEST_CERTIFICATE, LONGEST_SIGNATURE, SigningFault
from domain.models import Action, CommandBatch, FirmwareImage, PortalUser, Station
from portal.database import database
from portal.errors import wants_json
from portal.formats import at, number
from portal.forms import RecordForm, long_text, text, unique
from portal.node import node_url
from portal.record import Fact, Page, RecordView
from portal.table import Action as RowAction
from portal.table import Row
from portal.table.columns import Boolean, Date, Number, Text
from portal.uploads import sent_image
from portal.viewer import scoped

MEGABYTE = 1_000_000
MOST_CAMPAIGNS = 20
IS_SIGNED = and_(FirmwareImage.signing_certificate.is_not(None), FirmwareImage.signature.is_not(None))

SIGNING_WORDS = {
    SigningFault.HALF: lazy_gettext("A signature and its certificate belong together."),
    SigningFault.CERTIFICATE: lazy_gettext(
        "This is no certificate in PEM of at most %(most)s characters.", most=LONGEST_CERTIFICATE
    ),
    SigningFault.SIGNATURE: lazy_gettext(
        "This is no signature in Base64 of at most %(most)s characters.", most=LONGEST_SIGNATURE
    ),
}


class FirmwareImageForm(RecordForm):
    version = text(
        lazy_gettext("Version"),
        50,
        unique(
            FirmwareImage.version,
            lazy_gettext("There is this version for this model already."),
            within=lambda form: and_(FirmwareImage.vendor == form.vendor.data, FirmwareImage.model == form.model.data),
        ),
        required=True,
        description=lazy_gettext("As the stations tell it once it runs."),
    )
    vendor = text(lazy_gettext("Vendor"), 100)
    model = text(lazy_gettext("Model"), 100, description=lazy_gettext("As the stations tell it."))
    description = long_text(lazy_gettext("Description"))
    file = FileField(
        lazy_gettext("Image"),
        description=lazy_gettext("At most %(most)s MB.", most=LARGEST_BYTES // MEGABYTE),
    )
    expected_sha256 = text(
        lazy_gettext("SHA-256"),
        64,
        description=lazy_gettext("If the maker tells one, the image is compared with it."),
    )
    signing_certificate = long_text(lazy_gettext("Signing certificate (PEM)"), LONGEST_CERTIFICATE)
    signature = text(
        lazy_gettext("Signature (Base64)"),
        LONGEST_SIGNATURE,
        description=lazy_gettext(
            "With certificate and signature the image is sent signed, which not all stations know."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:  # Another file would be another image.
            del self.file, self.expected_sha256

    def validate_file(self, _field: Field) -> None:
        sent = sent_image()
        if sent is None:
            raise ValidationError(gettext("Choose a file first."))
        if sent[0].size_bytes == 0:
            raise ValidationError(gettext("The file is empty."))
        if sent[0].size_bytes > LARGEST_BYTES:
            raise ValidationError(gettext("At most %(most)s MB.", most=LARGEST_BYTES // MEGABYTE))

    def validate_expected_sha256(self, field: Field) -> None:
        sent = sent_image()
        if sent and field.data and field.data.replace(" ", "").lower() != sent[0].sha256:
            found = gettext(
                "The image has another one: %(found)s. It was damaged, or is another.", found=sent[0].sha256
            )
            raise ValidationError(found)

    def validate_signature(self, _field: Field) -> None:
        """Both fields together; what is wrong with the certificate is said there."""
        fault = firmware_images.signing_fault(self.signing_certificate.data, self.signature.data)
        if fault is SigningFault.CERTIFICATE:
            self.signing_certificate.errors = (*self.signing_certificate.errors, str(SIGNING_WORDS[fault]))
        elif fault is not None:
            raise ValidationError(str(SIGNING_WORDS[fault]))

    def validate(self, extra_validators: Any = None) -> bool:
        return bool(super().validate(extra_validators)) and not self.errors

    def populate_obj(self, obj: FirmwareImage) -> None:
        for name in ("version", "vendor", "model", "description"):
            setattr(obj, name, self[name].data)
        for name in ("signing_certificate", "signature"):
            setattr(obj, name, self[name].data or None)


class FirmwareImageView(RecordView):
    datamodel = SQLAInterface(FirmwareImage)
    route_base = "/firmware_images"
    form = FirmwareImageForm
    add_template = edit_template = "firmware_image_form.html"
    show_template = "firmware_image.html"
    list_title = lazy_gettext("Firmware")
    add_title = lazy_gettext("Add firmware image")
    edit_title = lazy_gettext("Edit firmware image")
    nothing_yet = lazy_gettext("There is no firmware image yet. Add what the maker of your stations gave you.")
    default_sort = "-uploaded_at"
    columns = (
        Text("version", lazy_gettext("Version"), FirmwareImage.version),
        Text("vendor", lazy_gettext("Vendor"), FirmwareImage.vendor),
        Text("model", lazy_gettext("Model"), FirmwareImage.model),
        Text("description", lazy_gettext("Description"), FirmwareImage.description, width=40),
        Text("file_name", lazy_gettext("File"), FirmwareImage.file_name),
        Number("size", lazy_gettext("Size"), FirmwareImage.size_bytes, unit="MB", scale=MEGABYTE, decimals=1),
        Text("sha256", lazy_gettext("SHA-256"), FirmwareImage.sha256, default=False, width=66),
        Boolean("signed", lazy_gettext("Signed"), IS_SIGNED, sortable=False),
        Date("uploaded_at", lazy_gettext("Uploaded"), FirmwareImage.uploaded_at),
        Number("id", lazy_gettext("Id"), FirmwareImage.id, default=False),
    )
    extras = {"of_vendor": FirmwareImage.vendor, "of_model": FirmwareImage.model}

    def counted(self, number: int, text: str) -> str:
        return ngettext("%(text)s image", "%(text)s images", number, text=text)

    def row_actions(self, row: Row) -> list[RowAction]:
        more = [RowAction(gettext("Download"), self.link_to("file", row))]
        if self.may_update():
            more.append(
                RowAction(gettext("Update stations …"), update_url(row["key"], row["of_vendor"], row["of_model"]))
            )
        return more + super().row_actions(row)

    def may_update(self) -> bool:
        return bool(self.appbuilder.sm.has_access("can_index", "BulkView"))

    def keep(self, record: FirmwareImage) -> None:
        incoming, name = sent_image() or abort(400)
        incoming.keep_as(record, name, current_user.id, clock.now())
        database().add(record)

    def remove(self, record: FirmwareImage) -> None:
        firmware_images.remove(database(), record)

    def facts(self, record: FirmwareImage) -> list[Fact]:
        by = database().get(PortalUser, record.user_id) if record.user_id else None
        is_signed = record.signing_certificate and record.signature
        return [
            Fact(gettext("Version"), record.version),
            Fact(gettext("Vendor"), record.vendor),
            Fact(gettext("Model"), record.model),
            Fact(gettext("Description"), record.description),
            Fact(gettext("File"), self._link(record)),
            Fact(gettext("Size"), gettext("%(number)s bytes", number=number(record.size_bytes))),
            Fact(gettext("SHA-256"), record.sha256, copies=True),
            Fact(gettext("Signed"), gettext("yes") if is_signed else gettext("no")),
            Fact(gettext("Uploaded"), at(record.uploaded_at)),
            Fact(gettext("By"), str(by) if by else ""),
            Fact(gettext("Stations that run it"), self._running(record)),
        ]

    def show_context(self, record: FirmwareImage) -> dict[str, Any]:
        named = CommandBatch.parameters["firmware"].as_integer() == record.id
        campaigns = (
            select(CommandBatch)
            .where(CommandBatch.action == Action.UPDATE_FIRMWARE, named)
            .order_by(CommandBatch.id.desc())
            .limit(MOST_CAMPAIGNS)
        )
        return super().show_context(record) | {
            "campaigns": database().scalars(scoped(campaigns, CommandBatch)).all(),
            "update_url": update_url(record.id, record.vendor, record.model) if self.may_update() else None,
        }

    @expose("/file/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def file(self, pk: int) -> Response:
        image: FirmwareImage = self.record(pk)
        path = firmware_images.path_of(image.sha256)
        if not path.is_file():
            abort(404)
        return send_file(path, "application/octet-stream", as_attachment=True, download_name=image.file_name)

    def _save(self, form: RecordForm, record: Any, is_new: bool) -> Page:
        """A script sends the form, and goes itself where a browser would be sent."""
        page = super()._save(form, record, is_new)
        return jsonify(url=page.location) if wants_json() and isinstance(page, WerkzeugResponse) else page

    def _running(self, record: FirmwareImage) -> int:
        """Of the stations that whoever looks may see."""
        told = {Station.vendor: record.vendor, Station.model: record.model}
        same = select(func.count()).where(
            Station.firmware_version == record.version,
            *(column == value for column, value in told.items() if value),
        )
        return database().scalar(scoped(same, Station)) or 0

    def _link(self, record: FirmwareImage) -> Markup:
        url = node_url("FirmwareImageView.file", pk=record.id)
        return Markup('<a href="{}" download>{}</a>').format(url, record.file_name)


def update_url(image_id: int, vendor: str, model: str) -> str:
    """The form that sends this image to all stations that it is for (portal/pages/bulk)."""
    told = {"vendor": vendor, "model": model}
    filters = {name: f'="{value}"' for name, value in told.items() if value}
    return node_url("BulkView.index", action=Action.UPDATE_FIRMWARE.value, firmware=image_id, **filters)
