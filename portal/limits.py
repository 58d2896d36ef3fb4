"""How often somebody may try to sign in, and a program may call: counted in Redis, by all processes together.

Each attempt is counted before the password or the code is looked at, so that many at once cannot slip through. Only a
whole sign-in clears the account's count: else who knows the password could guess codes forever. Nothing clears the
address's: else so could a guesser with an account of their own.
"""

import hashlib
from collections.abc import Callable, Mapping
from math import ceil
from time import time

from flask import Flask, abort, current_app, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse

from config import get_settings

limiter = Limiter(key_func=get_remote_address)

ADDRESS_LIMIT = "100 per 5 minutes"
"""Wide enough for an office behind one address in the morning."""
ACCOUNT_LIMIT = "10 per 5 minutes"
CALL_LIMIT = "1200 per minute"
"""With the API keys of one person: twenty calls a second, so that a loop that ran wild leaves the portal to others."""
EXPORT_LIMIT = "60 per 5 minutes"
"""Of one person: every five seconds one, whatever its size."""

CODE_STEP = "second_factor_step"
"""Where the session keeps who knew the password and has not given the code yet (portal/pages/sign_in.py)."""


def configuration() -> dict[str, object]:
    """What Flask-Limiter reads from the application's configuration."""
    url = get_settings().valkey_url
    return {
        "RATELIMIT_ENABLED": True,
        "RATELIMIT_STORAGE_URI": f"redis+{url}" if url.startswith("unix:") else url,
        "RATELIMIT_STRATEGY": "fixed-window",
        "SIGN_IN_ADDRESS_LIMIT": ADDRESS_LIMIT,
        "SIGN_IN_ACCOUNT_LIMIT": ACCOUNT_LIMIT,
        "API_CALL_LIMIT": CALL_LIMIT,
        "API_EXPORT_LIMIT": EXPORT_LIMIT,
    }


def init_app(app: Flask) -> None:
    """Count the attempts at every door; to be called before Flask-AppBuilder sets up its own hooks."""
    app.before_request(_count_at_doors)
    address_limit, account_limit = (
        parse(app.config["SIGN_IN_ADDRESS_LIMIT"]),
        parse(app.config["SIGN_IN_ACCOUNT_LIMIT"]),
    )
    app.extensions["sign_in_limits"] = (address_limit, account_limit)


def count_attempt(account: str) -> None:
    """Count an attempt at this account from this address; 429 once there were too many at either."""
    address_limit, account_limit = current_app.extensions["sign_in_limits"]
    _hit(address_limit, "sign-in address", get_remote_address())
    if account:
        _hit(account_limit, *_account_key(account))


def count_call(user_id: int) -> None:
    """Count a call with a key of this person; 429 once there were too many."""
    _count(parse(current_app.config["API_CALL_LIMIT"]), "call", user_id)


def count_export(user_id: int) -> None:
    """Count an export that this person asks for; 429 once there were too many."""
    _count(parse(current_app.config["API_EXPORT_LIMIT"]), "export", user_id)


def forget_attempts(account: str) -> None:
    """Forget the failed attempts at an account, since its owner came in."""
    _, account_limit = current_app.extensions["sign_in_limits"]
    limiter.limiter.clear(account_limit, *_account_key(account))


def normal_account(written: object) -> str:
    """An account as it is stored and counted, however it was typed; what cannot be stored is a question mark."""
    if not isinstance(written, str):
        return ""
    return written.strip().lower().replace("\0", "?").encode(errors="replace").decode()


def _named_in(field: str) -> Callable[[], str]:
    """The account that a form or a JSON body names."""

    def account() -> str:
        body = request.get_json(silent=True) if request.is_json else request.form
        return normal_account(body.get(field)) if isinstance(body, Mapping) else ""

    return account


def _of_code_step() -> str:
    return normal_account(session.get(CODE_STEP, {}).get("account"))


def _of_link() -> str:
    return normal_account((request.view_args or {}).get("token"))


DOORS: Mapping[str, Callable[[], str]] = {
    "SignInView.login": _named_in("username"),
    "SignInView.code": _of_code_step,
    "SecurityApi.login": _named_in("username"),
    "ForgottenPasswordView.forgot": _named_in("email"),
    "unsubscribe.stop": _of_link,
}
"""The endpoints that count, and which account (or link) is tried there."""


def _count_at_doors() -> None:
    if request.method == "POST" and (account := DOORS.get(request.endpoint or "")):
        count_attempt(account())


def _account_key(account: str) -> tuple[str, str]:
    """Short, however much was sent, and without the e-mail: Redis need not know it."""
    return "sign-in account", hashlib.sha256(account.encode()).hexdigest()


def _hit(limit: RateLimitItem, *key: str) -> None:
    if not limiter.limiter.hit(limit, *key):
        abort(429)


def _count(limit: RateLimitItem, what: str, user_id: int) -> None:
    if limiter.limiter.hit(limit, f"api {what}", str(user_id)):
        return
    seconds = max(1, ceil(limiter.limiter.get_window_stats(limit, f"api {what}", str(user_id)).reset_time - time()))
    abort(429, f"Too many {what}s: {limit} are answered. Try again in {seconds} s", retry_after=seconds)
