"""The log of a process: one entry for each thing worth telling, in words or as JSON (LOG_FORMAT).

What all entries of a request, a job or a station's line are about (`request_id`, `user_id`, `job`, `station`) is bound
once, when it begins, and then stands in each of them, whoever writes it: ours through structlog, libraries through
logging. Nobody is named but by number.
"""

import logging
import os
import re
import sys
from typing import Any
from uuid import uuid4

import orjson
import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

OURS = ("domain", "engine", "launcher", "portal", "rq")
"""Others' words are of interest from warnings on: some name who signs in."""
FIRST = ("time", "level", "process", "pid", "logger", "message")
WELL_FORMED_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
"""What a proxy or a program before us may call a request: a UUID, a ULID, an id of a trace."""


def configure(process: str, level: str, style: str) -> None:
    """For this process and those that it forks; `style` is `text` or `json`."""
    number = logging.getLevelNamesMapping()[level.upper()]

    def name_process(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
        entry["process"], entry["pid"] = process, os.getpid()
        return entry

    told: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        name_process,
        structlog.processors.format_exc_info,
        structlog.processors.EventRenamer("message"),
    ]
    structlog.configure(
        processors=[*told, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    render = in_words if style == "text" else as_json
    handler.setFormatter(
        ProcessorFormatter(foreign_pre_chain=told, processors=[ProcessorFormatter.remove_processors_meta, render])
    )
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(number)
    logging.captureWarnings(True)


def begin(request_id: str | None = None, **about: Any) -> str:
    """Something else is at hand from now on: forget what was bound, bind this; returns the number of the request.

    One that is not well formed is anybody's words, and becomes one of our own.
    """
    structlog.contextvars.clear_contextvars()
    is_good = request_id is not None and WELL_FORMED_ID.fullmatch(request_id)
    number = request_id if request_id and is_good else uuid4().hex
    structlog.contextvars.bind_contextvars(request_id=number, **about)
    return number


def bind(**about: Any) -> None:
    """What is known only now of what is at hand."""
    structlog.contextvars.bind_contextvars(**about)


def request_id() -> str | None:
    """Of the request at hand, or of the one that queued the job at hand."""
    found: str | None = structlog.contextvars.get_contextvars().get("request_id")
    return found


def as_json(_logger: WrappedLogger, _method: str, entry: EventDict) -> str:
    """Always one line."""
    return orjson.dumps(_in_order(entry), default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def in_words(_logger: WrappedLogger, _method: str, entry: EventDict) -> str:
    """Further lines, as of a traceback, are indented: nobody's words begin a line like another entry."""
    words = _in_order(entry)
    time, level, process, pid, logger, message, exception = (words.pop(name, "") for name in (*FIRST, "exception"))
    head, *more = f"{message}\n{exception}".rstrip().splitlines() or [""]
    about = "".join(f" {name}={value!r}" for name, value in words.items())
    return "\n    ".join((f"{time} {level:<7} {process}[{pid}] {logger}: {head}{about}", *more))


def _in_order(entry: EventDict) -> dict[str, Any]:
    return {name: entry[name] for name in FIRST if name in entry} | dict(entry)
