"""GET /healthz, for load balancers, the launcher and people: served by the portal and by an engine that runs alone."""

from flask import Blueprint, Response, jsonify

from domain.health import check

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 when all parts answer, else 503; the body names the reason."""
    found = check()
    answer = jsonify(found.as_dict())
    answer.cache_control.no_store = True
    return answer, 200 if found.is_ok else 503
