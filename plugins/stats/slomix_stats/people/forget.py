"""A stranger takes the place of a person in every row of stats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from slomix_stats.people.files import record_without
from slomix_stats.record import pack, unpack
from slomix_stats.settle.counting import uncount

if TYPE_CHECKING:
    from slomix.nouns import Stranger
    from slomix.storage.database import Connection

ROUNDS = """
select s.round_id, s.raw from stats.round s
where s.round_id in (select p.round_id from stats.player_round p where p.key = any($1))
order by s.round_id
"""
RAW = "update stats.round set raw = $2 where round_id = $1"
PLAYED = """
update stats.player_round p
set key = t.new, guid = t.new, player_id = $3, name_raw = $4, name = $4
from unnest($1::text[], $2::text[]) as t (old, new)
where p.key = t.old
"""
# $1 and $2: keys and those instead of them; $3: names; $4: the name instead of them
BY_KEY = (
    """
    update stats.award a set key = t.new, player = $4
    from unnest($1::text[], $2::text[]) as t (old, new) where a.key = t.old and $3::text[] is not null
    """,
    """
    update stats.award set player = $4
    where key is null and player = any($3) and $1::text[] is not null and $2::text[] is not null
    """,
    """
    update stats.versus v set subject_key = t.new, subject = $4
    from unnest($1::text[], $2::text[]) as t (old, new) where v.subject_key = t.old and $3::text[] is not null
    """,
    """
    update stats.versus v set opponent_key = t.new, opponent = $4
    from unnest($1::text[], $2::text[]) as t (old, new) where v.opponent_key = t.old and $3::text[] is not null
    """,
    """
    update stats.versus set
        subject = case when subject_key is null and subject = any($3) then $4 else subject end,
        opponent = case when opponent_key is null and opponent = any($3) then $4 else opponent end
    where ((subject_key is null and subject = any($3)) or (opponent_key is null and opponent = any($3)))
        and $1::text[] is not null and $2::text[] is not null
    """,
    """
    update stats.report r set surrender_key = t.new, surrender_name = $4
    from unnest($1::text[], $2::text[]) as t (old, new) where r.surrender_key = t.old and $3::text[] is not null
    """,
    """
    update stats.report_player p set key = t.new, guid = t.new, name = $4
    from unnest($1::text[], $2::text[]) as t (old, new) where p.key = t.old and $3::text[] is not null
    """,
)
INPUTS = """
select artifact, raw from stats.input
where round_id is null or round_id in (select round_id from stats.player_round where key = any($1))
order by artifact
"""
INPUT = "update stats.input set raw = $2 where artifact = $1"
DECISIONS = "select id, value, decided_by, reason from stats.decision d where d::text like any($1)"
DECISION = "update stats.decision set value = $2, decided_by = $3, reason = $4 where id = $1"
VOTES_OF = "delete from stats.mvp_vote where voter = $1"
VOTES_FOR = "update stats.mvp_vote set player_id = $2 where player_id = $1"
CHALLENGES = "update stats.challenge set set_by = $2 where set_by = 'discord:' || $1"
LIVE = "select server_id as id, state as value from stats.live"
FEED = "select seq as id, entry as value from stats.live_feed"
STATUS = "select server as id, answer as value from stats.server_status where answer is not null"
LIVE_NOW = "update stats.live set state = $2 where server_id = $1"
FEED_NOW = "update stats.live_feed set entry = $2 where seq = $1"
STATUS_NOW = "update stats.server_status set answer = $2 where server = $1"


async def forget(tx: Connection, stranger: Stranger) -> None:
    """`slomix.contrib.People.forget`. What follows from whole evenings is made anew when core settles them."""
    keys, names = list(stranger.keys), list(stranger.person.names)
    instead = list(stranger.keys.values())
    await _rounds(tx, stranger, keys, instead)
    await _inputs(tx, stranger, keys)
    for statement in BY_KEY:
        await tx.execute(statement, keys, instead, names, stranger.name)
    await _decisions(tx, stranger)
    await _community(tx, stranger)
    for read, write in ((LIVE, LIVE_NOW), (FEED, FEED_NOW), (STATUS, STATUS_NOW)):
        for row in await tx.fetch(read):
            clean = stranger.instead(row["value"])
            if clean != row["value"]:
                await tx.execute(write, row["id"], clean)


async def _rounds(tx: Connection, stranger: Stranger, keys: list[str], instead: list[str]) -> None:
    rounds = await tx.fetch(ROUNDS, keys)
    await uncount(tx, [row["round_id"] for row in rounds])
    for row in rounds:
        await tx.execute(RAW, row["round_id"], pack(record_without(unpack(row["raw"]), stranger)))
    await tx.execute(PLAYED, keys, instead, stranger.player_id, stranger.name)


async def _inputs(tx: Connection, stranger: Stranger, keys: list[str]) -> None:
    """The parsed files that wait for a round, or tell more of one: lists of texts and numbers, whatever their kind."""
    for row in await tx.fetch(INPUTS, keys):
        record = msgspec.msgpack.decode(row["raw"])
        clean = stranger.instead(record)
        if clean != record:
            await tx.execute(INPUT, row["artifact"], msgspec.msgpack.encode(clean))


async def _community(tx: Connection, stranger: Stranger) -> None:
    """Votes of the person go, votes for the person are the stranger's."""
    person = stranger.person
    if person.discord_id is not None:
        await tx.execute(VOTES_OF, person.discord_id)
        await tx.execute(CHALLENGES, str(person.discord_id), stranger.player_id)
    if person.player_id is not None:
        await tx.execute(VOTES_FOR, person.player_id, stranger.player_id)


async def _decisions(tx: Connection, stranger: Stranger) -> None:
    words = stranger.words()
    for row in await tx.fetch(DECISIONS, [f"%{word}%" for word in words if len(word) > 2]):
        reason = "" if any(word in row["reason"] for word in words if len(word) > 2) else row["reason"]
        actor = stranger.player_id if any(word in row["decided_by"] for word in words) else row["decided_by"]
        await tx.execute(DECISION, row["id"], stranger.instead(row["value"]), actor, reason)
