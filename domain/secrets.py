"""Secrets in the database: encrypted where they are needed again, hashed where they are only recognised.

The key is derived from the installation's secret, so a copy of the database alone tells nobody anything.
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config import get_settings
from domain.errors import DomainError

KEY_BYTES = 32
PURPOSE = b"charge-portal: secrets in the database"
HASH_PURPOSE = b"charge-portal: hashes in the database"
"""They keep the keys apart from each other and from what else is made of the installation's secret (RFC 5869, 3.2)."""


class UnreadableSecretError(DomainError):
    """It was encrypted under another secret of the installation (SECRET_KEY)."""


def encrypt(text: str) -> str:
    return _cipher(get_settings().session_secret()).encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Raises UnreadableSecretError."""
    try:
        return _cipher(get_settings().session_secret()).decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise UnreadableSecretError("This was encrypted under another SECRET_KEY.") from None


def new_secret() -> str:
    """For a link or a key: 256 random bits, in characters that stand in an address."""
    return secrets.token_urlsafe(KEY_BYTES)


def hash_secret(secret: str) -> bytes:
    """The 32 bytes to keep of a secret that is random throughout, as `new_secret` makes them; never of a password."""
    return hashlib.sha256(secret.encode()).digest()


def keyed_hash(secret: bytes) -> str:
    """64 hexadecimal digits that nobody can find without the installation's secret, however simple the secret is."""
    key = _key(get_settings().session_secret(), HASH_PURPOSE)
    return hmac.digest(key, secret, "sha256").hex()


@lru_cache(maxsize=1)
def _cipher(installation_secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(installation_secret, PURPOSE)))


@lru_cache(maxsize=2)
def _key(installation_secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(installation_secret.encode())
