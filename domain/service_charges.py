"""The tag of a charge that a service asked for: what stations are told, and present when they begin it.

What comes before and after that is told in domain/services/parking.
"""

import base64
import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain.models import ServiceCharge, ServiceChargeState

PREFIX = "SVC"
"""No number, in whatever digits a reader sends it."""
RANDOM_BYTES = 10
OPEN = (ServiceChargeState.ASKED, ServiceChargeState.CHARGING)


def new_token() -> str:
    """19 characters, of which 16 cannot be guessed: an idTag has 20 (OCPP 1.6, 7.28)."""
    return PREFIX + base64.b32encode(secrets.token_bytes(RANDOM_BYTES)).decode()


def is_made_here(token: str) -> bool:
    """By its writing, so that nobody looks for any other."""
    return token[: len(PREFIX)].upper() == PREFIX


def of_token(db: Session, station_id: int, token: str) -> ServiceCharge | None:
    """Locked: whoever gives it up meanwhile waits, and finds that it has begun."""
    return db.scalar(
        select(ServiceCharge)
        .where(ServiceCharge.id_token == token.upper(), ServiceCharge.station_id == station_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def begin(db: Session, service_charge_id: int, charging_session_id: int) -> None:
    """The station began it; once, however often it says so."""
    db.execute(
        update(ServiceCharge)
        .where(ServiceCharge.id == service_charge_id, ServiceCharge.charging_session_id.is_(None))
        .values(charging_session_id=charging_session_id, state=ServiceChargeState.CHARGING)
        .execution_options(synchronize_session=False)
    )
