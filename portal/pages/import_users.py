"""Import of users and tags from Excel or CSV."""

from typing import Any

from portal.formats import user_time_zone
from portal.imports.subjects import SUBJECTS
from portal.imports.users.columns import ROLE_NAMES
from portal.pages.imports import ImportView


class ImportUsersView(ImportView):
    route_base = "/users/import"
    subject = SUBJECTS["users"]
    start_template = "import_users.html"

    def start_words(self) -> dict[str, Any]:
        return {"roles": ROLE_NAMES, "zone": user_time_zone().key}
