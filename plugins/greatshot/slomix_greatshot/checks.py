"""What `slomix doctor` asks of greatshot."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix.contrib import Check, CheckResult

if TYPE_CHECKING:
    from slomix.context import PluginContext


async def reader() -> CheckResult:
    """Which reader runs. Both are right; one is about a hundred times faster."""
    from slomix_greatshot.demo import READER
    from slomix_greatshot.demo.sources import VARIABLE, forced

    if READER == "native":
        return CheckResult(ok=True, detail="demos are read by the native reader")
    if forced():
        return CheckResult(ok=True, detail=f"demos are read by the Python reader, as {VARIABLE} says")
    return CheckResult(
        ok=True,
        detail="demos are read by the Python reader (a 20-minute demo takes some seconds)",
        next_step="install a compiler and slomix-greatshot anew (`make native` in a checkout) to read them at once",
    )


def checks(ctx: PluginContext) -> Iterable[Check]:
    """The reader, room for demos, the folders, the programs that make films."""

    async def room() -> CheckResult:
        from slomix_greatshot.store.files import vault_of

        vault, most = vault_of(ctx.core.data_dir), ctx.settings.most_bytes
        if vault.has_room(most):
            return CheckResult(ok=True, detail="there is room for demos")
        return CheckResult(
            ok=False,
            detail="there is no room for a demo of the largest size",
            next_step="free disk space, or lower keep_days in [settings.greatshot]",
        )

    async def folders() -> CheckResult:
        lost = [str(folder) for folder in ctx.settings.folders if not folder.is_dir()]
        if not lost:
            return CheckResult(ok=True, detail=f"{len(ctx.settings.folders)} folders of demos are watched")
        return CheckResult(
            ok=False,
            detail=f"these folders are not there: {', '.join(lost)}",
            next_step="make them, or take them out of folders in [settings.greatshot]",
        )

    async def films() -> CheckResult:
        programs = [command[0] for command in (ctx.settings.renderer, ctx.settings.encoder) if command]
        lost = [program for program in programs if shutil.which(program) is None]
        if not programs:
            return CheckResult(ok=True, detail="no films are made; clips come with a script that plays them")
        if not lost:
            return CheckResult(ok=True, detail=f"films are made with {' and '.join(programs)}")
        return CheckResult(
            ok=False,
            detail=f"not found: {', '.join(lost)}",
            next_step="install it, or correct renderer and encoder in [settings.greatshot]",
        )

    for name, run in (("reader", reader), ("room", room), ("folders", folders), ("films", films)):
        yield Check(name=name, run=run)
