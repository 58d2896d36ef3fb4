"""The configuration keys of a simulated station (OCPP 1.6, chapter 9)."""

from dataclasses import dataclass

from ocpp.v16.datatypes import KeyValue
from ocpp.v16.enums import ConfigurationKey, ConfigurationStatus


@dataclass
class Entry:
    value: str
    readonly: bool = False

    def allows(self, value: str) -> bool:
        """Whether the new value is of the old one's kind: a whole number, a truth value, any text."""
        if self.value.isdecimal():
            return value.isascii() and value.isdecimal()
        if self.value in ("true", "false"):
            return value.lower() in ("true", "false")
        return True


def _defaults(outlets: int) -> dict[str, Entry]:
    key = ConfigurationKey
    sampled = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,SoC"
    return {
        key.allow_offline_tx_for_unknown_id: Entry("false"),
        key.authorization_cache_enabled: Entry("true"),
        key.authorize_remote_tx_requests: Entry("true"),
        key.clock_aligned_data_interval: Entry("0"),
        key.connection_time_out: Entry("60"),
        key.connector_phase_rotation: Entry("NotApplicable"),
        key.get_configuration_max_keys: Entry("50", readonly=True),
        key.heartbeat_interval: Entry("300"),
        key.local_authorize_offline: Entry("true"),
        key.local_pre_authorize: Entry("false"),
        key.meter_values_aligned_data: Entry(""),
        key.meter_values_sampled_data: Entry(sampled, readonly=True),
        key.meter_value_sample_interval: Entry("60"),
        key.number_of_connectors: Entry(str(outlets), readonly=True),
        key.reset_retries: Entry("3"),
        key.stop_transaction_on_ev_side_disconnect: Entry("true"),
        key.stop_transaction_on_invalid_id: Entry("true"),
        key.stop_txn_aligned_data: Entry(""),
        key.stop_txn_sampled_data: Entry(""),
        key.supported_feature_profiles: Entry("Core,RemoteTrigger", readonly=True),
        key.transaction_message_attempts: Entry("3"),
        key.transaction_message_retry_interval: Entry("10"),
        key.unlock_connector_on_ev_side_disconnect: Entry("true"),
        key.web_socket_ping_interval: Entry("60"),
    }


class Configuration:
    def __init__(self, outlets: int) -> None:
        self._entries = {str(key): entry for key, entry in _defaults(outlets).items()}

    def number(self, key: ConfigurationKey) -> int:
        return int(self._entries[str(key)].value)

    def is_on(self, key: ConfigurationKey) -> bool:
        return self._entries[str(key)].value.lower() == "true"

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
        return ConfigurationStatus.accepted

    def lookup(self, keys: list[str]) -> tuple[list[KeyValue], list[str]]:
        """Known entries and unknown keys; no key asks for all (OCPP 1.6, 5.8)."""
        chosen = keys or list(self._entries)
        known = [
            KeyValue(key=key, readonly=entry.readonly, value=entry.value)
            for key in chosen
            if (entry := self._entries.get(key)) is not None
        ]
        return known, [key for key in chosen if key not in self._entries]
