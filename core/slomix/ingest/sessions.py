"""What parsers derive of whole sessions: at once for one file, once per session after many.

An import that leaves it for later marks the sessions in its own transaction, and a mark goes with the transaction that
settles its session: whenever the program is killed, what is left is settled at the next start or after the next import.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import structlog

from slomix.errors import DatabaseUnavailable
from slomix.identity.place import prologue
from slomix.ingest.ledger import NO_MARKS, Marks
from slomix.ingest.outcome import Outcome
from slomix.ingest.prepare import parser_name, plugin_of
from slomix.storage.database import CONNECTION_ERRORS
from slomix.storage.link import lend

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.contrib import Parser
    from slomix.host.host import Contributed
    from slomix.storage.database import Connection

log = structlog.get_logger("slomix.ingest")

_NO_DATABASE: tuple[type[Exception], ...] = (DatabaseUnavailable, *CONNECTION_ERRORS)

Settle = Callable[["Connection", Sequence[str]], Awaitable[None]]

MARK = """
insert into slomix.unsettled (parser, session_id, server)
select parser, r.session_id, v.name
from slomix.round r
join slomix.server v on v.id = r.server_id
cross join unnest($1::text[]) as parser
where r.id = any($2::text[])
on conflict do nothing
"""
# Sessions of one server after another; a session that begins later is settled later.
LEFT = """
select u.parser, u.session_id, u.server
from slomix.unsettled u
left join slomix.session s on s.id = u.session_id
where u.parser = any($1::text[])
order by u.server, s.started_at nulls first, u.session_id
"""
TAKE = "delete from slomix.unsettled where session_id = $1 and parser = $2 returning true"


class Sessions:
    """Who settles sessions. A function that several parsers name is called once."""

    def __init__(self, parsers: Iterable[Contributed[Parser]]) -> None:
        self._settle: dict[str, Settle] = {}
        for parser in parsers:
            settle = parser.record.settle
            if settle is not None and settle not in self._settle.values():
                self._settle[parser_name(parser)] = settle

    async def settle(self, tx: Connection, session_ids: Sequence[str]) -> None:
        """Settle sessions in the transaction that changed them."""
        if session_ids:
            for parser, settle in self._settle.items():
                async with lend(tx, plugin_of(parser)):
                    await settle(tx, session_ids)

    def marks(self, session_ids: Sequence[str], server: str) -> Marks:
        """Marks for sessions of a server that are settled later."""
        return Marks(tuple(self._settle), tuple(session_ids), server) if self._settle else NO_MARKS

    async def mark_rounds(self, tx: Connection, round_ids: Sequence[str]) -> None:
        """Mark the sessions of these rounds."""
        if self._settle:
            await tx.execute(MARK, list(self._settle), round_ids)

    async def settle_left(self, db: Db, progress: Callable[[int], None] = lambda count: None) -> list[Outcome]:
        """Settle everything that is marked; answers the sessions that failed, which stay marked.

        Single commits do not wait for the disk.
        """
        failed = []
        for row in await db.fetch(LEFT, list(self._settle)):
            outcome = await self._settle_one(db, row["parser"], row["session_id"], row["server"])
            failed += [outcome] if outcome is not None else []
            progress(1)
        return failed

    async def _settle_one(self, db: Db, parser: str, session_id: str, server: str) -> Outcome | None:
        try:
            async with db.transaction(durable=False, prologue=prologue(server)) as tx:
                # somebody else may have been quicker
                if await tx.fetchval(TAKE, session_id, parser):
                    async with lend(tx, plugin_of(parser), back=False):
                        await self._settle[parser](tx, [session_id])
        except _NO_DATABASE:
            raise
        except Exception as error:
            log.exception("session not settled", session=session_id, parser=parser)
            told = f"{parser} failed with {type(error).__name__}: {error}. It is tried again after the next import."
            return Outcome(name=f"session {session_id}", outcome="failed", detail=told)
        return None
