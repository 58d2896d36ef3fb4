"""A charge in the words that a provider reads: in answers and in messages alike."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import charging_sessions, meter_values
from domain.models import ChargingSession, ServiceCharge, ServiceChargeState
from domain.services import places
from domain.services.outlet_value import PROVIDER_OUTLET, of_outlets

Body = dict[str, Any]


def told(db: Session, charges: Sequence[ServiceCharge]) -> Mapping[int, Body]:
    """Many, in a few statements; by the charge's key."""
    sessions = places.charging_sessions(
        db, {charge.charging_session_id for charge in charges if charge.charging_session_id is not None}
    )
    running = {one.outlet_id for one in sessions.values() if one.ended_at is None}
    latest = meter_values.latest(db, running)
    values = of_outlets(db, {charge.outlet_id for charge in charges})
    found = {}
    for charge in charges:
        charging_session = sessions.get(charge.charging_session_id or 0)
        reading = latest.get(charging_session.outlet_id) if charging_session else None
        found[charge.id] = {
            "reference": charge.reference,
            "outlet": str(charge.outlet_uuid),
            "provider_outlet_id": values.get(charge.outlet_id, {}).get((charge.service_id, PROVIDER_OUTLET)),
            "state": charge.state.value,
            "reason": charge.reason and charge.reason.value,
            **_of_session(charging_session),
            "energy_wh": _energy_wh(charge, charging_session, reading),
            "meter_at": _moment(reading.measured_at) if reading else None,
        }
    return found


def _of_session(charging_session: ChargingSession | None) -> Body:
    return {
        "charging_session": charging_session.id if charging_session else None,
        "started_at": _moment(charging_session.started_at) if charging_session else None,
        "stopped_at": _moment(charging_session.stopped_at) if charging_session else None,
        "stop_reason": charging_session.stop_reason if charging_session else None,
        "needs_review": charging_session.needs_review if charging_session else False,
    }


def _energy_wh(
    charge: ServiceCharge, charging_session: ChargingSession | None, reading: meter_values.LatestReading | None
) -> int | None:
    """Nothing is charged where it never began; and where nobody knows, that is said."""
    if charge.state is ServiceChargeState.FAILED:
        return 0
    return charging_sessions.energy_so_far_wh(charging_session, reading) if charging_session else None


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def of_reference(db: Session, service_id: int, reference: str) -> ServiceCharge | None:
    wanted = select(ServiceCharge).where(ServiceCharge.service_id == service_id, ServiceCharge.reference == reference)
    return db.scalar(wanted.execution_options(populate_existing=True))
