"""What greatshot keeps about a person: what they sent, and what demos show of them.

A demo's file holds the names of all who were there, so that whoever is forgotten takes the files with them, and the
clips and films; what the demos told stays, under the name of the stranger.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from slomix.contrib import People

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.nouns import Person, Stranger
    from slomix.storage.database import Connection

TIDY_JOB = "greatshot.tidy"

_SENT = "select id, name, uploaded_at from greatshot.demo where uploader = $1 order by uploaded_at"
_SHOWN = """
select d.id as demo, p.name, p.kills, p.deaths, p.headshots from greatshot.demo_player p
join greatshot.demo d on d.id = p.demo_id where p.player_id = $1 or p.key = any($2::text[]) order by d.uploaded_at, d.id
"""
_SAID = """
select c.demo_id as demo, c.words from greatshot.chat c
join greatshot.demo_player p on p.demo_id = c.demo_id and p.number = c.player
where p.player_id = $1 or p.key = any($2::text[]) order by c.demo_id, c.number
"""
_FILMS = "select id, asked_at from greatshot.render where asked_by = $1 order by asked_at"

# demos of which the person is a player, by id or by a name that nobody else of the demo was linked with
_IN = """
select distinct demo_id from greatshot.demo_player
where player_id = $1 or key = any($2::text[]) or (player_id is null and name_raw = any($3::text[]))
    or (player_id is null and name = any($3::text[]))
"""
_NO_CHAT = """
delete from greatshot.chat c using greatshot.demo_player p
where p.demo_id = c.demo_id and p.number = c.player
    and (p.player_id = $1 or p.key = any($2::text[]) or (p.player_id is null and p.name_raw = any($3::text[])))
"""
_NO_MENTION = "delete from greatshot.chat where strpos(lower(words), lower($1)) > 0"
_NO_FILES = """
update greatshot.demo set stored = null, name = 'demo.' || suffix where id = any($1::text[]) or uploader = $2
"""
_NO_NAMED_FILE = "update greatshot.demo set name = 'demo.' || suffix where strpos(lower(name), lower($1)) > 0"
_NO_CLIPS = "update greatshot.highlight set clip = null, clip_size = null where demo_id = any($1::text[])"
_NO_FILMS = """
delete from greatshot.render r using greatshot.highlight h
where (h.id = r.highlight_id and h.demo_id = any($1::text[])) or r.asked_by = $2
"""
_NO_UPLOADER = "update greatshot.demo set uploader = null where uploader = $1"
_NO_PATH = "delete from greatshot.seen_file where strpos(lower(path), lower($1)) > 0"
_STRANGER = """
update greatshot.demo_player set name = $4, name_raw = $4, player_id = $5, key = coalesce($6::jsonb ->> key, key)
where player_id = $1 or key = any($2::text[])
    or (player_id is null and (name_raw = any($3::text[]) or name = any($3::text[])))
"""
_MOVE = "update greatshot.demo_player set player_id = $3 where player_id = $2 and key = any($1::text[])"
#: Shorter names stand in other words.
SHORTEST = 3


def people(ctx: PluginContext) -> People:
    """For `register_people`."""

    async def export(tx: Connection, person: Person) -> Mapping[str, Any]:
        sent = await tx.fetch(_SENT, person.discord_id)
        shown = await tx.fetch(_SHOWN, person.player_id, list(person.keys))
        said = await tx.fetch(_SAID, person.player_id, list(person.keys))
        films = await tx.fetch(_FILMS, person.discord_id)
        return {
            "sent": [{"demo": row["id"], "file": row["name"], "at": row["uploaded_at"].isoformat()} for row in sent],
            "shown": [dict(row) for row in shown],
            "said": [dict(row) for row in said],
            "films": [{"film": row["id"], "asked_at": row["asked_at"].isoformat()} for row in films],
        }

    async def forget(tx: Connection, stranger: Stranger) -> None:
        person = stranger.person
        names = list(person.names)
        who = (person.player_id, list(person.keys), names)
        demos = [row["demo_id"] for row in await tx.fetch(_IN, *who)]
        await tx.execute(_NO_CHAT, *who)
        for name in names:
            if len(name) >= SHORTEST:
                for statement in (_NO_MENTION, _NO_NAMED_FILE, _NO_PATH):
                    await tx.execute(statement, name)
        await tx.execute(_NO_FILES, demos, person.discord_id)
        await tx.execute(_NO_CLIPS, demos)
        await tx.execute(_NO_FILMS, demos, person.discord_id)
        await tx.execute(_NO_UPLOADER, person.discord_id)
        await tx.execute(_STRANGER, *who, stranger.name, stranger.player_id, dict(stranger.keys))
        await ctx.jobs.enqueue(tx, TIDY_JOB, {"forgotten": True})

    async def move(tx: Connection, keys: tuple[str, ...], from_player: str, to_player: str) -> None:
        await tx.execute(_MOVE, list(keys), from_player, to_player)

    return People(export=export, forget=forget, move=move)
