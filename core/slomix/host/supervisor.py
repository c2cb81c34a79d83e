"""Background tasks of plugins: owned by the host, told apart by plugin, never left behind."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from slomix.host.runner import GRACE_SECONDS, describe, names
from slomix.plugin import Plugin
from slomix.reading import reading

log = structlog.get_logger("slomix.host")


class PluginTasks:
    """Implements `context.Tasks` for one plugin.

    A task that raises is logged and told to `on_failure(reason)`; its siblings go on.
    """

    def __init__(self, plugin: str, on_failure: Callable[[str], None]) -> None:
        self._plugin = plugin
        self._on_failure = on_failure
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, name: str, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start a task. It ends with its plugin at the latest."""
        with reading(False):  # it outlives the request that may have started it
            task = asyncio.create_task(self._guarded(name, coroutine), name=f"{self._plugin}: {name}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _guarded(self, name: str, coroutine: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await coroutine
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise
        except BaseException as error:
            log.exception("task failed", plugin=self._plugin, task=name)
            self._on_failure(f"its task {name!r} failed: {describe(error)}; the log has the details")
            return None

    def cancel(self) -> None:
        """Ask all tasks to end."""
        for task in self._running:
            task.cancel()

    async def stop(self, limit: float) -> tuple[str, ...]:
        """Cancel all tasks and wait at most `limit` seconds; the names of those that would not end."""
        if not self._running:
            return ()
        self.cancel()
        _, stubborn = await asyncio.wait(self._running, timeout=limit)
        left = tuple(sorted(task.get_name().partition(": ")[2] for task in stubborn))
        if left:
            log.error("tasks ignore their cancellation", plugin=self._plugin, tasks=names(left), waited_s=limit)
        return left


class Supervisor:
    """The tasks of all plugins."""

    def __init__(self, on_failure: Callable[[str, str], None]) -> None:
        self._on_failure = on_failure
        self._tasks: dict[str, PluginTasks] = {}

    def tasks(self, plugin: str) -> PluginTasks:
        """The tasks of one plugin."""
        if plugin not in self._tasks:
            self._tasks[plugin] = PluginTasks(plugin, lambda reason: self._on_failure(plugin, reason))
        return self._tasks[plugin]

    def cancel(self, plugin: str) -> None:
        """Ask a plugin's tasks to end, without waiting."""
        self.tasks(plugin).cancel()

    async def stop(self, plugin: str, limit: float) -> tuple[str, ...]:
        """End a plugin's tasks; the names of those that would not within `limit` seconds."""
        return await self.tasks(plugin).stop(limit)


async def end_strays(plugin: Plugin) -> tuple[str, ...]:
    """Cancel the tasks that a plugin's code started past `ctx.tasks`; answers their names.

    A package may hold a test kit of its own in `testing`: its tasks are those of whoever tests.
    """
    home = _home(type(plugin).__module__)
    tester = os.path.join(home, "testing", "")
    sources = {task: _source(task) for task in asyncio.all_tasks()} if home else {}
    strays = [task for task, source in sources.items() if source.startswith(home) and not source.startswith(tester)]
    for task in strays:
        task.cancel()
    if strays:
        await asyncio.wait(strays, timeout=GRACE_SECONDS)
    return tuple(sorted(task.get_coro().__qualname__ for task in strays))  # type: ignore[union-attr]


def _home(module: str) -> str:
    """The folder of a plugin's package, or the file of its only module; empty when there is none."""
    file = getattr(sys.modules.get(module.partition(".")[0]), "__file__", None) or ""
    return file.removesuffix("__init__.py")


def _source(task: asyncio.Task[Any]) -> str:
    """The file in which a task's coroutine was written."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code.co_filename if code is not None else ""
