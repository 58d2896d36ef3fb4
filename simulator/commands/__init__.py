"""What the central system may ask of a station: one file per feature profile of OCPP 1.6.

A further profile is a further class here, and its name in the station's SupportedFeatureProfiles.
"""

from simulator.commands.core import CoreCommands
from simulator.commands.firmware_management import FirmwareManagementCommands
from simulator.commands.local_auth_list import LocalAuthListCommands
from simulator.commands.remote_trigger import RemoteTriggerCommands
from simulator.commands.reservation import ReservationCommands
from simulator.commands.security import SecurityCommands
from simulator.commands.smart_charging import SmartChargingCommands


class Commands(
    CoreCommands,
    FirmwareManagementCommands,
    LocalAuthListCommands,
    RemoteTriggerCommands,
    ReservationCommands,
    SecurityCommands,
    SmartChargingCommands,
):
    """Every command that a simulated station answers; to any other it says NotImplemented."""
