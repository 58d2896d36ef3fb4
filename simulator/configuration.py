"""The configuration keys of a simulated station (OCPP 1.6, chapter 9; Improved security for OCPP 1.6-J, 2.2)."""

from collections.abc import Container
from dataclasses import dataclass

from ocpp.v16.datatypes import KeyValue
from ocpp.v16.enums import ConfigurationKey, ConfigurationStatus

ADDRESS_KEY = "CentralSystemURL"
"""A vendor's own: where the station connects to once it has restarted."""
APN_KEY = "APN"
"""A vendor's own: a station that is given another access point than its SIM card knows has no line any more."""
KNOWN_APNS = ("internet", "internet.m2m")
KEY_LENGTHS = range(16, 41)


@dataclass
class Entry:
    value: str
    readonly: bool = False
    at_restart: bool = False
    """Whether a change waits for the next start."""
    is_secret: bool = False
    """Written and never told."""
    is_text: bool = False
    """Any text, even where the value looks like a number."""
    lengths: range | None = None

    def allows(self, value: str) -> bool:
        """Whether the new value is of the old one's kind: a whole number, a truth value, any text."""
        if self.lengths is not None and len(value) not in self.lengths:
            return False
        if self.value.isdecimal() and not self.is_text:
            return value.isascii() and value.isdecimal()
        if self.value in ("true", "false"):
            return value.lower() in ("true", "false")
        return True


def _defaults(outlets: int, url: str, model: str) -> dict[str, Entry]:
    key = ConfigurationKey
    sampled = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,SoC"
    profiles = "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"
    return {
        key.allow_offline_tx_for_unknown_id: Entry("false"),
        key.authorization_cache_enabled: Entry("true"),
        key.authorize_remote_tx_requests: Entry("true"),
        key.clock_aligned_data_interval: Entry("0"),
        key.connection_time_out: Entry("60"),
        key.connector_phase_rotation: Entry("NotApplicable"),
        key.get_configuration_max_keys: Entry("50", readonly=True),
        key.heartbeat_interval: Entry("300"),
        key.light_intensity: Entry("80"),
        key.local_authorize_offline: Entry("true"),
        key.local_pre_authorize: Entry("false"),
        key.meter_values_aligned_data: Entry(""),
        key.meter_values_sampled_data: Entry(sampled, readonly=True),
        key.meter_value_sample_interval: Entry("60"),
        key.minimum_status_duration: Entry("0"),
        key.number_of_connectors: Entry(str(outlets), readonly=True),
        key.reset_retries: Entry("3"),
        key.stop_transaction_on_ev_side_disconnect: Entry("true"),
        key.stop_transaction_on_invalid_id: Entry("true"),
        key.stop_txn_aligned_data: Entry(""),
        key.stop_txn_sampled_data: Entry(""),
        key.supported_feature_profiles: Entry(profiles, readonly=True),
        key.transaction_message_attempts: Entry("3"),
        key.transaction_message_retry_interval: Entry("10"),
        key.unlock_connector_on_ev_side_disconnect: Entry("true"),
        key.web_socket_ping_interval: Entry("60", at_restart=True),
        key.local_auth_list_enabled: Entry("true"),
        key.local_auth_list_max_length: Entry("1000", readonly=True),
        key.send_local_list_max_length: Entry("1000", readonly=True),
        key.reserve_connector_zero_supported: Entry("true", readonly=True),
        key.charge_profile_max_stack_level: Entry("10", readonly=True),
        key.charging_schedule_allowed_charging_rate_unit: Entry("Current,Power", readonly=True),
        key.charging_schedule_max_periods: Entry("24", readonly=True),
        key.max_charging_profiles_installed: Entry("20", readonly=True),
        "SupportedFileTransferProtocols": Entry("FTP,FTPS,HTTP,HTTPS", readonly=True),
        key.authorization_key: Entry("", is_secret=True, lengths=KEY_LENGTHS),
        key.cpo_name: Entry("", is_text=True),
        key.security_profile: Entry("1", readonly=True),
        ADDRESS_KEY: Entry(url, at_restart=True),
        APN_KEY: Entry(KNOWN_APNS[0]),
        "SerialNumberOfMeter": Entry(f"{model}-0001", readonly=True),
    }


class Configuration:
    def __init__(self, outlets: int, url: str = "", model: str = "", left_out: Container[str] = frozenset()) -> None:
        """`left_out` are keys that the station's protocol does not have."""
        entries = {str(key): entry for key, entry in _defaults(outlets, url, model).items()}
        self._entries = {key: entry for key, entry in entries.items() if key not in left_out}

    def number(self, key: ConfigurationKey) -> int:
        return int(self._entries[str(key)].value)

    def is_on(self, key: ConfigurationKey) -> bool:
        return self._entries[str(key)].value.lower() == "true"

    def value(self, key: str) -> str | None:
        entry = self._entries.get(key)
        return None if entry is None else entry.value

    def set(self, key: ConfigurationKey, value: int) -> None:
        """Set by the station itself, such as the heartbeat interval it is told when it boots."""
        self._entries[str(key)].value = str(value)

    def change(self, key: str, value: str) -> ConfigurationStatus:
        """As the central system asks (OCPP 1.6, 5.3)."""
        entry = self._entries.get(key)
        if entry is None:
            return ConfigurationStatus.not_supported
        if entry.readonly or not entry.allows(value):
            return ConfigurationStatus.rejected
        entry.value = value
        return ConfigurationStatus.reboot_required if entry.at_restart else ConfigurationStatus.accepted

    def lookup(self, keys: list[str]) -> tuple[list[KeyValue], list[str]]:
        """Known entries and unknown keys; no key asks for all (OCPP 1.6, 5.8)."""
        chosen = keys or list(self._entries)
        known = [
            KeyValue(key=key, readonly=entry.readonly, value=None if entry.is_secret else entry.value)
            for key in chosen
            if (entry := self._entries.get(key)) is not None
        ]
        return known, [key for key in chosen if key not in self._entries]
