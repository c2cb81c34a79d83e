"""What is old goes: files of demos, chat, clips, films, and files that no row names."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slomix_greatshot.store.files import SHELVES, Shelf

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_greatshot.store.files import Vault

#: What is being written has no row yet.
STRAY_S = 3600.0

_OLD_DEMOS = "update greatshot.demo set stored = null where stored is not null and uploaded_at < $1"
_OLD_CHAT = """
delete from greatshot.chat c using greatshot.demo d where d.id = c.demo_id and d.uploaded_at < $1
"""
_OLD_CLIPS = "update greatshot.highlight set clip = null, clip_size = null where clip is not null and clipped_at < $1"
_OLD_FILMS = "delete from greatshot.render where ended_at < $1"
_GONE_FILES = "delete from greatshot.seen_file where seen_at < $1"
_KNOWN: Mapping[Shelf, str] = {
    "demos": "select stored as name from greatshot.demo where stored is not null",
    "clips": "select clip as name from greatshot.highlight where clip is not null",
    "films": "select file as name from greatshot.render where file is not null",
    "coming": "select null::text as name where false",
}
_SEEN_DAYS = 400


class Tidier:
    """What the job does; files go after the rows, so that no row names a file that is gone."""

    def __init__(self, ctx: PluginContext, vault: Vault) -> None:
        self._ctx, self._vault = ctx, vault

    async def run(self, payload: Mapping[str, Any]) -> None:
        """The job `greatshot.tidy`."""
        settings, now = self._ctx.settings, self._ctx.clock.now()
        limits = [
            (_OLD_DEMOS, settings.keep_days),
            (_OLD_CHAT, settings.chat_days),
            (_OLD_CLIPS, settings.clip_days),
            (_OLD_FILMS, settings.film_days),
            (_GONE_FILES, _SEEN_DAYS),
        ]
        async with self._ctx.db.transaction() as tx:
            for statement, days in limits:
                if days:
                    await tx.execute(statement, now - timedelta(days=days))
        for shelf in SHELVES:
            known = frozenset(row["name"] for row in await self._ctx.db.fetch(_KNOWN[shelf]))
            await asyncio.to_thread(self._sweep, shelf, known)

    def _sweep(self, shelf: Shelf, known: frozenset[str]) -> None:
        for path in self._vault.strays(shelf, known, STRAY_S):
            path.unlink(missing_ok=True)
