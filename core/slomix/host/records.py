"""What the records of a declaration must be like: fields of the right kind, no name twice, functions behind a wall.

Records are plain dataclasses, so a plugin can put anything into them; what is wrong is told here, with the plugin's
name, and not by whoever uses the record later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from slomix import contrib
from slomix.events import Event
from slomix.host.contain import contained, name

log = structlog.get_logger("slomix.host")

_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,79}")
_LONGEST = timedelta(days=1)

Test = tuple[Callable[[Any], bool], str]

_NAMED: Test = (lambda v: isinstance(v, str) and bool(_NAME.fullmatch(v)), "a name of a-z, 0-9, _ . and -")
_TEXT: Test = (lambda v: isinstance(v, str) and bool(v), "a text")
_CALLED: Test = (callable, "a function")
_CALLED_OR_NONE: Test = (lambda v: v is None or callable(v), "None or a function")
_PATH: Test = (lambda v: isinstance(v, str) and v.startswith("/"), "a path that begins with /")
_LIMIT: Test = (lambda v: isinstance(v, timedelta) and timedelta() < v <= _LONGEST, "a timedelta of at most a day")
_PERIOD: Test = (lambda v: v is None or (isinstance(v, timedelta) and v >= timedelta(seconds=1)), "None or 1 s or more")
_COUNT: Test = (lambda v: type(v) is int and v >= 0, "a whole number")
_BOOL: Test = (lambda v: isinstance(v, bool), "True or False")
_WORDS: Test = (lambda v: isinstance(v, tuple) and all(isinstance(w, str) for w in v), "a tuple of texts")

#: What each field of a record must be, in words for a person.
FIELDS: Mapping[type, Mapping[str, Test]] = {
    contrib.Parser: {
        "name": _NAMED,
        "version": _COUNT,
        "sniff": _CALLED,
        "parse": _CALLED,
        "sighting": _CALLED,
        "store": _CALLED,
        "max_bytes": _COUNT,
        "named": _BOOL,
        "without": _CALLED_OR_NONE,
        "kept": _CALLED_OR_NONE,
    },
    contrib.Handler: {
        "event": (lambda v: isinstance(v, type) and issubclass(v, Event), "a class of slomix.events.Event"),
        "run": _CALLED,
        "mode": (lambda v: v in ("durable", "live"), "'durable' or 'live'"),
        "timeout": _LIMIT,
        "when": _CALLED_OR_NONE,
    },
    contrib.Job: {"name": _NAMED, "run": _CALLED, "timeout": _LIMIT, "retries": _COUNT, "every": _PERIOD},
    contrib.Service: {"protocol": (lambda v: isinstance(v, type), "a class")},
    contrib.CogFactory: {"make": _CALLED},
    contrib.Post: {"name": _NAMED, "render": _CALLED},
    contrib.DigestBlock: {"name": _NAMED, "render": _CALLED, "order": _COUNT},
    contrib.Api: {
        "path": _PATH,
        "endpoint": _CALLED,
        "summary": _TEXT,
        "params": (lambda v: v == () or isinstance(v, Mapping), "a mapping"),
    },
    contrib.Page: {"path": _PATH, "endpoint": _CALLED, "name": _TEXT, "methods": _WORDS, "root": _BOOL},
    contrib.Static: {"folder": (lambda v: isinstance(v, Path), "a Path")},
    contrib.Export: {"kind": _NAMED, "columns": _WORDS, "rows": _CALLED, "summary": _TEXT},
    contrib.CliCommand: {"command": (lambda v: _TEXT[0](getattr(v, "name", None)), "a click command")},
    contrib.Check: {"name": _TEXT, "run": _CALLED},
    contrib.Simulator: {"name": _NAMED, "run": _CALLED, "summary": _TEXT},
    contrib.Capability: {"name": _NAMED, "summary": _TEXT},
    contrib.People: {"export": _CALLED, "forget": _CALLED, "move": _CALLED},
    contrib.Importer: {"name": _NAMED, "columns": _WORDS, "optional": _WORDS, "take": _CALLED, "summary": _TEXT},
    contrib.HookSpecs: {
        "hooks": (lambda v: isinstance(v, type), "a class"),
        "records": (lambda v: isinstance(v, Mapping), "a mapping of hook names to kinds of records"),
        "translate": _CALLED_OR_NONE,
    },
}

#: The functions of each record that the core calls.
FUNCTIONS: Mapping[type, tuple[str, ...]] = {
    contrib.Parser: ("sniff", "parse", "sighting", "store", "kept"),
    contrib.Handler: ("run",),
    contrib.Job: ("run",),
    contrib.CogFactory: ("make",),
    contrib.Post: ("render",),
    contrib.DigestBlock: ("render",),
    contrib.Api: ("endpoint",),
    contrib.Export: ("rows",),
    contrib.Check: ("run",),
    contrib.People: ("export", "forget", "move"),
    contrib.Importer: ("take",),
}


def problem(record: Any) -> str:
    """What is wrong with a record, as a sentence; empty when nothing is."""
    for field, (fits, expected) in FIELDS.get(type(record), {}).items():
        try:
            value = getattr(record, field)
            if fits(value):
                continue
            shown = f"{type(value).__name__} {value!r:.40}"
        except Exception as error:
            shown = f"something that raises {type(error).__name__}"
        return f"{type(record).__name__}.{field} must be {expected}, not {shown}"
    return ""


def claim(plugin: str, record: Any) -> tuple[str, str] | None:
    """What only one record may have, as (key, words for a person); None where records can not clash."""
    match record:
        case contrib.Job():
            return f"job {record.name}", f"the job {record.name!r}"
        case contrib.Post():
            return f"post {record.name}", f"the post {record.name!r}"
        case contrib.Export():
            return f"export {record.kind}", f"the export {record.kind!r}"
        case contrib.Simulator():
            return f"simulator {record.name}", f"the simulator {record.name!r}"
        case contrib.Capability():
            return f"capability {record.name}", f"the capability {record.name!r}"
        case contrib.Importer():
            return f"importer {record.name}", f"the importer {record.name!r}"
        case contrib.People():
            return f"people {plugin}", "what becomes of persons' data"
        case contrib.Service():
            kind = f"{record.protocol.__module__}.{record.protocol.__qualname__}"
            return f"service {kind}", f"the service {kind}"
        case contrib.Parser():
            return f"parser {plugin}.{record.name}", f"the parser {record.name!r}"
        case contrib.Handler(mode="durable"):
            return f"handler {plugin}.{name(record.run)}", f"the durable handler {name(record.run)!r}"
    return None


def clash(plugin: str, records: Iterable[Any], taken: Mapping[str, str]) -> str:
    """The first of `records` whose claim is in `taken` (claim to plugin) or made twice, as a sentence; else empty."""
    mine: set[str] = set()
    for record in records:
        claimed = claim(plugin, record)
        if claimed is None:
            continue
        key, words = claimed
        if isinstance(record, contrib.Job | contrib.Post) and record.name.startswith("slomix."):
            return f"{words} has a name of the core's; begin it with {plugin!r}"
        if key in mine or taken.get(key) == plugin:
            return f"{words} is declared twice; give each a name of its own"
        if key in taken:
            return f"{words} is declared by the plugin {taken[key]!r} already; rename it, or disable one of the two"
        mine.add(key)
    return ""


def walled(plugin: str, record: Any) -> Any:
    """The record with its functions behind `contained`."""
    given = {field: getattr(record, field) for field in FUNCTIONS.get(type(record), ()) or extension_functions(record)}
    functions = {field: contained(function) for field, function in given.items() if function is not None}
    if isinstance(record, contrib.Handler) and record.when is not None:
        functions["when"] = _wanted(plugin, record.when)
    if isinstance(record, contrib.Page) and not isinstance(record.endpoint, type):
        functions["endpoint"] = contained(record.endpoint)
    return replace(record, **functions) if functions else record


def extension_functions(record: Any) -> tuple[str, ...]:
    """The fields of a record of another plugin's hook that hold functions; the core's own records are listed above."""
    if type(record) in FIELDS or not is_dataclass(record):
        return ()
    values = {each.name: getattr(record, each.name) for each in fields(record)}
    return tuple(name for name, value in values.items() if callable(value) and not isinstance(value, type))


def _wanted(plugin: str, when: Callable[..., Any]) -> Callable[..., bool]:
    """A filter is asked in the transaction that publishes: one that fails must not undo what another one stored."""
    ask = contained(when)

    def wanted(event: Event, now: Any) -> bool:
        try:
            return bool(ask(event, now))
        except Exception:
            log.exception("a handler's filter failed; it gets the event", plugin=plugin, filter=name(when))
            return True

    return wanted
