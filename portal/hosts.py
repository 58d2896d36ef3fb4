"""Under which names the portal answers.

A page that is fetched under a foreign name can be the work of DNS rebinding. That attack needs a name; an address in
digits is therefore always welcome, so that nobody is locked out of a new installation. Links in what the portal sends
are made from PUBLIC_URL, never from what a request says.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, abort, request
from flask_babel import gettext

from config import get_settings


def is_ours(host: str, public_url: str | None) -> bool:
    """Whether a request for this host (with or without a port) may be answered."""
    name = urlsplit(f"//{host}").hostname
    if public_url is None or not name:
        return True
    return name in ("localhost", urlsplit(public_url).hostname) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _refuse_foreign_names() -> None:
    public_url = get_settings().public_url
    if not is_ours(request.environ.get("HTTP_HOST", ""), public_url):
        abort(400, gettext("This portal answers at %(url)s.", url=public_url))


def init_app(app: Flask) -> None:
    app.before_request(_refuse_foreign_names)
