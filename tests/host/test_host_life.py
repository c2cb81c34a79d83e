"""Declarations, startup, tasks and shutdown: each plugin's trouble stays its own."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest
import structlog

from slomix.clock import SystemClock
from slomix.context import PluginContext
from slomix.contrib import Check, Export, Job, Service
from slomix.errors import NotHealthy
from slomix.host.host import RECORDS, Host
from slomix.host.loader import LoadedPlugin, hook_names
from slomix.settings import Settings

Install = Callable[..., None]
Told = Callable[..., Settings]


def context(host: Host) -> Callable[[LoadedPlugin], PluginContext]:
    """A context with the parts that need no database."""

    def make(entry: LoadedPlugin) -> PluginContext:
        nothing: Any = None
        return PluginContext(
            name=entry.name,
            settings=entry.settings,
            core=host.settings.core,
            db=nothing,
            events=nothing,
            jobs=nothing,
            posts=nothing,
            services=nothing,
            contributions=nothing,
            tasks=host.tasks(entry.name),
            people=nothing,
            clock=SystemClock(),
            log=structlog.get_logger(entry.name),
        )

    return make


def registered(settings: Settings, **limits: Any) -> Host:
    host = Host(settings, **limits)
    host.load()
    host.register(context(host), RECORDS)
    return host


def hooks(name: str, text: str, attributes: str = "") -> str:
    return f"class P(Plugin):\n    name = {name!r}\n    {attributes}\n{text}\n"


JOB = """
    @hookimpl
    def register_jobs(self, ctx):
        yield Job(name=ctx.name + '.work', run=print)
"""


def test_every_declaration_hook_has_its_records() -> None:
    assert set(RECORDS) == {name for name in hook_names() if name.startswith("register_")}


def test_records_come_with_their_plugin_in_order(install: Install, told: Told) -> None:
    install("a", hooks("a", JOB, "requires = ('b',)"))
    install("b", hooks("b", JOB))
    host = registered(told("a", "b"))
    assert [(c.plugin, c.record.name) for c in host.records(Job)] == [("b", "b.work"), ("a", "a.work")]
    assert host.states["a"].hooks == ("register_jobs",)
    assert host.records(Export) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("        yield Job(name='x', run=print)\n        raise RuntimeError('half way')", "RuntimeError: half way"),
        ("        raise SystemExit(4)", "SystemExit: 4"),
        ("        return 3", "TypeError"),
        ("        return [Service(protocol=int, implementation=1)]", "gave a Service where Job is expected"),
    ],
)
def test_a_declaration_that_goes_wrong_fails_its_plugin_whole(
    install: Install, told: Told, body: str, reason: str
) -> None:
    install("broken", hooks("broken", f"    @hookimpl\n    def register_jobs(self, ctx):\n{body}"))
    install("needy", hooks("needy", JOB, "requires = ('broken',)"))
    install("healthy", hooks("healthy", JOB))
    host = registered(told("broken", "needy", "healthy"))
    assert host.states["broken"].state == "failed"
    assert reason in host.states["broken"].reason
    assert host.states["needy"].state == "blocked"
    assert [c.plugin for c in host.records(Job)] == ["healthy"]


def test_pages_that_can_not_be_declared_leave_the_rest_of_the_plugin(install: Install, told: Told) -> None:
    install("broken", hooks("broken", JOB + "\n    @hookimpl\n    def register_routes(self, ctx):\n        1 / 0"))
    host = registered(told("broken"))
    assert host.states["broken"].state == "degraded"
    assert "ZeroDivisionError" in host.states["broken"].reason
    assert [c.plugin for c in host.records(Job)] == ["broken"]


def test_further_declarations_use_the_same_context(install: Install, told: Told) -> None:
    both = """
    @hookimpl
    def register_services(self, ctx):
        yield Service(protocol=object, implementation=ctx)

    @hookimpl
    def register_checks(self, ctx):
        yield Check(name='x', run=lambda: ctx)
    """
    install("a", hooks("a", both))
    host = Host(told("a"))
    host.load()
    host.register(context(host), ("register_services",))
    host.declare(("register_checks",))
    check: Any = host.records(Check)[0].record.run
    assert host.records(Service)[0].record.implementation is check()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("await asyncio.sleep(3600)", "TimeoutError: took longer than 0.1 s"),
        ("raise ValueError('no key')", "ValueError: no key"),
        ("raise SystemExit(5)", "SystemExit: 5"),
        ("asyncio.current_task().cancel(); await asyncio.sleep(1)", "CancelledError"),
        ("raise BaseExceptionGroup('many', [SystemExit(1)])", "BaseExceptionGroup"),
    ],
)
async def test_a_startup_that_goes_wrong_fails_its_plugin_and_blocks_who_needs_it(
    install: Install, told: Told, body: str, reason: str
) -> None:
    install("broken", hooks("broken", f"    @hookimpl\n    async def startup(self, ctx):\n        {body}"))
    install("needy", hooks("needy", JOB, "requires = ('broken',)"))
    install("healthy", hooks("healthy", JOB))
    host = registered(told("broken", "needy", "healthy"), startup_seconds=0.1)
    await host.startup()
    assert reason in host.states["broken"].reason
    assert {n: host.states[n].state for n in ("broken", "needy", "healthy")} == {
        "broken": "failed",
        "needy": "blocked",
        "healthy": "running",
    }
    await host.shutdown()
    assert host.states["healthy"].state == "stopped"
    assert host.states["broken"].state == "failed"


async def test_a_startup_that_ignores_its_cancellation_does_not_hold_up_the_host(install: Install, told: Told) -> None:
    body = """
    @hookimpl
    async def startup(self, ctx):
        while not hasattr(self, "let_go"):
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                pass
    """
    install("broken", hooks("broken", body))
    host = registered(told("broken"), startup_seconds=0.05)
    await host.startup()  # it would wait for ever
    sys.modules["slomix_broken"].plugin.let_go = True
    assert host.states["broken"].state == "failed"


async def test_strict_refuses_a_startup_that_goes_wrong(install: Install, told: Told) -> None:
    install("broken", hooks("broken", "    @hookimpl\n    async def startup(self, ctx):\n        raise ValueError(1)"))
    host = registered(told("broken", strict=True))
    with pytest.raises(NotHealthy, match="broken is failed: startup: ValueError: 1"):
        await host.startup()


TASK = """
    log = []

    @hookimpl
    async def startup(self, ctx):
        ctx.tasks.spawn('work', self.work())

    async def work(self):
        {}

    @hookimpl
    async def shutdown(self, ctx):
        self.log.append('shutdown')
