"""Whether what runs now answers a request that may change nothing (GET)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_READING: ContextVar[bool] = ContextVar("slomix.reading", default=False)


def is_reading() -> bool:
    """Whether every transaction that begins here is read-only."""
    return _READING.get()


@contextmanager
def reading(on: bool = True) -> Iterator[None]:
    """In the block, and in what is started from it, transactions are read-only; `on=False` ends that."""
    token = _READING.set(on)
    try:
        yield
    finally:
        _READING.reset(token)
