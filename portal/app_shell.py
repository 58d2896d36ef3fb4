"""What makes an app of the drivers' pages: its manifest, its service worker, and the page it shows without a line.

All three are open to everybody and hold nothing of anybody, since browsers fetch them when they like.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, url_for
from flask_babel import force_locale, gettext, pgettext

from portal.assets import STATIC
from portal.frame import language
from portal.language import LANGUAGES

app_shell = Blueprint("app_shell", __name__)

WORKER = STATIC / "service_worker.js"
OFFLINE_PAGE = Path(__file__).parent / "templates" / "offline.html"
OFFLINE_FILES = ("look.css", "theme.js", "sign_out.js", "offline.js", "icon.svg")
"""What the page without a line is made of."""
LIGHT, DARK = "#ffffff", "#182027"
"""The ground of the frame (static/look.css, `--card`)."""
BACKGROUND = "#f4f6f8"


@app_shell.get("/manifest.webmanifest")
def manifest() -> Response:
    """Web App Manifest (W3C), in the language of whoever asks."""
    return _file("application/manifest+json", orjson.dumps(_manifest()))


def _manifest() -> dict[str, Any]:
    return {
        "id": url_for("ChargingView.index"),
        "name": gettext("Charge Portal: my charging"),
        "short_name": pgettext("app", "Charging"),
        "description": gettext("Find an outlet, start and stop your charge, and see what it takes."),
        "lang": language(),
        "dir": "ltr",
        "start_url": url_for("ChargingView.index"),
        "scope": url_for("DashboardView.index"),
        "display": "standalone",
        "theme_color": LIGHT,
        "background_color": BACKGROUND,
        "categories": ["navigation", "utilities"],
        "icons": [
            _icon("build/icon-192.png", "192x192"),
            _icon("build/icon-512.png", "512x512"),
            _icon("build/icon-maskable-512.png", "512x512", purpose="maskable"),
            _icon("icon.svg", "any", kind="image/svg+xml"),
        ],
        "shortcuts": [
            {"name": gettext("Scan the code at an outlet"), "url": url_for("ChargingView.scan")},
            {"name": gettext("Map"), "url": url_for("ChargingMapView.index")},
            {"name": gettext("My sessions"), "url": url_for("OwnSessionsView.index")},
        ],
    }


def _icon(filename: str, sizes: str, kind: str = "image/png", purpose: str = "any") -> dict[str, str]:
    return {"src": url_for("static", filename=filename), "sizes": sizes, "type": kind, "purpose": purpose}


@app_shell.get("/service-worker.js")
def worker() -> Response:
    """The worker with what it keeps. It is another one as soon as any of that is, and so is fetched and takes over."""
    shell: dict[str, Any] = {
        "offline": url_for("app_shell.offline"),
        "files": [url_for("static", filename=name) for name in OFFLINE_FILES],
        "static": url_for("static", filename=""),
    }
    code = WORKER.read_text()
    parts = (code, OFFLINE_PAGE.read_text(), *shell["files"], *_all_words())
    shell["version"] = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
    return _file("text/javascript", b'"use strict";\nconst SHELL = ' + orjson.dumps(shell) + b";\n" + code.encode())


@app_shell.get("/offline")
def offline() -> Response:
    """The page that the worker keeps, in the language of whoever looks; static/app.js sees to that when it changes."""
    page = render_template("offline.html", words=_words(), asked=url_for("health.healthz"))
    response = _file("text/html", page.encode())
    response.headers["Content-Language"] = language()
    return response


def _words() -> dict[str, str]:
    return {
        "title": gettext("You are offline"),
        "text": gettext(
            "The portal cannot be reached: your phone has no connection, or the portal is away."
            " A charge that runs goes on: the station sees to it."
        ),
        "retry": gettext("Try again"),
        "back": gettext("This page comes back by itself as soon as the connection does."),
    }


def _all_words() -> Iterator[str]:
    for code in LANGUAGES:
        with force_locale(code):
            yield from _words().values()


def _file(kind: str, content: bytes) -> Response:
    """Asked for anew each time, so that no old one stays."""
    response = Response(content, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
