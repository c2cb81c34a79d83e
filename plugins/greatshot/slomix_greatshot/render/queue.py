"""Films that are wanted: asked for once per highlight, made one after the other by whoever can."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slomix_greatshot.api import DemoChanged, Render, RenderBackendV1, RenderFailed
from slomix_greatshot.intake.receiving import Refused
from slomix_greatshot.render.client import GameClient

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_greatshot.store.files import Vault

RENDER_JOB = "greatshot.render"
FILM_SUFFIX = "mp4"

_LATELY = "select count(*) from greatshot.render where asked_by = $1 and asked_at > $2"
_OPEN = """
select id from greatshot.render where highlight_id = $1 and state in ('queued', 'rendering', 'done') limit 1
"""
_CLIP = "select clip from greatshot.highlight where id = $1"
_ADD = """
insert into greatshot.render (id, highlight_id, state, backend, asked_by, asked_at)
values ($1, $2, 'queued', $3, $4, $5)
"""
_WANTED = """
select r.id, r.highlight_id, r.state, h.demo_id, h.clip, h.start_ms, h.end_ms, d.map, d.version, d.suffix
from greatshot.render r join greatshot.highlight h on h.id = r.highlight_id join greatshot.demo d on d.id = h.demo_id
where r.id = $1
"""
_STATE = "update greatshot.render set state = $2, error = $3, file = $4, size = $5, ended_at = $6 where id = $1"
_OF_DEMO = """
select distinct on (r.highlight_id) r.id, r.highlight_id, r.state, r.error, r.asked_at, r.size
from greatshot.render r join greatshot.highlight h on h.id = r.highlight_id
where h.demo_id = $1 order by r.highlight_id, r.asked_at desc
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A film that was asked for. `state`: `queued`, `rendering`, `done`, `failed`; `error` says why it failed."""

    render_id: str
    highlight_id: str
    state: str
    error: str | None
    asked_at: datetime
    size: int | None


class Films:
    """Asks for films and makes them."""

    def __init__(self, ctx: PluginContext, vault: Vault) -> None:
        self._ctx, self._vault = ctx, vault

    def backend(self) -> RenderBackendV1 | None:
        """Who makes films: another plugin, or the game client of the settings; None: nobody."""
        offered = self._ctx.services.find(RenderBackendV1)  # type: ignore[type-abstract]
        if offered is not None:
            return offered
        return GameClient(self._ctx.settings) if self._ctx.settings.renderer else None

    async def ask(self, highlight_id: str, person: int) -> None:
        """Ask for the film of a highlight, unless it is there or under way. Raises `Refused`."""
        backend, now = self.backend(), self._ctx.clock.now()
        if backend is None:
            raise Refused("Nobody makes films here; take the clip and the script that plays it.", status=409)
        async with self._ctx.db.transaction() as tx:
            row = await tx.fetchrow(_CLIP, highlight_id)
            if row is None:
                raise Refused("There is no such highlight.", status=404)
            if row["clip"] is None:
                raise Refused("There is no clip of it at the moment.", status=409)
            if await tx.fetchval(_OPEN, highlight_id) is not None:
                return
            lately = await tx.fetchval(_LATELY, person, now - timedelta(hours=1))
            if lately >= self._ctx.settings.renders_per_hour:
                raise Refused(f"You asked for {lately} films within an hour, which is the most.", status=429)
            render_id = secrets.token_hex(6)
            await tx.execute(_ADD, render_id, highlight_id, backend.name[:64], person, now)
            await self._ctx.jobs.enqueue(tx, RENDER_JOB, {"render": render_id}, dedupe=f"{RENDER_JOB} {render_id}")

    async def run(self, payload: Mapping[str, Any]) -> None:
        """The job `greatshot.render`."""
        row = await self._ctx.db.fetchrow(_WANTED, payload["render"])
        if row is None or row["state"] not in {"queued", "rendering"}:
            return
        await self._set(row, "rendering")
        stored = self._vault.new(FILM_SUFFIX)
        out = self._vault.place("films", stored)
        try:
            await self._make(row, stored)
        except RenderFailed as error:
            out.unlink(missing_ok=True)
            await self._set(row, "failed", error=str(error)[:500])
        else:
            await self._set(row, "done", stored=stored, size=out.stat().st_size)

    async def of_demo(self, demo_id: str) -> dict[str, Film]:
        """The newest film of each highlight of a demo, by highlight."""
        rows = await self._ctx.db.fetch(_OF_DEMO, demo_id)
        return {
            row["highlight_id"]: Film(
                render_id=row["id"],
                highlight_id=row["highlight_id"],
                state=row["state"],
                error=row["error"],
                asked_at=row["asked_at"],
                size=row["size"],
            )
            for row in rows
        }

    async def _make(self, row: Any, stored: str) -> None:
        backend = self.backend()
        if backend is None:
            raise RenderFailed("Nobody makes films here any more.")
        if row["clip"] is None:
            raise RenderFailed("Its clip is gone; ask for the clip first.")
        render = Render(
            highlight_id=row["highlight_id"],
            clip=self._vault.place("clips", row["clip"]),
            out=self._vault.place("films", stored),
            seconds=(row["end_ms"] - row["start_ms"]) / 1000,
            map=row["map"],
            version=row["version"],
        )
        try:
            async with asyncio.timeout(self._ctx.settings.render_seconds):
                await backend.render(render)
        except TimeoutError:
            raise RenderFailed(f"It took longer than {self._ctx.settings.render_seconds} s.") from None

    async def _set(
        self, row: Any, state: str, *, error: str | None = None, stored: str | None = None, size: int | None = None
    ) -> None:
        ended = self._ctx.clock.now() if state in {"done", "failed"} else None
        async with self._ctx.db.transaction() as tx:
            await tx.execute(_STATE, row["id"], state, error, stored, size, ended)
            await self._ctx.events.signal(tx, DemoChanged(demo_id=row["demo_id"], state=f"film {state}"))
