"""`/readyz`: whether this program can do its work now; for load balancers that choose between several."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from slomix.storage.sources import MigrationSource, read_files

#: A load balancer is answered in time, also when the database hangs.
LIMIT_S = 2.0

HASHES = "select source, migration, sha256 from slomix.migration_hash"


class Reads(Protocol):
    """The part of the database that is needed here."""

    async def fetch(self, query: str, *args: Any) -> list[Any]: ...


class Listens(Protocol):
    """The part of the live feed that is needed here."""

    @property
    def listening(self) -> bool: ...


class Readiness:
    """Ready: the database answers, holds exactly what this program was built for, and tells what is new."""

    def __init__(self, db: Reads, feed: Listens, sources: Sequence[MigrationSource]) -> None:
        self._db = db
        self._feed = feed
        self._built = {(source.name, file.id): file.sha256 for source in sources for file in read_files(source)}

    async def answer(self, request: Request) -> Response:
        """200 `ready`, or 503 with the reason in one sentence."""
        reason = await self.lack()
        headers = {"Cache-Control": "no-store", **({"Retry-After": "5"} if reason else {})}
        return PlainTextResponse(f"{reason or 'ready'}\n", 503 if reason else 200, headers)

    async def lack(self) -> str:
        """Why the program is not ready; empty when it is."""
        try:
            async with asyncio.timeout(LIMIT_S):
                rows = await self._db.fetch(HASHES)
        except TimeoutError:
            return f"The database does not answer within {LIMIT_S:g} s."
        except Exception as error:
            return f"The database can not be reached: {type(error).__name__}."
        if reason := _difference(self._built, {(row[0], row[1]): row[2] for row in rows}):
            return reason
        return "" if self._feed.listening else "The live feed does not listen yet."


def _difference(built: Mapping[tuple[str, str], str], applied: Mapping[tuple[str, str], str]) -> str:
    """Where the database and the program differ, as a sentence; of plugins that do not run nothing is asked."""
    names = {name for name, _ in built}
    for name in sorted(names):
        ours = {migration: sha for (source, migration), sha in built.items() if source == name}
        theirs = {migration: sha for (source, migration), sha in applied.items() if source == name}
        if missing := _first(set(ours) - set(theirs)):
            return f"The migration {missing} is not applied; run `slomix migrate`."
        if unknown := _first(set(theirs) - set(ours)):
            return f"The database is newer than this program: it has {unknown}."
        if changed := _first(migration for migration in ours if ours[migration] != theirs[migration]):
            return f"The migration {changed} is not the one that was applied."
    return ""


def _first(names: Iterable[str]) -> str:
    return min(names, default="")
