"""/api/v1/floors/"""

from flask_appbuilder.models.sqla.interface import SQLAInterface
from marshmallow import Schema

from domain import nodes
from domain.models import Floor, Site
from portal.api.base import Api
from portal.api.fields import Key, Name, Text, Whole


class FloorSchema(Schema):
    """A parking level of a site."""

    id = Whole(dump_only=True, metadata={"example": 1})
    name = Name(Floor.name, required=True, metadata={"example": "P1"})
    site = Key(Site, attribute="site_id", required=True, metadata={"example": 1})
    description = Text(Floor.description)
    plan_sha256 = Text(
        Floor.plan_sha256, dump_only=True, metadata={"description": "of the picture at `plan`; null while it has none"}
    )
    plan_width_px = Whole(dump_only=True, allow_none=True)
    plan_height_px = Whole(dump_only=True, allow_none=True)


class FloorApi(Api):
    resource_name = "floors"
    datamodel = SQLAInterface(Floor)
    schema = FloorSchema
    fixed = ("site",)
    broken_rules = {
        "uq_floor_site_id_name": ("name", "Another floor of the site has this name."),
        "floor_site_id_fkey": ("site", "The site is gone."),
    }

    def remove(self, item: Floor) -> None:
        nodes.delete(self.db, item)
