"""Demos as rows: taken once by content, read by a job, counted per person."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from slomix_greatshot.api import DemoChanged
from slomix_greatshot.intake.naming import recorded_at
from slomix_greatshot.intake.receiving import Receiving, Refused

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.storage.database import Connection
    from slomix_greatshot.store.files import Vault

Source = Literal["web", "discord", "folder"]
SCAN_JOB = "greatshot.scan"

_BY_CONTENT = "select id, stored is not null as kept, state from greatshot.demo where sha256 = $1"
_COUNTS = """
select count(*) filter (where uploaded_at > $2) as lately, count(*) filter (where stored is not null) as kept
from greatshot.demo where uploader = $1
"""
# One upload of a person after the other, so that ten at once are counted, too.
_LOCK_PERSON = "select pg_advisory_xact_lock(hashtextextended('greatshot ' || $1::text, 0))"
_ADD = """
insert into greatshot.demo (id, sha256, name, suffix, size, stored, uploader, source, state, uploaded_at, recorded_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', $9, $10)
on conflict (sha256) do nothing returning id
"""
_KEEP_AGAIN = """
update greatshot.demo set stored = $2, uploaded_at = $3, state = 'queued', reason = null
where id = $1 and stored is null
"""
_STATE = "update greatshot.demo set state = $2, reason = $3 where id = $1 returning id"
_DELETE = "delete from greatshot.demo where id = $1 returning stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of an upload. `known`: the same content was here already."""

    demo_id: str
    known: bool


class Demos:
    """Takes demos in and gives them away again."""

    def __init__(self, ctx: PluginContext, vault: Vault) -> None:
        self._ctx, self._vault = ctx, vault

    def receiving(self, name: str, announced: int | None = None) -> Receiving:
        """A file that is coming, for an async with. Raises `Refused`."""
        return Receiving(self._vault, name, most_bytes=self._ctx.settings.most_bytes, announced=announced)

    async def admit(self, uploader: int) -> None:
        """Raises `Refused` for somebody who sent too much already; asked before a body is read."""
        async with self._ctx.db.transaction(read_only=True) as tx:
            await self._count(tx, uploader)

    async def take(self, received: Receiving, *, source: Source, uploader: int | None) -> Taken:
        """Keep a file that has come whole, once per content, and have it read."""
        stored, now = self._vault.new(received.suffix), self._ctx.clock.now()
        demo_id = secrets.token_hex(6)
        self._vault.keep(received.path, "demos", stored)
        try:
            async with self._ctx.db.transaction() as tx:
                if uploader is not None:
                    await tx.execute(_LOCK_PERSON, str(uploader))
                    await self._count(tx, uploader)
                zone = ZoneInfo(self._ctx.core.timezone)
                values = (received.sha256, received.name, received.suffix, received.size, stored, uploader, source)
                added = await tx.fetchval(_ADD, demo_id, *values, now, recorded_at(received.name, zone))
                if added is not None:
                    await self.queue(tx, demo_id)
                    return Taken(demo_id=demo_id, known=False)
                known = await tx.fetchrow(_BY_CONTENT, received.sha256)
                assert known is not None
                demo_id = known["id"]
                if not known["kept"]:
                    await tx.execute(_KEEP_AGAIN, demo_id, stored, now)
                    await self.queue(tx, demo_id)
                    return Taken(demo_id=demo_id, known=False)
                if known["state"] == "failed":
                    await self.queue(tx, demo_id)
        except BaseException:
            self._vault.drop("demos", stored)
            raise
        self._vault.drop("demos", stored)
        return Taken(demo_id=demo_id, known=True)

    async def queue(self, tx: Connection, demo_id: str) -> None:
        """Have a demo read (anew)."""
        await self.state(tx, demo_id, "queued")
        await self._ctx.jobs.enqueue(tx, SCAN_JOB, {"demo": demo_id}, dedupe=f"{SCAN_JOB} {demo_id}")

    async def state(self, tx: Connection, demo_id: str, state: str, reason: str | None = None) -> bool:
        """Write down where a demo is, and tell open pages. False where there is none."""
        if await tx.fetchval(_STATE, demo_id, state, reason) is None:
            return False
        await self._ctx.events.signal(tx, DemoChanged(demo_id=demo_id, state=state))
        return True

    async def delete(self, demo_id: str) -> bool:
        """Delete a demo with everything that was read out of it; its clips and films go with the next tidying."""
        async with self._ctx.db.transaction() as tx:
            row = await tx.fetchrow(_DELETE, demo_id)
            if row is None:
                return False
            await self._ctx.events.signal(tx, DemoChanged(demo_id=demo_id, state="deleted"))
        if row["stored"]:
            self._vault.drop("demos", row["stored"])
        return True

    async def _count(self, tx: Connection, uploader: int) -> None:
        settings, now = self._ctx.settings, self._ctx.clock.now()
        row = await tx.fetchrow(_COUNTS, uploader, _an_hour_before(now))
        assert row is not None
        if row["lately"] >= settings.uploads_per_hour:
            raise Refused(f"You sent {row['lately']} demos within an hour, which is the most; go on later.", status=429)
        if row["kept"] >= settings.most_demos:
            raise Refused(f"You have {row['kept']} demos here, which is the most; delete some first.", status=409)


def _an_hour_before(now: datetime) -> datetime:
    return now - timedelta(hours=1)
