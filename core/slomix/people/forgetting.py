"""Forgetting a person: a stranger stands in their place, and nothing tells any more who that was."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from slomix.events import Event, PersonForgotten, RoundRevised
from slomix.nouns import Person, Stranger
from slomix.people import moving, pseudonyms
from slomix.people.audit import Who, note
from slomix.people.data import needles, subjects
from slomix.people.moving import asked

if TYPE_CHECKING:
    from slomix.contrib import Parser, People
    from slomix.host.host import Contributed
    from slomix.storage.database import Connection

log = structlog.get_logger("slomix.people")

MAKE = """
insert into slomix.player (id, first_seen, last_seen, name_raw, name, is_bot)
select $2, first_seen, last_seen, $3, $3, is_bot from slomix.player where id = $1
"""
GUIDS = "insert into slomix.player_guid (key, guid, player_id) select key, key, $2 from unnest($1::text[]) as t (key)"
NAME = """
insert into slomix.player_name (player_id, raw, name, first_seen, last_seen)
select id, name_raw, name, first_seen, last_seen from slomix.player where id = $1
"""
SEATS = """
update slomix.round_player p set key = t.new, player_id = $3, name_raw = $4
from unnest($1::text[], $2::text[]) as t (old, new) where p.key = t.old
"""
EVENINGS = """
select distinct r.session_id from slomix.round_player p join slomix.round r on r.id = p.round_id where p.player_id = $1
"""
# Rounds that a message on Discord tells of, by itself or as part of a match or a session.
POSTED = """
select r.id as round_id, r.match_id, r.session_id
from slomix.round_player p join slomix.round r on r.id = p.round_id
where p.player_id = $1 and exists (
    select from slomix.post o where o.subject in (r.id, r.match_id, r.session_id) and o.message_id is not null
)
order by r.ended_at
"""
#: What core has of the player alone. The order is that of the foreign keys.
OWN_ROWS = (
    "delete from slomix.player_name where player_id = $1",
    "delete from slomix.player_guid where player_id = $1",
    "delete from slomix.player_alias where player_id = $1",
    "delete from slomix.account where player_id = $1",
    "delete from slomix.sick_leave where player_id = $1",
    "delete from slomix.player where id = $1",
)
LEAVES = "delete from slomix.sick_leave where key = any($1)"
ACCOUNT_ROWS = (
    "delete from slomix.account where discord_id = $1",
    "delete from slomix.tier where discord_id = $1",
    "delete from slomix.capability_grant where discord_id = $1",
    "delete from slomix.web_user where discord_id = $1",
)
# Texts that can mean nobody else; names are looked for where one of these is.
FILES = """
select a.sha256, a.name, a.parser, a.raw, a.outcome from slomix.artifact a
where a.raw is not null and (
    a.outcome <> 'imported'
    or a.round_id in (select round_id from slomix.round_player where player_id = $1)
    or a.round_id is null
)
"""
REWRITE = "update slomix.artifact set raw = $2, detail = null where sha256 = $1"
EVENTS = "select seq, payload from slomix.event where payload::text like any($1)"
EVENT = "update slomix.event set payload = $2 where seq = $1"
LOG = """
update slomix.audit
set actor = case when actor = any($1) then $3 else actor end,
    subject = case when subject = any($1) then $3 else subject end,
    reason = case when subject = any($1) or detail::text like any($2) then '' else reason end,
    detail = case when subject = any($1) or detail::text like any($2) then '{}' else detail end
where actor = any($1) or subject = any($1) or detail::text like any($2)
"""


@dataclass(frozen=True, slots=True)
class Forgetter:
    """Forgets in open transactions. `parsers` rewrite the stored files, by their name in the ledger."""

    plugins: Sequence[Contributed[People]]
    parsers: Mapping[str, Parser]
    settle: moving.Settle

    async def forget(self, tx: Connection, who: Who, person: Person) -> tuple[Stranger, list[Event]]:
        """Write a stranger wherever the person is mentioned, in core, in the stored files and in every plugin.

        Raises `PeopleError` with the plugin that fails: then nobody is forgotten.
        """
        await moving.lock_imports(tx)
        stranger = await pseudonyms.invent(tx, person)
        sessions: list[str] = []
        if person.player_id is not None:
            await self._files(tx, stranger)
            await _seats(tx, stranger)
            sessions = [row["session_id"] for row in await tx.fetch(EVENINGS, stranger.player_id)]
        for plugin in self.plugins:
            await asked(tx, plugin, "forget", plugin.record.forget(tx, stranger))
        await _core(tx, stranger)
        await self.settle(tx, sessions)
        await moving.look_behind(tx)
        await pseudonyms.remember(tx, stranger)
        subject = f"player:{stranger.player_id}"
        forgotten = subjects(person)
        await note(tx, Who(actor=subject if who.actor in forgotten else who.actor), "person.forget", subject)
        posted = await tx.fetch(POSTED, stranger.player_id)
        revised = [RoundRevised(**dict(row), cause="forgotten") for row in posted]
        return stranger, [PersonForgotten(player_id=stranger.player_id), *revised]

    async def _files(self, tx: Connection, stranger: Stranger) -> None:
        """The stored files: read as before with the stranger in them, or without their bytes where nobody can."""
        words = tuple(word.encode() for word in needles(stranger.person))
        async for row in tx.cursor(FILES, stranger.person.player_id):
            data = zlib.decompress(row["raw"])
            clean = self._clean(row, data, words, stranger)
            if clean != data:
                await tx.execute(REWRITE, row["sha256"], None if clean is None else zlib.compress(clean, 1))

    def _clean(self, row: Any, data: bytes, words: tuple[bytes, ...], stranger: Stranger) -> bytes | None:
        """What to keep of a file; None for nothing."""
        parser = self.parsers.get(row["parser"] or "")
        if row["outcome"] == "imported" and parser is not None and parser.without is not None:
            try:
                clean = parser.without(row["name"], data, stranger)
            except Exception:
                log.exception("a file could not be rewritten, so its bytes go", file=row["name"], parser=row["parser"])
                return None
            return None if _mentions(clean, words) else clean
        names = tuple(name.encode() for name in stranger.person.names if len(name) > 2)
        return None if _mentions(data, (*words, *names)) else data


def _mentions(data: bytes, words: tuple[bytes, ...]) -> bool:
    upper = data.upper()
    return any(word.upper() in upper for word in words)


async def _seats(tx: Connection, stranger: Stranger) -> None:
    """The stranger takes the person's seats in all rounds."""
    await tx.execute(MAKE, stranger.person.player_id, stranger.player_id, stranger.name)
    await tx.execute(GUIDS, list(stranger.keys.values()), stranger.player_id)
    await tx.execute(NAME, stranger.player_id)
    await tx.execute(SEATS, list(stranger.keys), list(stranger.keys.values()), stranger.player_id, stranger.name)


async def _core(tx: Connection, stranger: Stranger) -> None:
    """Everything else of core's own."""
    person = stranger.person
    if person.discord_id is not None:
        for statement in ACCOUNT_ROWS:
            await tx.execute(statement, person.discord_id)
    if person.player_id is not None:
        await tx.execute(LEAVES, list(person.keys))
        for statement in OWN_ROWS:
            await moving.look_behind(tx, statement, person.player_id)
    patterns = [f"%{word}%" for word in needles(person)]
    for row in await tx.fetch(EVENTS, patterns):
        await tx.execute(EVENT, row["seq"], stranger.instead(row["payload"]))
    await tx.execute(LOG, list(subjects(person)), patterns, f"player:{stranger.player_id}")
