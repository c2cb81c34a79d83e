"""The pieces of the plugin in a process: made once, when something of it is used first."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_greatshot.jobs.pool import Pool
    from slomix_greatshot.render.queue import Films
    from slomix_greatshot.store.demos import Demos
    from slomix_greatshot.store.files import Vault
    from slomix_greatshot.store.reads import Shelves


class Parts:
    """Everything imports what it needs when it is asked for, as most processes need little of it."""

    def __init__(self, ctx: PluginContext) -> None:
        self.ctx = ctx

    @cached_property
    def vault(self) -> Vault:
        from slomix_greatshot.store.files import vault_of

        return vault_of(self.ctx.core.data_dir)

    @cached_property
    def demos(self) -> Demos:
        from slomix_greatshot.store.demos import Demos

        return Demos(self.ctx, self.vault)

    @cached_property
    def shelves(self) -> Shelves:
        from slomix_greatshot.store.reads import Shelves

        return Shelves(self.ctx.db)

    @cached_property
    def pool(self) -> Pool:
        from slomix_greatshot.jobs.pool import Pool

        return Pool(self.ctx.settings, self.ctx.settings.jobs)

    @cached_property
    def cutters(self) -> Pool:
        """Apart, so that nobody waits with a new demo for the clips of another one."""
        from slomix_greatshot.jobs.pool import Pool

        return Pool(self.ctx.settings, 1)

    @cached_property
    def films(self) -> Films:
        from slomix_greatshot.render.queue import Films

        return Films(self.ctx, self.vault)

    async def stop(self) -> None:
        """End what runs beside this process, if it was begun."""
        for name in ("pool", "cutters"):
            if name in self.__dict__:
                await getattr(self, name).stop()
