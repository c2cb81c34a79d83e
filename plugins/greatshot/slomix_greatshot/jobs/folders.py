"""Watched folders: demos that lie there are taken as if somebody had sent them. The files themselves stay."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog

from slomix_greatshot.intake.naming import suffix_of
from slomix_greatshot.intake.receiving import PIECE, Refused

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_greatshot.store.demos import Demos

log = structlog.get_logger("slomix.greatshot")

#: Of one folder and look; what is left is taken with the next one.
MOST_AT_ONCE = 50
MOST_LOOKED_AT = 20_000

_SEEN = "select path, size, changed_ns from greatshot.seen_file where path = any($1::text[])"
_NOTE = """
insert into greatshot.seen_file (path, size, changed_ns, seen_at, outcome) values ($1, $2, $3, $4, $5)
on conflict (path) do update set size = excluded.size, changed_ns = excluded.changed_ns, seen_at = excluded.seen_at,
    outcome = excluded.outcome
"""


class Lying(NamedTuple):
    """A file in a folder."""

    path: Path
    size: int
    changed_ns: int


class Collector:
    """What the job does."""

    def __init__(self, ctx: PluginContext, demos: Demos) -> None:
        self._ctx, self._demos = ctx, demos

    async def run(self, payload: Mapping[str, Any]) -> None:
        """The job `greatshot.collect`: look into each folder once."""
        for folder in self._ctx.settings.folders:
            try:
                found = await asyncio.to_thread(lying, folder)
            except OSError as error:
                log.warning("a folder of demos can not be read", folder=str(folder), error=error.strerror)
                continue
            for each in await self._new(found):
                await self._take(each)

    async def _new(self, found: list[Lying]) -> list[Lying]:
        rows = await self._ctx.db.fetch(_SEEN, [str(each.path) for each in found])
        known = {row["path"]: (row["size"], row["changed_ns"]) for row in rows}
        settled = self._ctx.clock.now().timestamp() - self._ctx.settings.folder_settle_s
        fresh = [each for each in found if known.get(str(each.path)) != (each.size, each.changed_ns)]
        return [each for each in fresh if each.changed_ns / 1e9 <= settled][:MOST_AT_ONCE]

    async def _take(self, each: Lying) -> None:
        try:
            outcome = await self._offer(each)
        except Refused as error:
            outcome = str(error)
        except OSError as error:
            log.warning("a demo can not be read", file=str(each.path), error=error.strerror)
            return
        async with self._ctx.db.transaction() as tx:
            await tx.execute(_NOTE, str(each.path), each.size, each.changed_ns, self._ctx.clock.now(), outcome)

    async def _offer(self, each: Lying) -> str:
        async with self._demos.receiving(each.path.name, each.size) as receiving:
            with each.path.open("rb") as file:
                while piece := await asyncio.to_thread(file.read, PIECE):
                    await receiving.feed(piece)
            await receiving.finish()
            taken = await self._demos.take(receiving, source="folder", uploader=None)
        return "known" if taken.known else "taken"


def lying(folder: Path) -> list[Lying]:
    """Demos in a folder and the folders in it. Links are not followed."""
    found = []
    for path in islice(folder.rglob("*"), MOST_LOOKED_AT):
        if suffix_of(path.name) and path.is_file() and not path.is_symlink():
            told = path.stat()
            found.append(Lying(path, told.st_size, told.st_mtime_ns))
    return found
