"""Words and numbers in the language of the page that is being made, for code that no template hands a translation.

The frame sets the language around everything that a request does. Code that draws outside of a request and wants
another language than English says `with speaking(texts.text, texts.language):`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Text = Callable[..., str]
#: What says texts, and in which language.
Speaker = tuple[Text, str]

ENGLISH = "en"


def _english(message: str, **values: Any) -> str:
    return message.format(**values) if values else message


_SPEAKER: ContextVar[Speaker] = ContextVar("speaker", default=(_english, ENGLISH))


def say(message: str, **values: Any) -> str:
    """A text of ours in the language of the page; `{name}` in it is a value."""
    return _SPEAKER.get()[0](message, **values)


def language() -> str:
    """The language of the page: `en`, `de` …"""
    return _SPEAKER.get()[1]


def speaker() -> Speaker:
    """Who says the texts of the page that is being made, and in which language."""
    return _SPEAKER.get()


@contextmanager
def speaking(text: Text, language: str = ENGLISH) -> Iterator[None]:
    """Everything inside says its words by `text`, and its numbers and days as that language does."""
    token = _SPEAKER.set((text, language))
    try:
        yield
    finally:
        _SPEAKER.reset(token)
