"""Where in the database a person may stand: each column that holds texts, and what becomes of it when one is erased.

A column stands in one of the two tables, and a test asks for each new one. What goes along with its user's row, by the
database itself (ON DELETE CASCADE), is in the second one: nobody else's text is there.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, or_

from domain.models import Message

SEARCHED: Mapping[str, tuple[str, ...]] = {
    "alarm": ("info",),
    "alarm_history": ("info",),
    "alarm_remark": ("note",),
    "charging_session_review": ("note",),
    "command": ("parameters", "answer", "outcome"),
    "command_batch": ("parameters",),
    "event": ("details",),
    "export_file": ("query",),
    "export_schedule": ("query",),
    "message": ("frame", "reason"),
    "outlet": ("status_info",),
    "rollout": ("changes",),
    "rollout_station": ("details",),
    "saved_view": ("query",),
    "service_delivery": ("body", "answer"),
    "station": ("status_info",),
    "station_parameter": ("value", "asked_value"),
}
"""What others wrote, stations among them: the person is taken out of these texts, and the rest of them stays."""

MAY_TELL: Mapping[str, ColumnElement[bool]] = {
    Message.__tablename__: or_(Message.action.is_(None), Message.action.not_in(("Heartbeat", "MeterValues"))),
}
"""Where only some rows are looked at: nine of ten frames are such, and hold neither tag nor text (OCPP 1.6, 6.35)."""

OF_THEIR_OWN = "goes with its user, or is emptied in the same transaction"
OF_A_NODE = "about a place, not a person; whoever wrote a name there takes it out there"
MADE_HERE = "words and numbers of the portal, or of makers"
KEPT: Mapping[str, str] = {
    "ab_api_key": "Flask-AppBuilder's, without use here",
    "ab_group": "Flask-AppBuilder's, without use here",
    "ab_permission": MADE_HERE,
    "ab_register_user": "Flask-AppBuilder's, without use here",
    "ab_role": MADE_HERE,
    "ab_user": OF_THEIR_OWN,
    "ab_view_menu": MADE_HERE,
    "alarm": OF_A_NODE,
    "alarm_history": OF_A_NODE,
    "alarm_mail": OF_THEIR_OWN,
    "alarm_rule": MADE_HERE,
    "audit_entry": "names people by number only, and can never be changed",
    "backup": MADE_HERE,
    "charging_session": OF_THEIR_OWN,
    "command": MADE_HERE,
    "erasure": "encrypted, and gone when the erasure is done",
    "event": MADE_HERE,
    "export_file": MADE_HERE,
    "export_schedule": "how its user reaches a server of theirs",
    "feed_evse": OF_A_NODE,
    "feed_location": OF_A_NODE,
    "firmware_image": MADE_HERE,
    "floor": OF_A_NODE,
    "floor_plan": MADE_HERE,
    "id_token": "goes with its user; a group is nobody's",
    "local_list": "a list that names a tag of theirs goes as a whole",
    "message": MADE_HERE,
    "meter_value": "what meters showed",
    "news": "published; whoever wrote a name there takes it out there",
    "outlet": OF_A_NODE,
    "personal_api_key": OF_THEIR_OWN,
    "saved_view": "what its user calls it, and nobody else sees",
    "service": MADE_HERE,
    "service_change": MADE_HERE,
    "service_charge": "a tag that is made for one charge of a service",
    "service_delivery": MADE_HERE,
    "service_outlet_value": OF_A_NODE,
    "site": OF_A_NODE,
    "station": OF_A_NODE,
    "station_file": "what the station called it; the file itself goes when its days are over",
    "station_parameter": MADE_HERE,
    "station_password_failure": "where wrong passwords for stations came from",
    "system": OF_A_NODE,
    "unknown_station": "what a device calls itself",
}
"""The other texts of these tables stay, and why."""
