"""A person in every text of the database that others write, and how to look for them in all there is."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ARRAY, Enum, String, Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from domain.models import (
    Action,
    Alarm,
    AlarmHistory,
    AlarmKind,
    AlarmRemark,
    ChargingSessionReview,
    Command,
    CommandBatch,
    CommandState,
    Direction,
    Event,
    ExportEvery,
    ExportFile,
    ExportSchedule,
    ExportState,
    ExportTarget,
    LocalList,
    Message,
    MessageKind,
    Outlet,
    PersonalApiKey,
    PortalUser,
    Rollout,
    RolloutState,
    RolloutStation,
    RolloutStep,
    SavedView,
    Service,
    ServiceDelivery,
    ServiceKind,
    Station,
    StationParameter,
    Verdict,
    metadata,
)
from tests.domain.people import IDA

NAME, EMAIL, TAG = "Xanthippe Quist", "xanthippe.quist@example.com", "04A1B2C3D4E5F6"
TRACES = ("xanthippe", "quist", TAG, str(int(TAG, 16)))
"""Both names, and the tag as it was sent and as a number."""
NOTE = f"{NAME} ({EMAIL.upper()}) showed {TAG}."
SAID = "deleted (deleted) showed deleted."


def texts() -> Iterator[tuple[str, str]]:
    """Every column of the database that can hold what somebody wrote."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
            if isinstance(kind, String | JSONB) and not isinstance(kind, Enum):
                yield table.name, column.name


def found(db: Session, *traces: str) -> set[str]:
    """Which columns hold any of these, capital or small."""
    columns = [(metadata.tables[table], name) for table, name in texts()]
    return {
        f"{table.name}.{name}"
        for table, name in columns
        if db.scalar(select(func.count()).where(cast(table.c[name], Text).regexp_match("|".join(traces), flags="i")))
    }


def planted(db: Session, user: PortalUser, station: Station, outlet: Outlet, now: datetime) -> None:
    """The person in every text that others write; a row of each table."""
    other = db.scalars(select(PortalUser).where(PortalUser.email == IDA.email)).one()
    place = {"site_id": station.site_id, "station_id": station.id}
    told = {"site_name": "Central", "kind": AlarmKind.FUSE, "raised_at": now, "info": NOTE}
    query = "email=%3D%22xanthippe.quist%40example.com%22&search=Xanthippe+Quist"
    file = {"title": "Sessions", "file_type": "csv", "table_name": "ChargingSessionView", "query": query}
    wanted = file | {"language": "en", "time_zone": "UTC", "state": ExportState.DONE}
    dates = {"asked_at": now, "changed_at": now, "expires_at": now + timedelta(days=7)}
    document = {"id_token": TAG, "said": [NOTE], "short": "77"}
    station.status_info = outlet.status_info = f"{TAG} refused"
    asked_for = {"action": Action.RESERVE, "parameters": document}
    service = Service(kind=ServiceKind.WEBHOOK, name="Hook")
    rollout = Rollout(
        created_at=now,
        changes=[{"key": "Note", "value": NOTE}],
        wave_size=1,
        return_seconds=60,
        state=RolloutState.DONE,
    )
    schedule = ExportSchedule(
        user_id=other.id,
        every=ExportEvery.DAY,
        hour=1,
        target=ExportTarget.MAIL,
        next_run_at=now,
        language="en",
        **file,
    )
    db.add_all(
        [
            service,
            rollout,
            schedule,
            ExportFile(user_id=other.id, **wanted, **dates),
            ExportFile(user_id=user.id, **wanted, **dates),
            SavedView(user_id=other.id, table_name="ChargingSessionView", name="Theirs", query=query),
            SavedView(user_id=user.id, table_name="ChargingSessionView", name=NAME, query=query),
            PersonalApiKey(user_id=user.id, name=NAME, secret_hash=bytes(32)),
            Alarm(**place, **told),
            AlarmHistory(id=99, **place, **told, cleared_at=now),
            AlarmRemark(alarm_id=99, acknowledges=True, note=NOTE, remarked_at=now, user_id=other.id),
            ChargingSessionReview(charging_session_id=1, verdict=Verdict.CONFIRMED, note=NOTE, reviewed_at=now),
            Command(
                **place,
                **asked_for,
                answer=document,
                outcome=document,
                user_id=user.id,
                state=CommandState.ACCEPTED,
                created_at=now,
                deadline_at=now,
            ),
            CommandBatch(**asked_for, created_at=now, stations=1, user_id=user.id),
            Event(kind="tag_known_otherwise", happened_at=now, **place, details=document),
            Event(kind="data_transferred", happened_at=now - timedelta(days=4000), **place, details=document),
            LocalList(digest="with", entries={TAG: {}, "12": {}}, used_at=now),
            LocalList(digest="without", entries={"12": {}}, used_at=now),
            *(
                Message(
                    at=now,
                    station_id=station.id,
                    direction=Direction.IN,
                    kind=MessageKind.CALL,
                    frame=frame,
                    reason=NOTE,
                )
                for frame in (f'[2,"1","Authorize",{{"idTag":"{TAG}"}}]', '[2,"2","Authorize",{"idTag":"77"}]')
            ),
            StationParameter(station_id=station.id, key="FreevendIdTag", value=TAG, asked_value=TAG),
        ]
    )
    db.flush()
    db.add_all(
        [
            RolloutStation(
                rollout_id=rollout.id,
                station_id=station.id,
                position=1,
                wave=0,
                step=RolloutStep.DONE,
                details=document,
            ),
            ServiceDelivery(
                service_id=service.id,
                message_id=uuid4(),
                kind="k",
                subject="s",
                body=NOTE,
                answer=NOTE,
                created_at=now,
            ),
        ]
    )
    db.commit()
