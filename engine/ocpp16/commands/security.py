"""What "Improved security for OCPP 1.6-J" (edition 3) adds: signed firmware and logs. Our number of the command is the
requestId by which the station tells later how it goes."""

from domain.reports import Order
from engine.ocpp1.commands.firmware import TRIES, retrieve_date
from engine.ocpp1.commands.question import Payload, Verdict, by_status, renamed, times

LOGS = {"diagnostics": "DiagnosticsLog", "security": "SecurityLog"}


def is_signed(order: Order) -> bool:
    return bool(order.parameters.get("signing_certificate") and order.parameters.get("signature"))


def signed_update_firmware(order: Order) -> Payload:
    """SignedUpdateFirmware (4.2.6)."""
    firmware = {
        "location": order.parameters["location"],
        "retrieveDateTime": retrieve_date(order),
        **times(order.parameters, {"install_at": "installDateTime"}),
        "signingCertificate": order.parameters["signing_certificate"],
        "signature": order.parameters["signature"],
    }
    return {"requestId": order.command_id, "firmware": firmware, **renamed(order.parameters, TRIES)}


def get_log(order: Order) -> Payload:
    """GetLog (4.2.3)."""
    log = {
        "remoteLocation": order.parameters["location"],
        **times(order.parameters, {"since": "oldestTimestamp", "until": "latestTimestamp"}),
    }
    return {
        "logType": LOGS[order.parameters["log"]],
        "requestId": order.command_id,
        "log": log,
        **renamed(order.parameters, TRIES),
    }


def log_verdict(answer: Payload) -> Verdict:
    verdict = by_status("AcceptedCanceled")(answer)
    return Verdict(verdict.state, {**verdict.outcome, **renamed(answer, {"filename": "file_name"})})
