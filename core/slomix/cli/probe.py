"""The child process of `slomix doctor`: what the plugins are and what they say of themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from slomix.cli.checks import Finding
from slomix.contrib import Check
from slomix.errors import SlomixError
from slomix.host.host import Host
from slomix.host.state import UNHEALTHY
from slomix.settings import Settings

if TYPE_CHECKING:
    from slomix.host.host import Contributed

CHECK_SECONDS = 10.0


async def ask(
    settings: Settings, *, only: Collection[str] | None = None, without: Collection[str] = ()
) -> list[Finding]:
    """States of all plugins and the answers of their checks.

    Checks need a database: they are left out where the embedded one was never started.
    """
    from slomix.runtime import open_runtime

    # A strict start would stop at the first reason; here all of them are wanted.
    lenient = settings.model_copy(update={"core": settings.core.model_copy(update={"strict": False})})
    if not _has_database(lenient):
        host = Host(lenient, only=only, without=without)
        host.load()
        return _states(host)
    try:
        async with open_runtime(lenient, role="cli", only=only, without=without) as runtime:
            answers = [await _answer(check) for check in runtime.host.records(Check)]
            return [*_states(runtime.host), *answers]
    except SlomixError as error:
        host = Host(lenient, only=only, without=without)
        host.load()
        broken = Finding(name="plugin checks", ok=False, detail=str(error), next_step="mend it and look again")
        return [*_states(host), broken]


def _has_database(settings: Settings) -> bool:
    from slomix.storage.layout import clusters, find_home

    return settings.core.database.url != "embedded" or bool(clusters(find_home(settings.core.data_dir)))


def _states(host: Host) -> list[Finding]:
    findings = []
    for state in host.states.values():
        detail = f"{state.state} {state.version}".strip()
        if state.state in UNHEALTHY or state.state == "degraded":
            findings.append(
                Finding(
                    name=f"plugin {state.name}",
                    ok=False,
                    detail=detail,
                    next_step=state.reason or "see `slomix plugins`",
                )
            )
        else:
            findings.append(Finding(name=f"plugin {state.name}", ok=True, detail=detail))
    return findings


async def _answer(check: Contributed[Check]) -> Finding:
    name = f"{check.plugin}: {check.record.name}"
    try:
        result = await asyncio.wait_for(check.record.run(), CHECK_SECONDS)
        return Finding(name=name, ok=result.ok, detail=result.detail, next_step=result.next_step)
    except TimeoutError:
        reason = f"the check took longer than {CHECK_SECONDS:g} s"
    except Exception as error:
        reason = f"the check itself failed: {type(error).__name__}: {error}"
    return Finding(name=name, ok=False, detail=reason, next_step=f"tell the authors of {check.plugin}")
