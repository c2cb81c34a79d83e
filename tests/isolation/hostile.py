"""A plugin that misbehaves in ten ways, wherever the core calls it."""

from __future__ import annotations

from slomix.host.host import RECORDS

#: What the modules of all these plugins begin with.
HEADER = """
from __future__ import annotations
import asyncio, time
from dataclasses import dataclass
from datetime import timedelta
from slomix.contrib import *
from slomix.events import Event
from slomix.plugin import Plugin, hookimpl
from slomix.settings import PluginSettings
"""

BEHAVIOURS = ("raise", "exit", "hang", "wrong", "huge", "block", "group", "cancel", "leak", "record")

_RAISES = {
    "raise": "raise ValueError('no')",
    "exit": "raise SystemExit(3)",
    "group": "raise BaseExceptionGroup('many', [ValueError(1), SystemExit(2), KeyboardInterrupt()])",
}

#: What each behaviour is in a declaration; `{kind}` is a record that it may give.
DECLARED = {
    **_RAISES,
    "hang": "time.sleep({hang})",
    "wrong": "return 42",
    "huge": "while True: yield {kind}",
    "block": "time.sleep(0.05); return ()",
    "cancel": "asyncio.current_task().cancel()",
    "leak": "__import__('threading').Thread(target=time.sleep, args=(3600,), daemon=True).start(); return ()",
    "record": "yield object.__new__({kind})",
}
#: What each is in a coroutine.
AWAITED = {
    **_RAISES,
    "hang": "await asyncio.sleep(3600)",
    "wrong": "return object()",
    "huge": "return 'x' * 50_000_000",
    "block": "time.sleep(0.05)",
    "cancel": "asyncio.current_task().cancel(); await asyncio.sleep(1)",
    "leak": "asyncio.create_task(P.leaks())",
    "record": "return object.__new__(Job)",
}

_CLASS = """
class P(Plugin):
    name = "{name}"

    @staticmethod
    async def leaks():
        await asyncio.sleep(3600)
"""


def in_hook(name: str, hook: str, behaviour: str, *, hang: float = 0.2) -> str:
    """A plugin that does it in one hook. A declaration that hangs does so for `hang` seconds."""
    kinds = RECORDS.get(hook)
    if kinds is None:
        head, body = f"async def {hook}", AWAITED[behaviour]
    else:
        head, body = f"def {hook}", DECLARED[behaviour].format(kind=kinds[0].__name__, hang=hang)
    return f"{_CLASS.format(name=name)}\n    @hookimpl\n    {head}(self, ctx):\n        {body}\n"


def at_work(name: str = "hostile") -> str:
    """A plugin whose pages, answers, jobs, handlers, checks and tasks each do all ten."""
    parts = [
        "@dataclass(frozen=True, slots=True, kw_only=True)\nclass Poked(Event):\n    owner = 'hostile'\n    n: int\n",
        _CLASS.format(name=name),
    ]
    for behaviour in BEHAVIOURS:
        parts.append(f"    async def do_{behaviour}(self, *_):\n        {AWAITED[behaviour]}\n")
        parts += [
            f"    async def {kind}_{behaviour}(self, *_):\n        return await self.do_{behaviour}()\n"
            for kind in ("durable", "live")
        ]
    each = f"for way in {BEHAVIOURS!r}:\n            do = getattr(self, 'do_' + way)\n            "
    short = "timeout=timedelta(seconds=1)"
    for hook, record in (
        ("routes", "yield Page(path='/' + way, endpoint=do, name=way, methods=('GET', 'POST'))"),
        ("jobs", f"yield Job(name='{name}.' + way, run=do, retries=0, {short})"),
        ("checks", "yield Check(name=way, run=do)"),
        ("posts", f"yield Post(name='{name}.' + way, render=do)"),
    ):
        parts.append(f"    @hookimpl\n    def register_{hook}(self, ctx):\n        {each}{record}\n")
    parts.append(
        f"    @hookimpl\n    def register_handlers(self, ctx):\n        for way in {BEHAVIOURS!r}:\n"
        f"            for mode in ('durable', 'live'):\n"
        f"                run = getattr(self, f'{{mode}}_{{way}}')\n"
        f"                yield Handler(event=Poked, run=run, mode=mode, {short}, when=self.wants)\n"
        "    def wants(self, event, now):\n        raise SystemExit(1)\n"
    )
    parts.append(
        f"    @hookimpl\n    async def startup(self, ctx):\n        for way in {BEHAVIOURS!r}:\n"
        "            ctx.tasks.spawn(way, getattr(self, 'do_' + way)())\n"
    )
    return "\n".join(parts)
