"""Services as an administrator sets them up."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy.orm import Session

from domain.errors import DomainError
from domain.models import Service, ServiceDelivery
from domain.secrets import decrypt, encrypt, hash_secret, new_secret
from domain.services import outbox, signing
from domain.services.adapters import ADAPTERS, Adapter
from domain.services.configuration import Configuration
from domain.services.outbox import Told

TEST = "test"


class Missing(StrEnum):
    """What a service lacks before it can be enabled; the screen translates it."""

    CONFIGURATION = "configuration"
    SECRETS = "secrets"


class NotReadyError(DomainError):
    """A service cannot be enabled yet."""

    def __init__(self, missing: Missing) -> None:
        super().__init__(f"The service has no {missing} yet.")
        self.missing = missing


def adapter_of(service: Service) -> Adapter:
    return ADAPTERS[service.kind]


def configuration_of(service: Service) -> Configuration | None:
    """None while it is not whole."""
    try:
        return adapter_of(service).configuration.model_validate(service.configuration)
    except ValidationError:
        return None


def configure(service: Service, values: Mapping[str, Any]) -> None:
    """Raises pydantic's ValidationError, which names each field that is wrong."""
    whole = adapter_of(service).configuration.model_validate(dict(values))
    service.configuration = whole.model_dump(mode="json")


def make_secrets(service: Service) -> dict[str, str]:
    """New ones for what its kind needs, shown this once: `secret` signs, `token` lets in. The old hold no more."""
    made: dict[str, str] = {}
    adapter = adapter_of(service)
    if adapter.is_called:
        made["secret"] = signing.new_secret()
        service.sealed_secret = encrypt(made["secret"])
    if adapter.comes:
        made["token"] = new_secret()
        service.token_hash = hash_secret(made["token"])
    return made


def missing_in(service: Service) -> Missing | None:
    """What keeps it from being enabled."""
    if configuration_of(service) is None:
        return Missing.CONFIGURATION
    adapter = adapter_of(service)
    lacks_secret = adapter.is_called and service.sealed_secret is None
    return Missing.SECRETS if lacks_secret or (adapter.comes and service.token_hash is None) else None


def secret_of(service: Service) -> str:
    """What signs its messages. Raises UnreadableSecretError."""
    return decrypt(service.sealed_secret or "")


def address_of(service: Service) -> str:
    """Where its messages go."""
    return str(service.configuration.get("url", ""))


def enable(service: Service) -> None:
    """Raises NotReadyError. What follows is left to `check`."""
    if missing := missing_in(service):
        raise NotReadyError(missing)
    service.is_enabled = True
    service.failures, service.failing_since_at, service.resumes_at, service.trouble = 0, None, None, None


def check(db: Session, service: Service, now: datetime) -> None:
    """What follows once it is enabled, or configured otherwise. It may be much: a worker does it (engine/jobs.py)."""
    if service.is_enabled:
        db.flush()
        adapter_of(service).check(db, service, now)


def disable(service: Service) -> None:
    """It is told nothing and let in no more; what waits for it stays until its time is over."""
    service.is_enabled = False


def test(db: Session, service: Service, now: datetime) -> None:
    """Tell it that this is a test, at once; what it answers stands among the deliveries."""
    service.resumes_at = None
    told = Told(f"{TEST}-{uuid4()}", TEST, TEST, now, {"service": service.name})
    outbox.put(db, service.id, [told], now)


def send_again(db: Session, service: Service, delivery_id: int, now: datetime) -> bool:
    """Whether there is such a delivery."""
    delivery = db.get(ServiceDelivery, delivery_id)
    if delivery is None or delivery.service_id != service.id:
        return False
    outbox.send_again(service, delivery, now)
    return True
