"""What the central system may ask of a station: one file per feature profile of OCPP 1.6.

A further profile is a further class here, and its name in the station's SupportedFeatureProfiles.
"""

from simulator.commands.core import CoreCommands
from simulator.commands.remote_trigger import RemoteTriggerCommands


class Commands(CoreCommands, RemoteTriggerCommands):
    """Every command that a simulated station answers; to any other it says NotImplemented."""
