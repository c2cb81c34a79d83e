"""Secrets out of text: the values that the settings hold, and what looks like a secret wherever it comes from.

`mask` is the last thing that happens to a log line, a reason, an error for a person and a traceback.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from pydantic import BaseModel

HIDDEN = "***"
#: Shorter values would blot out ordinary text; a secret of that length is none.
LEAST = 5
#: Up to this length a value is masked as a word of its own only.
SHORT = 12
#: Passwords that are also words of every log.
WORDS = frozenset({"slomix", "postgres", "password", "secret", "token"})
#: A key or variable whose value is never shown, whatever it holds.
SECRET_NAME = re.compile(
    r"(?:^|[_.\-])(?:password|passwd|pass|secret|secrets|token|api_?key|private_?key|authorization|cookie)$",
    re.IGNORECASE,
)

_NAMES = "password|passwd|secret|token|api_?key"
_PATTERNS = (
    # postgresql://user:PASSWORD@host, also with signs in it that should have been escaped
    (re.compile(r"(\b[a-z][a-z0-9+.-]{0,20}://[^/:@\s]{0,100}:)[^/@\s]{1,300}@", re.IGNORECASE), rf"\1{HIDDEN}@"),
    (re.compile(r"(\bpostgres(?:ql)?://[^/:@\s]{0,100}:)[^@\s'\"]{1,300}@", re.IGNORECASE), rf"\1{HIDDEN}@"),
    # ?password=…, password='…' of a key-value address, PGPASSWORD=…, token=…; "password": "…" of JSON and dicts
    (re.compile(rf"({_NAMES})(\s*=\s*)('[^']*'|\"[^\"]*\"|[^\s&'\"\\,;)]+)", re.IGNORECASE), rf"\1\2{HIDDEN}"),
    (
        re.compile(
            rf"(['\"](?:\w{{0,50}}[_-])?(?:{_NAMES}|cookie|authorization)\\?['\"]\s*:\s*)(\\?['\"]).{{0,2000}}?\2",
            re.IGNORECASE,
        ),
        rf"\1\2{HIDDEN}\2",
    ),
    # Authorization: Bearer …, Basic …, Bot …; Cookie: id=…
    (re.compile(r"\b(bearer|basic)(\s+)(?=\S*\d)[A-Za-z0-9._~+/=\-]{8,}", re.IGNORECASE), rf"\1\2{HIDDEN}"),
    (re.compile(r"\b(bot)(\s+)(?=\S*\d)[A-Za-z0-9._~+/=\-]{20,}", re.IGNORECASE), rf"\1\2{HIDDEN}"),
    (re.compile(r"\b(cookie:\s*)[\w-]+=[^\r\n'\"]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    # a Discord bot token: id, time and signature
    (re.compile(r"\b[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}\b"), HIDDEN),
)
#: Without one of these, which is the usual line, no pattern can match.
_SUSPICIOUS = re.compile(
    rf"://|{_NAMES}|cookie|authorization|bearer|basic|\bbot\s|\.[A-Za-z0-9_-]{{6,7}}\.", re.IGNORECASE
)


class Secrets:
    """The values that are known to be secret. Grows only; one for the whole program."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._known: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def add(self, value: str) -> None:
        """Mask `value` from now on, also as JSON, a URL and `repr` write it."""
        value = value.strip()
        if len(value) < LEAST or value.lower() in WORDS:
            return
        forms = {value, json.dumps(value)[1:-1], repr(value)[1:-1], quote(value, safe=""), unquote(value)}
        with self._lock:
            if forms <= self._values:
                return
            self._values |= {form for form in forms if len(form) >= LEAST}
            longest_first = sorted(self._values, key=len, reverse=True)
            self._known = re.compile("|".join(_alone(form) for form in longest_first))

    def mask_known(self, text: str) -> str:
        """`text` without the values that were added; what is around them stays, so JSON stays JSON."""
        return text if self._known is None else self._known.sub(HIDDEN, text)

    def mask(self, text: str) -> str:
        """`text` without any secret that is known or looks like one."""
        text = self.mask_known(text)
        if _SUSPICIOUS.search(text) is None:
            return text
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


def _alone(value: str) -> str:
    escaped = re.escape(value)
    return escaped if len(value) > SHORT else rf"(?<!\w){escaped}(?!\w)"


_secrets = Secrets()
remember = _secrets.add
mask = _secrets.mask
mask_known = _secrets.mask_known


def remember_model(model: BaseModel) -> None:
    """Remember every `SecretStr` of settings, and the passwords in addresses among them."""
    for value in _values(model):
        remember_text(value)


def remember_variables(environ: Mapping[str, str]) -> None:
    """Remember the variables that a name tells to be secret, whoever reads them, and passwords in addresses."""
    for name, value in environ.items():
        if SECRET_NAME.search(name):
            remember(value)
        remember_address(value)


def remember_text(value: Any) -> None:
    """Remember a `SecretStr` whole, of a text the password that an address holds."""
    reveal = getattr(value, "get_secret_value", None)
    if reveal is not None:
        remember(str(reveal()))
    elif isinstance(value, str):
        remember_address(value)


def remember_address(text: str) -> None:
    """Remember the password of an address, if `text` is one."""
    if "://" not in text:
        return
    rest = text.partition("://")[2]
    before, at, _ = rest.rpartition("@")
    if at and ":" in before:
        remember(before.partition(":")[2])
    try:
        parameters = urlsplit(text).query
    except ValueError:
        return
    for parameter in parameters.split("&"):
        name, _, value = parameter.partition("=")
        if SECRET_NAME.search(name):
            remember(unquote(value))


def mask_values(value: Any) -> Any:
    """A logged value of any depth without secrets: by the name of its key, by what is known, by how it looks."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {
            key: HIDDEN if isinstance(key, str) and SECRET_NAME.search(key) and item else mask_values(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [mask_values(item) for item in value]
    return mask(repr(value))


def guard_tracebacks() -> None:
    """Have the interpreter write the traceback of a program, thread or finaliser that broke without secrets."""
    sys.excepthook = _write_traceback
    threading.excepthook = lambda broke: _write_traceback(broke.exc_type, broke.exc_value, broke.exc_traceback)
    sys.unraisablehook = lambda broke: _write_traceback(broke.exc_type, broke.exc_value, broke.exc_traceback)


def _write_traceback(kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
    text = "".join(traceback.format_exception(kind, error, where))
    sys.stderr.write(mask(text))


def _values(model: BaseModel) -> Iterator[Any]:
    for name in type(model).model_fields:
        yield from _leaves(getattr(model, name))


def _leaves(value: Any) -> Iterator[Any]:
    if hasattr(type(value), "model_fields"):
        yield from _values(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
