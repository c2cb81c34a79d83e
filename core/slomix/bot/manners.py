"""How often and where commands are answered. What a command asks for stands in its `extras`:

@app_commands.command(name="player", extras=manners(uses=3, per=15))
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from discord import app_commands

from slomix.bot.invoke import Command

KEY = "slomix.manners"
#: People and commands whose last uses are kept.
REMEMBERED = 2000


@dataclass(frozen=True, slots=True)
class Manners:
    """At most `uses` by one person in `per` seconds; `anywhere`: the setting for channels does not matter."""

    uses: int = 4
    per: float = 10.0
    anywhere: bool = False


def manners(uses: int = 4, per: float = 10.0, *, anywhere: bool = False) -> dict[Any, Any]:
    """What to give a command as its `extras`."""
    return {KEY: Manners(uses, per, anywhere)}


class Gate:
    """Remembers who asked what when. `channels` are those where commands are answered; empty means everywhere."""

    def __init__(self, channels: Collection[int], now: Callable[[], float] = time.monotonic) -> None:
        self._channels = tuple(channels)
        self._now = now
        self._used: OrderedDict[tuple[str, int], app_commands.Cooldown] = OrderedDict()

    def refusal(self, command: Command, user: int, places: Collection[int | None]) -> str | None:
        """Why this person gets no answer now, as a sentence for them; None lets them through and counts the use.

        `places` are the channel and, in a thread, the channel that it is of.
        """
        wanted: Manners = command.extras.get(KEY, Manners())
        if self._channels and not wanted.anywhere and not _for_few(command) and not {*places} & {*self._channels}:
            return f"Commands are answered in {' and '.join(f'<#{channel}>' for channel in self._channels)}."
        wait = self._wait(command.qualified_name, user, wanted)
        return None if wait is None else f"One moment: `/{command.qualified_name}` again in {math.ceil(wait)} s."

    def _wait(self, name: str, user: int, wanted: Manners) -> float | None:
        used = self._used.setdefault((name, user), app_commands.Cooldown(wanted.uses, wanted.per))
        self._used.move_to_end((name, user))
        if len(self._used) > REMEMBERED:
            self._used.popitem(last=False)
        return used.update_rate_limit(self._now())


def _for_few(command: Command) -> bool:
    """Whether Discord shows it to those with a right only."""
    root = command.root_parent or command
    return command.default_permissions is not None or root.default_permissions is not None
