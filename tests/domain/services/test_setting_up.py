import pytest
from pydantic import ValidationError

from domain.models import Service, ServiceKind
from domain.secrets import decrypt
from domain.services import setting_up
from domain.services.setting_up import NotReadyError


def test_a_service_is_configured_before_it_is_enabled(db):
    service = Service(kind=ServiceKind.WEBHOOK, name="Ops", is_enabled=False)
    db.add(service)
    with pytest.raises(NotReadyError):
        setting_up.enable(service)
    assert service.is_enabled is False


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://localhost:9/", "http://169.254.169.254/latest", "http://[::1]/", "ftp://a/"]
)
def test_an_address_of_this_machine_is_refused(url):
    with pytest.raises(ValidationError, match="address"):
        setting_up.configure(Service(kind=ServiceKind.WEBHOOK), {"url": url, "topics": []})


def test_secrets_are_encrypted_and_renewed(db):
    service = Service(kind=ServiceKind.WEBHOOK, name="Ops")
    first = setting_up.make_secrets(service)
    assert first["secret"].startswith("whsec_")
    assert first["secret"] not in service.sealed_secret
    assert decrypt(service.sealed_secret) == first["secret"] == setting_up.secret_of(service)
    assert setting_up.make_secrets(service)["secret"] != first["secret"]
