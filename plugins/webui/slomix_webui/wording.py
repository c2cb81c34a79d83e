"""The few words that badges and charts bring themselves, in the language of the page that is being made.

`install` in `ui.py` sets the language around each call from a template. Code that draws outside of a template and wants
another language than English says `with speaking(texts.text):`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Text = Callable[..., str]


def _english(message: str, **values: Any) -> str:
    return message.format(**values) if values else message


_TEXT: ContextVar[Text] = ContextVar("text", default=_english)


def say(message: str, **values: Any) -> str:
    """A text of ours in the language of the page; `{name}` in it is a value."""
    return _TEXT.get()(message, **values)


@contextmanager
def speaking(text: Text) -> Iterator[None]:
    """Everything inside says its words by `text`."""
    token = _TEXT.set(text)
    try:
        yield
    finally:
        _TEXT.reset(token)
