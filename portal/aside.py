"""Heavy computing beside the others: in a thread of its own, while this process goes on serving stations and pages."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import gevent

P = ParamSpec("P")
Result = TypeVar("Result")


def compute(function: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """What `function` returns or raises. It must touch nothing that is not its own: no request, no database."""
    result: Result = gevent.get_hub().threadpool.apply(function, args, kwargs)
    return result
