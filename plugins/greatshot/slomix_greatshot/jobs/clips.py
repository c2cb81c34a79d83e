"""Clips of a demo's highlights: each is cut once, checked snapshot by snapshot, and kept for a while."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog

from slomix_greatshot.api import DemoChanged
from slomix_greatshot.scan.workers import ScanFailed

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_greatshot.jobs.pool import Pool
    from slomix_greatshot.store.files import Vault

log = structlog.get_logger("slomix.greatshot")

_WANTED = """
select h.id, h.start_ms, h.end_ms, d.first_ms, d.last_ms, d.stored, d.suffix
from greatshot.highlight h join greatshot.demo d on d.id = h.demo_id
where h.demo_id = $1 and h.clip is null and d.stored is not null order by h.rank
"""
_CUT = """
update greatshot.highlight set clip = $2, clip_size = $3, clipped_at = $4 where id = $1 and clip is null returning id
"""


class Cutter:
    """What the job does."""

    def __init__(self, ctx: PluginContext, vault: Vault, pool: Pool) -> None:
        self._ctx, self._vault, self._pool = ctx, vault, pool

    async def run(self, payload: Mapping[str, Any]) -> None:
        """The job `greatshot.clips`: cut what has no clip. A window that can not be cut is logged and left out."""
        demo_id = payload["demo"]
        rows = await self._ctx.db.fetch(_WANTED, demo_id)
        for row in rows:
            try:
                await self._cut(row)
            except ScanFailed as error:
                log.warning("a clip was not cut", demo=demo_id, highlight=row["id"], error=str(error))
        if rows:
            async with self._ctx.db.transaction() as tx:
                await self._ctx.events.signal(tx, DemoChanged(demo_id=demo_id, state="clipped"))

    async def _cut(self, row: Any) -> None:
        settings, stored = self._ctx.settings, self._vault.new(row["suffix"])
        start = max(row["start_ms"] - settings.clip_before_ms, row["first_ms"])
        end = min(row["end_ms"] + settings.clip_after_ms, row["last_ms"])
        out = self._vault.place("clips", stored)
        await self._pool.cut(self._vault.place("demos", row["stored"]), start, end, out)
        async with self._ctx.db.transaction() as tx:
            kept = await tx.fetchval(_CUT, row["id"], stored, out.stat().st_size, self._ctx.clock.now())
        if kept is None:  # somebody else was faster, or the demo is gone
            self._vault.drop("clips", stored)