"""


async def test_a_task_that_raises_degrades_its_plugin_and_is_logged(
    install: Install, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory(), cache_logger_on_first_use=False)
    install("broken", hooks("broken", TASK.format("raise SystemExit(8)")))
    host = registered(told("broken"))
    with caplog.at_level(logging.WARNING, "slomix.host"):
        await host.startup()
        await asyncio.sleep(0.05)
    assert host.states["broken"].state == "degraded"
    assert "task 'work' failed: SystemExit: 8" in host.states["broken"].reason
    assert "broken" in caplog.text
    structlog.reset_defaults()


async def test_tasks_are_cancelled_before_shutdown_and_in_reverse_order(install: Install, told: Told) -> None:
    work = "\n        try:\n            await asyncio.sleep(99)\n        finally:\n            self.log.append('ended')"
    install("a", hooks("a", TASK.format(work)))
    install("b", hooks("b", TASK.format(work).replace("log = []", "from slomix_a import P as A; log = A.log")))
    host = registered(told("a", "b"))
    await host.startup()
    await asyncio.sleep(0)
    before = asyncio.all_tasks()
    await host.shutdown()
    assert sys.modules["slomix_a"].P.log == ["ended", "shutdown", "ended", "shutdown"]
    assert {task.get_name() for task in before - asyncio.all_tasks()} == {"a: work", "b: work"}


async def test_a_task_that_ignores_its_cancellation_is_reported_and_left(install: Install, told: Told) -> None:
    work = """
        while True:
            try:
                await asyncio.sleep(1)
                return
            except asyncio.CancelledError:
                pass
    """
    install("broken", hooks("broken", TASK.format(work)))
    host = registered(told("broken"), shutdown_seconds=0.1)
    await host.startup()
    await asyncio.sleep(0)
    with structlog.testing.capture_logs() as logs:
        await host.shutdown()
    assert [(entry["plugin"], entry["tasks"]) for entry in logs if "tasks" in entry] == [("broken", "work")]
    assert host.states["broken"].state == "stopped"


async def test_a_late_failure_takes_the_plugin_and_its_dependants_out(install: Install, told: Told) -> None:
    install("a", hooks("a", JOB + TASK.format("await asyncio.sleep(99)")))
    install("b", hooks("b", JOB + TASK.format("await asyncio.sleep(99)"), "requires = ('a',)"))
    host = registered(told("a", "b"))
    await host.startup()
    await asyncio.sleep(0)
    host.fail("a", "its migration failed")
    await asyncio.sleep(0.01)
    assert host.records(Job) == []
    assert host.loaded == []
    assert [task for task in asyncio.all_tasks() if task.get_name().endswith(": work")] == []
