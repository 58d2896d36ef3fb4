"""What every answer says to the browser: which scripts may run, who may frame the page, what it may use."""

import secrets

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from config import get_settings

ONE_YEAR_SECONDS = 365 * 24 * 3600

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'nonce-{nonce}'",
        "style-src 'self'",
        "img-src {images}",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "worker-src 'self'",
        "manifest-src 'self'",
    )
)

FEATURES = ("camera", "geolocation", "microphone", "payment", "usb")


def _permissions(allowed: str | None = None) -> str:
    """Which features of the device a page may ask for: none but what it is made for."""
    return ", ".join(f"{feature}={'(self)' if feature == allowed else '()'}" for feature in FEATURES)


FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": _permissions(),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def with_permission(page: str, feature: str) -> Response:
    """A page that may ask for one feature of the device, such as `camera`."""
    return Response(page, mimetype="text/html", headers={"Permissions-Policy": _permissions(feature)})


def _images() -> str:
    """Ours, and those of the map that the installation has chosen."""
    origin = get_settings().map_tile_origin
    return "'self' data:" + (f" {origin}" if origin else "")


def csp_nonce() -> str:
    """The word that marks our own inline scripts, new for each request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def _add(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce(), images=_images()))
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR_SECONDS}")
    if not (request.endpoint or "").endswith("static") and "Cache-Control" not in response.headers:
        # What a page shows belongs to who is signed in: nothing of it stays in a shared or a public computer's cache.
        response.headers["Cache-Control"] = "no-store"
    return response


def cookie_configuration() -> dict[str, object]:
    """Cookies that no script reads, that no other site's form sends, and that travel only encrypted where we are."""
    is_secure = get_settings().portal_url.startswith("https:")
    return {
        "SESSION_COOKIE_NAME": "charge_portal",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": is_secure,
        "REMEMBER_COOKIE_NAME": "charge_portal_remember",
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": is_secure,
    }


def init_app(app: Flask) -> None:
    app.after_request(_add)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    if proxies := get_settings().trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
