"""Every command that a station of OCPP 1.5 understands, in one table."""

from collections.abc import Mapping

from domain.models import Action
from engine.ocpp1 import over_soap
from engine.ocpp1.commands import configuration, core, firmware, reservation
from engine.ocpp1.commands.local_list import version_verdict
from engine.ocpp1.commands.question import Question, by_status, done, in_table, nothing
from engine.ocpp15 import NAME
from engine.ocpp15.commands.local_list import send_local_list
from ocpp_soap.v15 import V15

question = over_soap.questions(V15)

TABLE: Mapping[Action, Question] = {
    Action.REMOTE_START: question("RemoteStartTransaction", core.remote_start, by_status()),
    Action.REMOTE_STOP: question("RemoteStopTransaction", core.remote_stop, by_status()),
    Action.RESET: question("Reset", core.reset, by_status()),
    Action.UNLOCK: question("UnlockConnector", core.unlock, by_status()),
    Action.CHANGE_AVAILABILITY: question("ChangeAvailability", core.change_availability, by_status("Scheduled")),
    Action.UPDATE_FIRMWARE: question("UpdateFirmware", firmware.update_firmware, done),
    Action.GET_DIAGNOSTICS: question("GetDiagnostics", firmware.get_diagnostics, firmware.diagnostics_verdict),
    Action.SEND_LOCAL_LIST: question("SendLocalList", send_local_list, by_status()),
    Action.GET_LOCAL_LIST_VERSION: question("GetLocalListVersion", nothing, version_verdict),
    Action.GET_CONFIGURATION: question(
        "GetConfiguration",
        configuration.get_configuration,
        configuration.configuration_verdict,
        configuration.read_configuration,
    ),
    Action.CHANGE_CONFIGURATION: question("ChangeConfiguration", configuration.change_configuration, by_status()),
    Action.CLEAR_CACHE: question("ClearCache", nothing, by_status()),
    Action.RESERVE: question("ReserveNow", reservation.reserve, by_status()),
    Action.CANCEL_RESERVATION: question("CancelReservation", reservation.cancel_reservation, by_status()),
    Action.DATA_TRANSFER: question("DataTransfer", core.data_transfer, core.data_transfer_verdict),
}

question_for = in_table(TABLE, NAME)
