"""Our own files for the browser, under addresses that change with their content, so that they can be kept for long.

`url_for("static", filename="look.css")` is all that a template needs.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

STATIC = Path(__file__).parent / "static"
KEPT_SECONDS = 365 * 24 * 3600


@lru_cache
def _version(path: Path, modified_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    path = STATIC / values.get("filename", "")
    if endpoint == "static" and path.is_file():
        values.setdefault("v", _version(path, path.stat().st_mtime_ns))


def _keep(response: Response) -> Response:
    """Only what carries a version: the content behind any other address may change."""
    if request.endpoint == "static" and response.status_code == 200:
        response.cache_control.public = True
        response.cache_control.no_cache = None if "v" in request.args else True
        response.cache_control.max_age = KEPT_SECONDS if "v" in request.args else None
    return response


def init_app(app: Flask) -> None:
    app.url_defaults(_add_version)
    app.after_request(_keep)
