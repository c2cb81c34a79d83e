"""Reads of players: one profile, and the search."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from datetime import UTC

from slomix.context import Db
from slomix.names import clean_name
from slomix_stats.api import NameSeen, PlayerHit, PlayerLine, PlayerProfile, PlayerSession
from slomix_stats.reader.lines import SESSION_COLUMNS, STORED_SUMS, player_line, session_line, weapon_line

#: How many of the latest evenings and names a profile holds.
SESSIONS = 20
NAMES = 30

#: The sums of a line that are never unknown, and those that may be.
_SUMS = (
    "rounds", "time_played_s", "kills", "deaths", "damage_given", "damage_received", "team_damage_given", "hits",
    "shots", "headshot_hits", "bullet_hits", "bullet_shots", "bullet_headshot_hits", "gibs", "self_kills",
    "team_kills",
)  # fmt: skip
_SOMETIMES = ("revives_given", "times_revived", "xp")

# Every bot has the same GUID, so a GUID may be of several players: the one seen last is meant.
_PLAYER = """
select p.id, p.display as name, p.display_raw as name_raw, p.first_seen, p.last_seen,
    (select array_agg(g.guid order by g.key) from slomix.player_guid g where g.player_id = p.id)
        as guids
from slomix.player p
where p.id in (
    select $1::text
    union select a.player_id from slomix.player_alias a where a.id = $1
    union select g.player_id from slomix.player_guid g where g.guid = $2
)
order by p.id = $1 desc, p.last_seen desc
limit 1
"""

_LIFETIME = f"""
select {STORED_SUMS}
from stats.player_total t
join slomix.player pl on pl.id = t.player_id
where t.player_id = $1
"""

_WEAPONS = """
select slot, kills, deaths, hits, shots, headshot_hits
from stats.player_weapon
where player_id = $1
order by kills desc, hits desc, slot
"""

_NAMES = """
select raw, name, first_seen, last_seen
from slomix.player_name
where player_id = $1
order by last_seen desc, raw
limit $2
"""

# A player may have several segments in one session. `{before}` is a further condition.
MINE = f"""
with latest as (
    select distinct ended_at, session_id from stats.player_session where player_id = $1 {{before}}
    order by ended_at desc, session_id desc limit $2
), mine as (
    select p.session_id, p.player_id, {", ".join(f"sum(p.{name})::bigint as {name}" for name in (*_SUMS, *_SOMETIMES))}
    from latest l
    join stats.player_session p on p.session_id = l.session_id and p.player_id = $1
    group by p.session_id, p.player_id
)
select t.*, {SESSION_COLUMNS}
from (select t.session_id as mine_id, t.rounds as mine_rounds, {STORED_SUMS}
      from mine t join slomix.player pl on pl.id = t.player_id) t
join slomix.session e on e.id = t.mine_id
join slomix.server v on v.id = e.server_id
order by e.ended_at desc, e.id desc
"""
_SESSIONS = MINE.format(before="")

_HITS = """
select p.id as player_id, p.display as name, p.last_seen,
    (select g.guid from slomix.player_guid g where g.player_id = p.id order by g.key limit 1) as guid
from slomix.player p
"""

_LATEST = _HITS + "order by p.last_seen desc, p.id limit $1"

# Players of a name, or of a GUID that begins so; `{0}` stands for the pattern.
_NAMED = """p.id in (
    select n.player_id from slomix.player_name n where lower(n.name) like {0}
    union
    select d.id from slomix.player d where lower(d.display) like {0}
)"""
_BEGINNING = """p.id in (
    select n.player_id from slomix.player_name n where lower(n.name) like {0}
    union
    select d.id from slomix.player d where lower(d.display) like {0}
    union
    select g.player_id from slomix.player_guid g where lower(g.guid) like {0}
)"""
_FOUND = "{hits} where {which} order by p.last_seen desc, p.id limit $2"


async def profile(db: Db, id_or_guid: str) -> PlayerProfile | None:
    """A player by id or by 8-character GUID, in either case."""
    player = await db.fetchrow(_PLAYER, id_or_guid, id_or_guid.upper())
    if player is None:
        return None
    guids = tuple(dict.fromkeys(player["guids"] or ()))
    guid = guids[0] if guids else ""
    sums = await db.fetchrow(_LIFETIME, player["id"])
    return PlayerProfile(
        player_id=player["id"],
        guids=guids,
        name=player["name"],
        name_raw=player["name_raw"],
        first_seen=player["first_seen"].astimezone(UTC),
        last_seen=player["last_seen"].astimezone(UTC),
        lifetime=player_line(sums) if sums else _nothing(player["id"], guid, player["name"], player["name_raw"]),
        weapons=tuple(weapon_line(row) for row in await db.fetch(_WEAPONS, player["id"])),
        names=tuple(
            NameSeen(name=row["name"], name_raw=row["raw"], first_seen=row["first_seen"], last_seen=row["last_seen"])
            for row in await db.fetch(_NAMES, player["id"], NAMES)
        ),
        sessions=tuple(
            PlayerSession(session=session_line(row), line=player_line(row, rounds=row["mine_rounds"]))
            for row in await db.fetch(_SESSIONS, player["id"], SESSIONS)
        ),
    )


async def find(db: Db, text: str, limit: int) -> tuple[PlayerHit, ...]:
    """Players by name or GUID; without text those seen last."""
    wanted = _escape(clean_name(text).lower())
    if not wanted:
        rows = await db.fetch(_LATEST, limit)
    else:
        rows = []
        for which, pattern in (begins(text), contains(text)):
            rows = rows or await db.fetch(_FOUND.format(hits=_HITS, which=which.format("$1")), pattern, limit)
    return tuple(
        PlayerHit(player_id=row["player_id"], guid=row["guid"] or "", name=row["name"], last_seen=row["last_seen"])
        for row in rows
    )


def begins(text: str) -> tuple[str, str]:
    """The condition of players whose name or GUID begins with a text, `{0}` for its pattern, and the pattern."""
    return _BEGINNING, f"{_escape(clean_name(text).lower())}%"


def contains(text: str) -> tuple[str, str]:
    """The same for a text within a name."""
    return _NAMED, f"%{_escape(clean_name(text).lower())}%"


def _escape(text: str) -> str:
    """`text` for LIKE, where `%`, `_` and the backslash stand for themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _nothing(player_id: str, guid: str, name: str, name_raw: str) -> PlayerLine:
    """The lifetime of a player without a counted round."""
    return player_line(
        {
            **dict.fromkeys(_SUMS, 0),
            **dict.fromkeys(_SOMETIMES),
            "player_id": player_id,
            "guid": guid,
            "name": name,
            "name_raw": name_raw,
        }
    )
