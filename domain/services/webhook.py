"""A webhook: whoever wants to hear of states, finished charges and alarms is told of each as it happens."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from domain.models import Alarm, AlarmHistory, ChangeKind, ChargingSession, Service, ServiceChange
from domain.services import outbox, places
from domain.services.configuration import WebhookConfiguration, WebhookTopic
from domain.services.outbox import Told
from domain.services.places import OutletPlace, StationPlace

KINDS = {
    ChangeKind.OUTLET_STATUS: WebhookTopic.STATUS,
    ChangeKind.STATION_STATUS: WebhookTopic.STATUS,
    ChangeKind.STATION_LINE: WebhookTopic.STATUS,
    ChangeKind.CHARGE_STOPPED: WebhookTopic.CHARGING_SESSIONS,
    ChangeKind.CHARGE_CORRECTED: WebhookTopic.CHARGING_SESSIONS,
    ChangeKind.ALARM_RAISED: WebhookTopic.ALARMS,
    ChangeKind.ALARM_ACKNOWLEDGED: WebhookTopic.ALARMS,
    ChangeKind.ALARM_CLEARED: WebhookTopic.ALARMS,
}
"""Each change of which a webhook is told, and whether depends on which choice."""
ALARM_MESSAGES = {
    ChangeKind.ALARM_RAISED: "alarm.raised",
    ChangeKind.ALARM_ACKNOWLEDGED: "alarm.acknowledged",
    ChangeKind.ALARM_CLEARED: "alarm.cleared",
}


def tell(db: Session, service: Service, changes: Sequence[ServiceChange], now: datetime) -> None:
    topics = WebhookConfiguration.model_validate(service.configuration).topics
    wanted = [change for change in changes if KINDS[change.kind] in topics]
    outbox.put(db, service.id, _messages(db, wanted), now)


def _messages(db: Session, changes: Sequence[ServiceChange]) -> Iterator[Told]:
    outlets = places.outlets(db, _keys(change.outlet_id for change in changes))
    stations = places.stations(db, _keys(change.station_id for change in changes))
    charges = places.charging_sessions(db, _keys(change.charging_session_id for change in changes))
    alarms = places.alarms(db, _keys(change.alarm_id for change in changes))
    for change in changes:
        match change.kind:
            case ChangeKind.OUTLET_STATUS if change.outlet_id in outlets:
                yield _outlet_status(change, outlets[change.outlet_id])
            case ChangeKind.STATION_STATUS | ChangeKind.STATION_LINE if change.station_id in stations:
                yield _station_status(change, stations[change.station_id])
            case ChangeKind.CHARGE_STOPPED | ChangeKind.CHARGE_CORRECTED if change.charging_session_id in charges:
                charging_session = charges[change.charging_session_id]
                place = outlets.get(charging_session.outlet_id)
                yield _charge(change, charging_session, place)
            case _ if change.alarm_id in alarms:
                alarm = alarms[change.alarm_id]
                yield _alarm(change, alarm, stations.get(alarm.station_id or 0))


def _keys(keys: Iterable[int | None]) -> set[int]:
    return {key for key in keys if key is not None}


def _outlet_status(change: ServiceChange, place: OutletPlace) -> Told:
    data = {"outlet": place.told(), "status": change.after, "before": change.before}
    return Told(f"change-{change.id}", "outlet.status_changed", f"outlet-{place.id}", change.at, data)


def _station_status(change: ServiceChange, place: StationPlace) -> Told:
    is_line = change.kind is ChangeKind.STATION_LINE
    kind = "station.line_changed" if is_line else "station.status_changed"
    name = "line" if is_line else "status"
    data = {"station": place.told(), name: change.after, "before": change.before}
    return Told(f"change-{change.id}", kind, f"station-{place.id}", change.at, data)


def _charge(change: ServiceChange, charging_session: ChargingSession, place: OutletPlace | None) -> Told:
    is_first = change.kind is ChangeKind.CHARGE_STOPPED
    kind = "charging_session.finished" if is_first else "charging_session.corrected"
    # The first is one message however often the stop is told; each correction is one of its own.
    key = f"finished-{charging_session.id}" if is_first else f"change-{change.id}"
    subject = f"charging-session-{charging_session.id}"
    data = {"charging_session": told_of_charge(charging_session), "outlet": place.told() if place else None}
    return Told(key, kind, subject, change.at, data)


def _alarm(change: ServiceChange, alarm: Alarm | AlarmHistory, place: StationPlace | None) -> Told:
    data = {"alarm": told_of_alarm(alarm), "station": place.told() if place else None}
    return Told(f"change-{change.id}", ALARM_MESSAGES[change.kind], f"alarm-{alarm.id}", change.at, data)


def told_of_alarm(alarm: Alarm | AlarmHistory) -> dict[str, Any]:
    """What is told of an alarm, as it is when it is told. Who acknowledged it is not."""
    cleared_at = alarm.cleared_at if isinstance(alarm, AlarmHistory) else None
    return {
        "id": alarm.id,
        "kind": alarm.kind,
        "site": alarm.site_name,
        "station": alarm.station_name,
        "outlet_number": alarm.outlet_number,
        "error_code": alarm.error_code,
        "vendor_error_code": alarm.vendor_error_code,
        "info": alarm.info,
        "raised_at": alarm.raised_at.isoformat(),
        "acknowledged_at": alarm.acknowledged_at and alarm.acknowledged_at.isoformat(),
        "cleared_at": cleared_at and cleared_at.isoformat(),
        "parent_id": alarm.parent_id,
    }


def told_of_charge(charging_session: ChargingSession) -> dict[str, Any]:
    """What is told of a charge. Of its driver nothing: whoever may know that asks the API."""
    return {
        "id": charging_session.id,
        "started_at": charging_session.started_at.isoformat(),
        "stopped_at": charging_session.stopped_at and charging_session.stopped_at.isoformat(),
        "energy_wh": charging_session.energy_wh,
        "meter_start_wh": charging_session.meter_start_wh,
        "meter_stop_wh": charging_session.meter_stop_wh,
        "stop_reason": charging_session.stop_reason,
        "needs_review": charging_session.needs_review,
        "site": charging_session.site_name,
        "station": charging_session.station_name,
        "outlet_number": charging_session.outlet_number,
    }
