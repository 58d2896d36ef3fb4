"""Secrets in the database."""

import pytest

from domain import secrets
from domain.secrets import UnreadableSecretError
from tests.fixtures.environment import using


def test_what_is_encrypted_comes_back_and_cannot_be_read() -> None:
    encrypted = secrets.encrypt("JBSWY3DP")
    assert "JBSWY3DP" not in encrypted
    assert len(encrypted) <= 255
    assert secrets.decrypt(encrypted) == "JBSWY3DP"
    assert secrets.encrypt("JBSWY3DP") != encrypted


def test_another_installation_cannot_read_it(servers: None) -> None:
    encrypted = secrets.encrypt("JBSWY3DP")
    with using(SECRET_KEY="of another installation, long enough too"), pytest.raises(UnreadableSecretError):
        secrets.decrypt(encrypted)
    assert secrets.decrypt(encrypted) == "JBSWY3DP"


@pytest.mark.parametrize("stored", ["", "nonsense", "é"])
def test_what_is_no_secret_is_said_to_be_none(stored: str) -> None:
    with pytest.raises(UnreadableSecretError):
        secrets.decrypt(stored)


def test_new_secrets_differ_and_stand_in_addresses() -> None:
    made = {secrets.new_secret() for _ in range(100)}
    assert len(made) == 100
    assert {len(secret) for secret in made} == {43}
    assert all(secret.replace("-", "").replace("_", "").isalnum() for secret in made)
    assert secrets.hash_secret("a") == secrets.hash_secret("a") != secrets.hash_secret("b")
