"""How often somebody may try to sign in: counted in Redis, so that all processes and machines count together.

Each attempt is counted before the password is looked at, so that many at once cannot slip through. A success clears
the account's count, never the address's: else a guesser with one account of their own could go on forever.
"""

from flask import Flask, abort, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse

from config import get_settings

limiter = Limiter(key_func=get_remote_address)

ADDRESS_LIMIT = "100 per 5 minutes"
"""Wide enough for an office behind one address in the morning."""
ACCOUNT_LIMIT = "10 per 5 minutes"

SIGN_IN_ENDPOINTS = ("SignInView.login", "SecurityApi.login")


def configuration() -> dict[str, object]:
    """What Flask-Limiter reads from the application's configuration."""
    url = get_settings().valkey_url
    return {
        "RATELIMIT_ENABLED": True,
        "RATELIMIT_STORAGE_URI": f"redis+{url}" if url.startswith("unix:") else url,
        "RATELIMIT_STRATEGY": "fixed-window",
        "SIGN_IN_ADDRESS_LIMIT": ADDRESS_LIMIT,
        "SIGN_IN_ACCOUNT_LIMIT": ACCOUNT_LIMIT,
    }


def init_app(app: Flask) -> None:
    """Count the attempts at every door; to be called before Flask-AppBuilder sets up its own hooks."""
    app.before_request(_count_sign_in)
    address_limit, account_limit = (
        parse(app.config["SIGN_IN_ADDRESS_LIMIT"]),
        parse(app.config["SIGN_IN_ACCOUNT_LIMIT"]),
    )
    app.extensions["sign_in_limits"] = (address_limit, account_limit)


def account_signed_in(app: Flask, account: str) -> None:
    """Forget the failed attempts at an account, since its owner knew the password."""
    _, account_limit = app.extensions["sign_in_limits"]
    limiter.limiter.clear(account_limit, *_account_key(account))


def normal_account(written: object) -> str:
    """An account as it is stored and counted, however it was typed."""
    return written.strip().lower() if isinstance(written, str) else ""


def _account_key(account: str) -> tuple[str, str]:
    return "sign-in account", account


def _count_sign_in() -> None:
    if request.endpoint not in SIGN_IN_ENDPOINTS or request.method != "POST":
        return
    address_limit, account_limit = current_app.extensions["sign_in_limits"]
    _hit(address_limit, "sign-in address", get_remote_address())
    body = request.get_json(silent=True) if request.is_json else request.form
    account = normal_account(body.get("username")) if isinstance(body, dict) else ""
    if account:
        _hit(account_limit, *_account_key(account))


def _hit(limit: RateLimitItem, *key: str) -> None:
    if not limiter.limiter.hit(limit, *key):
        abort(429)
