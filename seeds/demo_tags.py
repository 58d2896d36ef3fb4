"""The tags of the demo company's drivers, and what its event log says of one."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from domain import events
from domain.clock import now
from domain.events import EventKind
from domain.id_tokens import Reader, TagByteOrder, written_for
from domain.models import IdToken, PortalUser, Station

FIRST_TAG, TAG_STEP = 3_640_898_313, 7_919_933
FLEET = "FASTCARS-FLEET"
WITH_FLEET_TAG = ("Krogh", "Lund", "Holst")
WITH_MORE_TAGS, WITH_RENTAL_CAR = "Krogh", "Bech"
LOST, OF_AN_APP, OF_A_RENTAL_CAR = "04:A2:6B:1C:5D:80:91", "DK-8AA-C12345678", "9C3E71F0"
DAY = timedelta(days=1)

USABLE = and_(~IdToken.blocked, IdToken.valid_from_at.is_(None), IdToken.expires_at.is_(None))
"""Those that charge; the others are there to be looked at."""
REVERSING_STATION = "FC-MW-101"


def of(user: PortalUser, number: int) -> Iterator[IdToken]:
    """The tags of the driver who is the `number`th of all users."""
    yield IdToken(
        token=str(FIRST_TAG + number * TAG_STEP),
        user=user,
        description=f"{user.first_name}'s tag",
        parent_token=FLEET if user.last_name in WITH_FLEET_TAG else None,
    )
    today = now().replace(microsecond=0)
    if user.last_name == WITH_MORE_TAGS:
        yield IdToken(token=LOST, user=user, description="Lost in August", blocked=True)
        yield IdToken(token=OF_AN_APP, user=user, description="App", valid_from_at=today + 30 * DAY)
    if user.last_name == WITH_RENTAL_CAR:
        yield IdToken(token=OF_A_RENTAL_CAR, user=user, description="Rental car", expires_at=today - 20 * DAY)


def add_hint(db: Session) -> None:
    """A station whose reader sends the bytes of a tag backwards, noticed yesterday."""
    station_id = db.scalars(select(Station.id).where(Station.charge_box_id == REVERSING_STATION)).one()
    order = TagByteOrder.REVERSED
    sent = written_for(str(FIRST_TAG + 4 * TAG_STEP), Reader(byte_order=order))
    details = {"id_token": sent, "tag_byte_order": order.value}
    events.record(db, EventKind.TAG_KNOWN_OTHERWISE, station_id, now() - DAY, details)
