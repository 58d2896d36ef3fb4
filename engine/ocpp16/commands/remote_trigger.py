"""The profile RemoteTrigger, and its newer sister in the security extension."""

from domain.command_parameters import TriggeredMessage
from domain.reports import Order
from engine.ocpp1.commands.question import Payload, renamed

PLAIN = {
    TriggeredMessage.BOOT: "BootNotification",
    TriggeredMessage.HEARTBEAT: "Heartbeat",
    TriggeredMessage.STATUS: "StatusNotification",
    TriggeredMessage.METER_VALUES: "MeterValues",
    TriggeredMessage.FIRMWARE_STATUS: "FirmwareStatusNotification",
    TriggeredMessage.DIAGNOSTICS_STATUS: "DiagnosticsStatusNotification",
}
EXTENDED = {
    TriggeredMessage.BOOT: "BootNotification",
    TriggeredMessage.HEARTBEAT: "Heartbeat",
    TriggeredMessage.STATUS: "StatusNotification",
    TriggeredMessage.METER_VALUES: "MeterValues",
    TriggeredMessage.FIRMWARE_STATUS: "FirmwareStatusNotification",
    TriggeredMessage.LOG_STATUS: "LogStatusNotification",
    TriggeredMessage.SIGN_CERTIFICATE: "SignChargePointCertificate",
}


def is_extended(order: Order) -> bool:
    """Some messages have a name in one of the two only; it then decides, whatever was asked for."""
    message = order.parameters["message"]
    return message not in PLAIN or (order.parameters.get("extended", False) and message in EXTENDED)


def trigger_message(order: Order) -> Payload:
    """TriggerMessage (5.17)."""
    return {"requestedMessage": PLAIN[order.parameters["message"]], **_connector(order)}


def extended_trigger_message(order: Order) -> Payload:
    """ExtendedTriggerMessage ("Improved security for OCPP 1.6-J", 4.2.2)."""
    return {"requestedMessage": EXTENDED[order.parameters["message"]], **_connector(order)}


def _connector(order: Order) -> Payload:
    """Without one, all are meant."""
    return renamed(order.parameters, {"outlet": "connectorId"})
