"""Structured logs on standard error: JSON lines for machines, coloured lines for a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from slomix.redact import mask_known, mask_values
from slomix.settings import LogSettings

#: Libraries that tell too much at the level of the program.
QUIET = {
    "asyncpg": logging.WARNING,
    "discord": logging.WARNING,
    "uvicorn": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "watchfiles": logging.WARNING,
    "pgqueuer": logging.WARNING,
    "asyncio": logging.WARNING,
}


def setup(settings: LogSettings, *, verbose: bool = False) -> None:
    """Route structlog and the standard library's logging to standard error. `verbose` lowers the level to debug."""
    level = logging.DEBUG if verbose else getattr(logging, settings.level.upper())
    console = settings.format == "console" or (settings.format == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(foreign_pre_chain=shared, processors=_rendering(console=console)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("slomix").setLevel(level)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Whatever was logged, by whom and how: no line leaves with a secret that is known."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_known(super().format(record))


def _rendering(*, console: bool) -> list[Any]:
    cleaned = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, _hide]
    if console:
        # Plain tracebacks: the default one prints local variables, and those may hold secrets.
        plain = structlog.dev.plain_traceback
        return [*cleaned, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    return [*cleaned, _readable_order, structlog.processors.JSONRenderer()]


def _hide(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """No secret in any value, the exception's text among them."""
    hidden: dict[str, Any] = mask_values(event)
    return hidden


def _readable_order(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """When, how grave, who and what come first in a line of JSON."""
    first = {key: event[key] for key in ("timestamp", "level", "logger", "event") if key in event}
    return {**first, **event}
