"""Who is made, changed and deleted in the tests of users, and what they charged."""

from sqlalchemy.orm import Session

from domain import passwords
from domain.models import PortalUser
from domain.roles import RoleName
from domain.user_details import UserDetails
from tests.domain.conftest import after

ADMINISTRATOR, SITE_ADMINISTRATOR, SUPPORT, EV_USER = RoleName
MADS = UserDetails(
    role=EV_USER,
    first_name="Mads",
    last_name="Krogh",
    email="mads.krogh@example.com",
    password="charge2026",
    id_tokens=["3735928559"],
)
IDA = UserDetails(
    role=ADMINISTRATOR, first_name="Ida", last_name="Holm", email="ida@example.com", password="charge2026"
)


def asked(base: UserDetails = MADS, **changes: object) -> UserDetails:
    return UserDetails(**{name: getattr(base, name) for name in base.__slots__} | changes)


def somebody(db: Session, **more: object) -> PortalUser:
    """Ida, with a password, as a row: no rule of users is asked."""
    user = PortalUser(
        first_name=IDA.first_name, last_name=IDA.last_name, email=IDA.email, username=IDA.email, active=True, **more
    )
    passwords.set_password(user, "secret-0001")
    db.add(user)
    db.commit()
    return user


def sessions_of(user: PortalUser, number: int, **more: object) -> list[dict[str, object]]:
    """Charges at one outlet that begin at the same moment with tags of the same user."""
    row = {
        "started_at": after(0),
        "logged_at": after(0),
        "node_id": 1,
        "site_id": 1,
        "outlet_id": 1,
        "site_name": "Central",
        "station_name": "CC-101",
        "outlet_number": 1,
        "authorization": 1,
        "user_id": user.id,
        "email": user.email,
        "meter_start_wh": 0,
    }
    return [row | {"id_token": f"tag {index}"} | more for index in range(number)]
