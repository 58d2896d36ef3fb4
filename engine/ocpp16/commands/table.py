"""Every command that a station of OCPP 1.6 understands, in one table."""

from collections.abc import Mapping
from functools import partial

from domain.models import Action
from domain.reports import Order
from engine import schemas
from engine.ocpp1 import over_soap
from engine.ocpp1.commands import configuration, core, firmware, local_list, reservation
from engine.ocpp1.commands.question import Question, Questions, by_status, done, in_table, nothing
from engine.ocpp16 import NAME, VERSION
from engine.ocpp16.commands import remote_trigger, security, smart_charging
from engine.ocpp16.reading import reader
from ocpp_soap.v16 import V16


def _in_words_of(question: Questions) -> Mapping[Action, Question]:
    """What 1.6 knows by whichever transport it is spoken."""
    return {
        Action.REMOTE_START: question("RemoteStartTransaction", smart_charging.remote_start, by_status()),
        Action.REMOTE_STOP: question("RemoteStopTransaction", core.remote_stop, by_status()),
        Action.RESET: question("Reset", core.reset, by_status()),
        Action.UNLOCK: question("UnlockConnector", core.unlock, by_status("Unlocked")),
        Action.CHANGE_AVAILABILITY: question("ChangeAvailability", core.change_availability, by_status("Scheduled")),
        Action.UPDATE_FIRMWARE: question("UpdateFirmware", firmware.update_firmware, done),
        Action.GET_DIAGNOSTICS: question("GetDiagnostics", firmware.get_diagnostics, firmware.diagnostics_verdict),
        Action.SEND_LOCAL_LIST: question("SendLocalList", local_list.send_local_list, by_status()),
        Action.GET_LOCAL_LIST_VERSION: question("GetLocalListVersion", nothing, local_list.version_verdict),
        Action.GET_CONFIGURATION: question(
            "GetConfiguration",
            configuration.get_configuration,
            configuration.configuration_verdict,
            configuration.read_configuration,
        ),
        Action.CHANGE_CONFIGURATION: question(
            "ChangeConfiguration", configuration.change_configuration, by_status("RebootRequired")
        ),
        Action.CLEAR_CACHE: question("ClearCache", nothing, by_status()),
        Action.TRIGGER_MESSAGE: question("TriggerMessage", remote_trigger.trigger_message, by_status()),
        Action.RESERVE: question("ReserveNow", reservation.reserve, by_status()),
        Action.CANCEL_RESERVATION: question("CancelReservation", reservation.cancel_reservation, by_status()),
        Action.SET_CHARGING_PROFILE: question("SetChargingProfile", smart_charging.set_charging_profile, by_status()),
        Action.CLEAR_CHARGING_PROFILE: question(
            "ClearChargingProfile", smart_charging.clear_charging_profile, by_status()
        ),
        Action.GET_COMPOSITE_SCHEDULE: question(
            "GetCompositeSchedule", smart_charging.get_composite_schedule, smart_charging.composite_schedule_verdict
        ),
        Action.DATA_TRANSFER: question("DataTransfer", core.data_transfer, core.data_transfer_verdict),
    }


over_json = Questions(partial(schemas.check, VERSION), lambda action: reader(f"{action}Response"))

TABLE: Mapping[Action, Question] = {
    **_in_words_of(over_json),
    Action.GET_LOG: over_json("GetLog", security.get_log, security.log_verdict),
}
TABLE_OVER_SOAP: Mapping[Action, Question] = _in_words_of(over_soap.questions(V16))
"""Without the security extension, which is one of OCPP-J."""

SIGNED_UPDATE = over_json("SignedUpdateFirmware", security.signed_update_firmware, by_status("AcceptedCanceled"))
EXTENDED_TRIGGER = over_json("ExtendedTriggerMessage", remote_trigger.extended_trigger_message, by_status())


def question_for(order: Order) -> Question:
    """Two commands go by another message where what is asked calls for it."""
    match order.action:
        case Action.UPDATE_FIRMWARE if security.is_signed(order):
            return SIGNED_UPDATE
        case Action.TRIGGER_MESSAGE if remote_trigger.is_extended(order):
            return EXTENDED_TRIGGER
        case action:
            return TABLE[action]


question_over_soap_for = in_table(TABLE_OVER_SOAP, NAME)
