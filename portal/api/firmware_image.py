"""/api/v1/firmware_images/: the image itself comes as a file in a form (multipart/form-data), whatever its size."""

from typing import Any

from flask import Response, g, request
from flask_appbuilder.api import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import permission_name, protect
from marshmallow import Schema, ValidationError, fields, validate

from domain import clock, firmware_images
from domain.firmware_images import LARGEST_BYTES, LONGEST_CERTIFICATE, LONGEST_SIGNATURE, ImageInUseError, SigningFault
from domain.models import FirmwareImage
from portal.api.base import Api
from portal.api.errors import refuse
from portal.api.fields import Moment, Name, Text, Whole
from portal.api.openapi_parts import FORM
from portal.uploads import sent_image


class FirmwareImageSchema(Schema):
    """A software image for stations of one model."""

    id = Whole(dump_only=True, metadata={"example": 1})
    version = Name(FirmwareImage.version, required=True, metadata={"example": "3.15.0"})
    vendor = Text(FirmwareImage.vendor)
    model = Text(FirmwareImage.model, metadata={"example": "Chargestorm Connected 2"})
    description = Text(FirmwareImage.description)
    signing_certificate = Text(
        FirmwareImage.signing_certificate,
        metadata={"description": f"PEM, at most {LONGEST_CERTIFICATE} characters; with `signature` it is sent signed"},
    )
    signature = Text(
        FirmwareImage.signature, metadata={"description": f"Base64, at most {LONGEST_SIGNATURE} characters"}
    )
    file_name = Text(FirmwareImage.file_name, dump_only=True)
    size_bytes = Whole(dump_only=True)
    sha256 = Text(FirmwareImage.sha256, dump_only=True)
    uploaded_at = Moment(dump_only=True)


class FirmwareImageForm(FirmwareImageSchema):
    """What is sent to make one."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    expected_sha256 = fields.String(
        load_only=True,
        validate=validate.Length(64, 64),
        metadata={"description": "if it is told, the file is compared with it"},
    )


class FirmwareImageApi(Api):
    resource_name = "firmware_images"
    datamodel = SQLAInterface(FirmwareImage)
    schema = FirmwareImageSchema
    form = FirmwareImageForm
    include_route_methods = {"get_list", "get", "info", "post", "delete"}
    broken_rules = {"uq_firmware_image_version": ("version", "There is this version for this vendor and model.")}

    @expose("/", methods=["POST"])
    @protect()
    @permission_name("post")
    def post(self) -> Response:
        if request.mimetype != FORM:
            refuse(400, f"The image and what belongs to it are sent as {FORM}")
        sent = sent_image()
        values = self._form_values()
        expected = values.pop("expected_sha256", None)
        if sent is None or not 0 < sent[0].size_bytes <= LARGEST_BYTES:
            refuse(422, {"file": [f"A file of 1 to {LARGEST_BYTES} bytes is needed."]})
        incoming, name = sent
        if expected is not None and expected.lower() != incoming.sha256:
            refuse(422, {"expected_sha256": [f"The file has another one: {incoming.sha256}."]})
        image = FirmwareImage(**values)
        with self.writing():
            incoming.keep_as(image, name, g.user.id, clock.now())
            self.create(image)
        return self._answer(201, image)

    def _form_values(self) -> dict[str, Any]:
        given = [name for name, field in self.form().fields.items() if not field.dump_only and name != "file"]
        try:
            values: dict[str, Any] = self.form(only=given).load(request.form.to_dict())
        except ValidationError as error:
            refuse(422, self._explain(error.messages_dict))
        reasons = _signing_reasons(values.get("signing_certificate"), values.get("signature"))
        return refuse(422, reasons) if reasons else values

    def remove(self, item: FirmwareImage) -> None:
        try:
            firmware_images.remove(self.db, item)
        except ImageInUseError as error:
            refuse(409, f"{error}.")


def _signing_reasons(certificate: str | None, signature: str | None) -> dict[str, list[str]]:
    fault = firmware_images.signing_fault(certificate, signature)
    field = "signing_certificate" if fault is SigningFault.CERTIFICATE else "signature"
    return {} if fault is None else {field: [fault.value]}
