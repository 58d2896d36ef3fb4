"""The requests a station sends, as the `ocpp` package's dataclasses, from the simulator's words."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from ocpp.v16 import call
from ocpp.v16.datatypes import MeterValue, SampledValue
from ocpp.v16.enums import (
    ChargePointErrorCode,
    ChargePointStatus,
    Measurand,
    ReadingContext,
    Reason,
    UnitOfMeasure,
)

from simulator.charger import Charger
from simulator.outlet import UNKNOWN_TRANSACTION, Outlet, Transaction

VENDOR = "Simulated"
FIRMWARE = "1.0.0"


def now() -> datetime:
    return datetime.now(UTC)


def wire_time(at: datetime) -> str:
    """UTC with milliseconds, such as 2026-11-22T10:00:00.000Z (OCPP 1.6, 3.14 and 3.15)."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def boot_notification(charge_box_id: str, charger: Charger, firmware: str = FIRMWARE) -> call.BootNotification:
    return call.BootNotification(
        charge_point_vendor=VENDOR,
        charge_point_model=charger.model,
        charge_point_serial_number=charge_box_id[:25],
        firmware_version=firmware,
    )


def certificate_request(charge_box_id: str) -> str:
    """A request for a certificate with a key made for it (PEM)."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, charge_box_id[:64])])
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256())
    return request.public_bytes(Encoding.PEM).decode()


def status_notification(
    outlet_number: int, status: ChargePointStatus, error_code: ChargePointErrorCode, at: datetime
) -> call.StatusNotification:
    return call.StatusNotification(
        connector_id=outlet_number, error_code=error_code, status=status, timestamp=wire_time(at)
    )


def start_transaction(outlet_number: int, transaction: Transaction, at: datetime) -> call.StartTransaction:
    return call.StartTransaction(
        connector_id=outlet_number,
        id_tag=transaction.id_token,
        meter_start=transaction.meter_start_wh,
        timestamp=wire_time(at),
        reservation_id=transaction.reservation_id,
    )


def stop_transaction(
    transaction_id: int, meter_wh: int, at: datetime, reason: Reason, id_token: str | None = None
) -> call.StopTransaction:
    return call.StopTransaction(
        transaction_id=transaction_id,
        meter_stop=meter_wh,
        timestamp=wire_time(at),
        reason=reason,
        id_tag=id_token,
    )


def meter_value(outlet: Outlet, at: datetime, context: ReadingContext) -> MeterValue:
    """What the outlet's meter shows now: energy, power, current and the car's state of charge."""
    current_a = outlet.charger.current_a(outlet.power_w)
    readings = (
        (Measurand.energy_active_import_register, UnitOfMeasure.wh, str(outlet.meter_wh)),
        (Measurand.power_active_import, UnitOfMeasure.w, str(round(outlet.power_w))),
        (Measurand.current_import, UnitOfMeasure.a, f"{current_a:.1f}"),
        (Measurand.soc, UnitOfMeasure.percent, str(int(outlet.soc * 100))),
    )
    samples = [
        SampledValue(value=value, context=context, measurand=measurand, unit=unit)
        for measurand, unit, value in readings
    ]
    return MeterValue(timestamp=wire_time(at), sampled_value=samples)


def meter_values(outlet_number: int, transaction: Transaction | None, meter_value: MeterValue) -> call.MeterValues:
    transaction_id = None
    if transaction is not None and transaction.id != UNKNOWN_TRANSACTION:
        transaction_id = transaction.id
    return call.MeterValues(connector_id=outlet_number, meter_value=[meter_value], transaction_id=transaction_id)
