"""What changed in the fake, for those who watch: the page in the browser."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

#: Kinds of news.
MESSAGE, COMMANDS, STATUS = "message", "commands", "status"


class News(NamedTuple):
    """Something is different: a message (`about` is its id), the set of commands, or whether the bot is there."""

    kind: str
    about: str = ""


class Feed:
    """Tells every watcher. A watcher that stops reading is dropped by whoever made it, not here."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Queue[News]] = set()

    def tell(self, kind: str, about: str = "") -> None:
        """Something changed."""
        for watcher in self._watchers:
            watcher.put_nowait(News(kind, about))

    @contextmanager
    def watch(self) -> Iterator[asyncio.Queue[News]]:
        """A queue of what changes from now on."""
        watcher: asyncio.Queue[News] = asyncio.Queue()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
