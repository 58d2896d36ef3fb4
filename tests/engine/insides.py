"""The engine as it is, with a window through which a test sees what its process holds."""

import gc
import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from greenlet import greenlet

from engine.runtime import get_runtime
from engine.transports.line import Line
from wsgi import create_engine as create_real_engine

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/insides"


def create_engine() -> "WSGIApplication":
    engine = create_real_engine()

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return engine(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(_insides()).encode()]

    return app


def _insides() -> dict[str, Any]:
    gc.collect()
    everything = gc.get_objects()
    return {
        "greenlets": sum(isinstance(one, greenlet) and not one.dead for one in everything),
        "lines": sum(isinstance(one, Line) for one in everything),
        "held": len(get_runtime().connections._held),
        "files": len(os.listdir("/proc/self/fd")),
    }
