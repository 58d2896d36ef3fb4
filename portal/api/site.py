"""/api/v1/sites/"""

from flask_appbuilder.models.sqla.interface import SQLAInterface
from marshmallow import Schema, fields

from domain import nodes
from domain.alarms.sweeping import LONGEST_WAIT_SECONDS
from domain.id_tokens import TagByteOrder, TagDigits
from domain.models import Site
from portal.api.base import Api
from portal.api.fields import Name, Number, Text, Whole, is_time_zone


class SiteSchema(Schema):
    """A place with stations."""

    id = Whole(dump_only=True, metadata={"example": 1})
    name = Name(Site.name, required=True, metadata={"example": "Copenhagen Central"})
    description = Text(Site.description)
    time_zone = fields.String(allow_none=True, validate=is_time_zone, metadata={"example": "Europe/Copenhagen"})
    street = Text(Site.street, metadata={"example": "Bernstorffsgade 16"})
    postal_code = Text(Site.postal_code, metadata={"example": "1577"})
    city = Text(Site.city, metadata={"example": "København V"})
    country = Text(Site.country, metadata={"example": "Denmark"})
    latitude = Number(-90, 90, allow_none=True, metadata={"example": 55.6727})
    longitude = Number(-180, 180, allow_none=True, metadata={"example": 12.5646})
    tag_byte_order = fields.Enum(
        TagByteOrder,
        by_value=fields.String(),
        allow_none=True,
        metadata={"description": "how readers send the bytes of a tag; null is as_printed"},
    )
    tag_digits = fields.Enum(
        TagDigits,
        by_value=fields.String(),
        allow_none=True,
        metadata={"description": "what a tag of digits alone is; null is decimal"},
    )
    silence_seconds = Whole(
        0,
        LONGEST_WAIT_SECONDS,
        allow_none=True,
        metadata={"description": "how long nothing is heard until there is an alarm; null is as the system says"},
    )


class SiteApi(Api):
    resource_name = "sites"
    datamodel = SQLAInterface(Site)
    schema = SiteSchema
    broken_rules = {"site_name_key": ("name", "Another site has this name.")}

    def remove(self, item: Site) -> None:
        nodes.delete(self.db, item)
