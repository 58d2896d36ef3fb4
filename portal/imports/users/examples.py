"""The examples of the template for users and tags: one of each role."""

from domain.roles import RoleName
from portal.imports.users.columns import COLUMNS, ROLE_NAMES, Kind
from portal.imports.users.plan import EXAMPLE_DOMAIN

EXAMPLES = {
    RoleName.ADMINISTRATOR: {"first_name": "Ada", "last_name": "Berg", "alarm_email": True},
    RoleName.SITE_ADMINISTRATOR: {
        "first_name": "Bo",
        "last_name": "Dahl",
        "sites": "Harbour; Airport",
        "alarm_email": False,
    },
    RoleName.SUPPORT: {"first_name": "Eva", "last_name": "Falk"},
    RoleName.EV_USER: {"first_name": "Finn", "last_name": "Holm", "tags": "3735928559; DE AD BE EF 01 02 03"},
}
EXAMPLE_TAG = {
    "tag": "3735928559",
    "description": "Van 7",
    "valid_from_at": "2026-12-01 08:00",
    "expires_at": "2027-12-31",
    "blocked": False,
}


def examples(kind: Kind, language: str) -> list[list[str]]:
    fields = [column.field for column in COLUMNS[kind]]
    if kind is Kind.TAGS:
        tag = EXAMPLE_TAG | {"owner": _email(RoleName.EV_USER)}
        return [[_cell(tag.get(field), language) for field in fields]]
    people = [person | {"email": _email(role), "role": ROLE_NAMES[role][language]} for role, person in EXAMPLES.items()]
    return [[_cell(person.get(field), language) for field in fields] for person in people]


def _email(role: RoleName) -> str:
    return f"{role.lower().replace(' ', '.')}{EXAMPLE_DOMAIN}"


def _cell(value: str | bool | None, language: str) -> str:
    if isinstance(value, bool):
        return {"en": ("no", "yes"), "da": ("nej", "ja")}[language][value]
    return value or ""
