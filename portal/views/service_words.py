"""Services as a person reads them."""

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from domain.models import DeliveryState, ServiceKind
from domain.services.configuration import WebhookTopic
from domain.services.setting_up import Missing

KINDS = {
    ServiceKind.MAP_FEED.value: _l("Map feed"),
    ServiceKind.PARKING.value: _l("Parking payment"),
    ServiceKind.WEBHOOK.value: _l("Webhook"),
}
KINDS_EXPLAINED = {
    ServiceKind.MAP_FEED: _l("Map feed: maps such as NOBIL fetch sites, outlets and their state (OCPI 2.2.1)"),
    ServiceKind.PARKING: _l("Parking payment: an app such as EasyPark starts and stops charges, and bills them"),
    ServiceKind.WEBHOOK: _l("Webhook: a system of yours is told of states, finished sessions and alarms"),
}
ABOUT = {
    ServiceKind.MAP_FEED: _l(
        "Maps fetch from here with the token. Only sites with a position are shown, and only what really changed is"
        " marked as changed. What an outlet is called there stands on the outlet's own page."
    ),
    ServiceKind.PARKING: _l(
        "The provider comes with the token to start and stop charges at outlets, each named by its UUID, and is told of"
        " their progress and, once and for all, of their end."
    ),
    ServiceKind.WEBHOOK: _l(
        "Each message is a POST with JSON, signed as Standard Webhooks has it (HMAC-SHA256). One that is not taken is"
        " sent again, ever later, for three days."
    ),
}

STATES = {"working": _l("working"), "trouble": _l("in trouble"), "disabled": _l("disabled")}
CHIPS = {"working": "available", "trouble": "fault", "disabled": "offline"}
"""As which state of the tree each is coloured."""

TOPICS = {
    WebhookTopic.STATUS: _l("States of stations and outlets"),
    WebhookTopic.CHARGING_SESSIONS: _l("Finished sessions"),
    WebhookTopic.ALARMS: _l("Alarms"),
}
MESSAGES = {
    "test": _l("Test"),
    "outlet.status_changed": _l("State of an outlet"),
    "station.status_changed": _l("State of a station"),
    "station.line_changed": _l("Connection of a station"),
    "charging_session.finished": _l("Finished session"),
    "charging_session.corrected": _l("Corrected session"),
    "alarm.raised": _l("Alarm raised"),
    "alarm.acknowledged": _l("Alarm acknowledged"),
    "alarm.cleared": _l("Alarm over"),
    "parking.started": _l("Charge began"),
    "parking.progress": _l("Progress of a charge"),
    "parking.final": _l("End of a charge"),
    "parking.corrected": _l("Corrected end of a charge"),
}
"""The kinds of messages."""

DELIVERIES = {
    DeliveryState.WAITING: _l("waiting"),
    DeliveryState.DELIVERED: _l("delivered"),
    DeliveryState.GIVEN_UP: _l("given up"),
}
DELIVERY_CHIPS = {
    DeliveryState.WAITING: "charging",
    DeliveryState.DELIVERED: "available",
    DeliveryState.GIVEN_UP: "fault",
}

MISSING = {
    Missing.CONFIGURATION: _l("Configure the service first."),
    Missing.SECRETS: _l("Make its secrets first."),
}

SECRETS = {
    "secret": _l("Secret: it signs what the service is told"),
    "token": _l("Token: with it the service comes here"),
}


def state_chip(state: str) -> Markup:
    """A state with its symbol and its word."""
    word = str(STATES[state])
    return _chip(CHIPS[state], word)


def delivery_chip(state: DeliveryState) -> Markup:
    return _chip(DELIVERY_CHIPS[state], str(DELIVERIES[state]))


def _chip(colour: str, word: str) -> Markup:
    written = word[:1].upper() + word[1:]
    return Markup('<span class="chip {}"><i class="dot" aria-hidden="true"></i>{}</span>').format(colour, written)
