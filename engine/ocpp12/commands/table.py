"""Every command that a station of OCPP 1.2 understands, in one table: each as 1.5 says it."""

from collections.abc import Mapping

from domain.models import Action
from engine.ocpp1 import over_soap
from engine.ocpp1.commands import configuration, core, firmware
from engine.ocpp1.commands.question import Question, by_status, done, in_table, nothing
from engine.ocpp12 import NAME
from ocpp_soap.v12 import V12

question = over_soap.questions(V12)

TABLE: Mapping[Action, Question] = {
    Action.REMOTE_START: question("RemoteStartTransaction", core.remote_start, by_status()),
    Action.REMOTE_STOP: question("RemoteStopTransaction", core.remote_stop, by_status()),
    Action.RESET: question("Reset", core.reset, by_status()),
    Action.UNLOCK: question("UnlockConnector", core.unlock, by_status()),
    Action.CHANGE_AVAILABILITY: question("ChangeAvailability", core.change_availability, by_status("Scheduled")),
    Action.UPDATE_FIRMWARE: question("UpdateFirmware", firmware.update_firmware, done),
    Action.GET_DIAGNOSTICS: question("GetDiagnostics", firmware.get_diagnostics, firmware.diagnostics_verdict),
    Action.CHANGE_CONFIGURATION: question("ChangeConfiguration", configuration.change_configuration, by_status()),
    Action.CLEAR_CACHE: question("ClearCache", nothing, by_status()),
}

question_for = in_table(TABLE, NAME)
