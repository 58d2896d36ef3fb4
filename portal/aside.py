"""Heavy computing beside the others: in a thread of its own, while this process goes on serving stations and pages."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import gevent

P = ParamSpec("P")
Result = TypeVar("Result")


def compute(function: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """What `function` returns or raises. It must touch nothing that is not its own: no request, no database."""
    raised: list[Exception] = []

    def computed() -> Result | None:
        # What is raised in that thread gevent would print, though it is expected.
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - it goes on below
            raised.append(error)
            return None

    result: Result = gevent.get_hub().threadpool.apply(computed)
    if raised:
        raise raised[0]
    return result
