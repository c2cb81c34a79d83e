"""Call a hook on each plugin separately, isolated and with a time limit (decision D3).

Pluggy holds the registry; it can neither await nor go on after one plugin raised, so the calls are made here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextvars import copy_context
from dataclasses import dataclass
from itertools import islice
from threading import Thread
from typing import Any

import pluggy

#: What a cancelled hook gets to clean up before the host goes on without it.
GRACE_SECONDS = 1.0
#: What plain code of a plugin (its import, its declarations, its settings) may take.
PLAIN_SECONDS = 10.0
#: Of an error's text, so much is shown.
LONGEST = 400
#: A declaration that yields more is a mistake (a generator without an end, mostly).
MOST_RECORDS = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one plugin's hook did: its `value`, or the `error` it raised (`TimeoutError` when it was late)."""

    plugin: str
    value: Any = None
    error: BaseException | None = None


class HookRunner:
    """Finds a plugin's implementation of a hook in the registry and calls it."""

    def __init__(self, registry: pluggy.PluginManager) -> None:
        self._registry = registry

    def implementation(self, hook: str, plugin: str) -> Callable[[Any], Any] | None:
        """The plugin's own function for the hook, or None."""
        caller = getattr(self._registry.hook, hook, None)  # None: a hook of a plugin that nobody implements
        implementations = caller.get_hookimpls() if caller is not None else ()
        return next((impl.function for impl in implementations if impl.plugin_name == plugin), None)

    def declare(self, hook: str, plugin: str, argument: Any) -> Outcome | None:
        """The records that a declaration yields, as a list; None when the plugin does not implement the hook."""
        function = self.implementation(hook, plugin)
        if function is None:
            return None
        return isolated(plugin, lambda: list(islice(function(argument), MOST_RECORDS + 1)))

    async def call(self, hook: str, plugin: str, argument: Any, *, limit: float) -> Outcome | None:
        """Await a hook for at most `limit` seconds; None when the plugin does not implement it."""
        function = self.implementation(hook, plugin)
        if function is None:
            return None
        return await limited(plugin, lambda: function(argument), limit=limit)


def isolated(plugin: str, work: Callable[[], Any], *, limit: float = PLAIN_SECONDS) -> Outcome:
    """Run a plugin's plain code for at most `limit` seconds; all that it raises, `SystemExit` too, is an outcome.

    It runs in a thread of its own: one that hangs is left behind, and what is ours (the current task, say) is out of
    its reach. Ctrl-C goes on.
    """
    outcomes: list[Outcome] = []

    def run() -> None:
        try:
            outcomes.append(Outcome(plugin, work()))
        except BaseException as error:
            outcomes.append(Outcome(plugin, error=error))

    thread = Thread(target=copy_context().run, args=(run,), name=f"{plugin}: plain code", daemon=True)
    thread.start()
    thread.join(limit)
    return outcomes[0] if outcomes else Outcome(plugin, error=TimeoutError(f"took longer than {limit:g} s"))


async def limited(plugin: str, work: Callable[[], Awaitable[Any]], *, limit: float) -> Outcome:
    """Await a plugin's coroutine for at most `limit` seconds.

    The coroutine runs in its own task: one that ignores its cancellation is left behind instead of holding up the
    host, and a `SystemExit` inside does not reach the event loop.
    """

    async def guarded() -> Outcome:
        try:
            return Outcome(plugin, await work())
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise
        except BaseException as error:
            return Outcome(plugin, error=error)

    task = asyncio.create_task(guarded(), name=f"{plugin}: hook")
    try:
        done, _ = await asyncio.wait({task}, timeout=limit)
        if not done:
            task.cancel()
            await asyncio.wait({task}, timeout=GRACE_SECONDS)
            return Outcome(plugin, error=TimeoutError(f"took longer than {limit:g} s"))
    finally:
        task.cancel()
    if task.cancelled():
        return Outcome(plugin, error=asyncio.CancelledError("cancelled itself"))
    return task.result()


def describe(error: BaseException) -> str:
    """An error as one line for a person, not longer than a person reads."""
    try:
        text = " ".join(str(error)[: 2 * LONGEST].split())
    except Exception:
        text = ""
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def names(found: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    listed = list(found)
    return " and ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else "".join(listed)
