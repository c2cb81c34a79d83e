"""Reading a demo in a worker process with limits, and writing down what it told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from slomix_greatshot.api import DemoScanned
from slomix_greatshot.linking.link import link
from slomix_greatshot.scan.workers import ScanFailed
from slomix_greatshot.store import results

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_greatshot.jobs.pool import Pool
    from slomix_greatshot.scan.messages import Answer
    from slomix_greatshot.store.demos import Demos
    from slomix_greatshot.store.files import Vault

CLIPS_JOB = "greatshot.clips"

_DEMO = "select id, name, suffix, stored from greatshot.demo where id = $1"
_LOSE = "update greatshot.demo set stored = null where id = $1"


class Scanner:
    """What the job does with one demo after the other."""

    def __init__(self, ctx: PluginContext, vault: Vault, demos: Demos, pool: Pool) -> None:
        self._ctx, self._vault, self._demos, self._pool = ctx, vault, demos, pool

    async def run(self, payload: Mapping[str, Any]) -> None:
        """The job `greatshot.scan`."""
        row = await self._ctx.db.fetchrow(_DEMO, payload["demo"])
        if row is None or row["stored"] is None:
            return
        async with self._ctx.db.transaction() as tx:
            await self._demos.state(tx, row["id"], "scanning")
        try:
            answer = await self._pool.scan(self._vault.place("demos", row["stored"]))
        except ScanFailed as error:
            await self._fail(row, str(error), keep=True)
            return
        if answer.demo is None:
            reason = answer.report.error if answer.report else None
            await self._fail(row, reason or "nothing could be read", keep=False)
            return
        await self._write(row["id"], answer)
        await link(self._ctx, row["id"])

    async def _write(self, demo_id: str, answer: Answer) -> None:
        assert answer.demo is not None
        async with self._ctx.db.transaction() as tx:
            if await self._demos.state(tx, demo_id, "ready"):
                await results.write(self._ctx, tx, demo_id, answer.demo, answer.found)
                await self._ctx.jobs.enqueue(tx, CLIPS_JOB, {"demo": demo_id}, dedupe=f"{CLIPS_JOB} {demo_id}")

    async def _fail(self, row: Any, reason: str, *, keep: bool) -> None:
        """What is no demo is not kept; the row says why to whoever sent it. What a worker could not do with a file is
        no word about the file: it stays, and is read anew when it is sent again."""
        reason = reason.replace(str(self._vault.place("demos", row["stored"])), row["name"])
        reason = reason.replace(row["stored"], row["name"])[:500]
        async with self._ctx.db.transaction() as tx:
            if await self._demos.state(tx, row["id"], "failed", reason):
                if not keep:
                    await tx.execute(_LOSE, row["id"])
                told = DemoScanned(demo_id=row["id"], state="failed", map=None, highlights=0)
                await self._ctx.events.publish(tx, told)
        if not keep:
            self._vault.drop("demos", row["stored"])
