"""Everything that is kept about a person, as one JSON value: core's own part, and who else is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slomix.nouns import Person
from slomix.people.moving import asked

if TYPE_CHECKING:
    from slomix.contrib import People
    from slomix.host.host import Contributed
    from slomix.storage.database import Connection

PLAYER = "select * from slomix.player where id = $1"
GUIDS = "select key, guid from slomix.player_guid where player_id = $1 order by key"
NAMES = "select raw, name, first_seen, last_seen from slomix.player_name where player_id = $1 order by first_seen, raw"
ROUNDS = """
select r.id, r.map, r.number, r.ended_at, v.name as server, p.key, p.name_raw, p.side, p.continuity
from slomix.round_player p
join slomix.round r on r.id = p.round_id
join slomix.server v on v.id = r.server_id
where p.player_id = $1
order by r.ended_at, r.id
"""
FILES = """
select a.name, encode(a.sha256, 'hex') as sha256, a.parser, a.received_at, a.source
from slomix.artifact a
where a.round_id in (select round_id from slomix.round_player where player_id = $1)
order by a.seq
"""
LEAVES = "select key, started_at, ended_at, merged_at from slomix.sick_leave where player_id = $1 order by id"
ACCOUNT = "select discord_id::text, player_id, name, linked_at from slomix.account where discord_id = $1"
TIERS = "select tier, name, granted_at from slomix.tier where discord_id = $1"
RIGHTS = "select capability, name, granted_at from slomix.capability_grant where discord_id = $1 order by capability"
LOGINS = (
    "select discord_id::text, name, avatar, first_login_at, last_login_at from slomix.web_user where discord_id = $1"
)
BROWSERS = """
select agent, roles::text[] as roles, created_at, last_seen_at, expires_at
from slomix.web_session where discord_id = $1 order by created_at, digest
"""
LOG = """
select id, at, actor, action, subject, reason, detail from slomix.audit
where subject = any($1) or actor = any($1) or detail::text like any($2)
order by id
"""


async def export(tx: Connection, plugins: Sequence[Contributed[People]], person: Person) -> dict[str, Any]:
    """Everything that core and the plugins keep about a person. Raises `PeopleError` that names a plugin that fails."""
    told = {
        "person": {
            "player_id": person.player_id,
            "guids": person.guids,
            "names": person.names,
            "discord_id": None if person.discord_id is None else str(person.discord_id),
        },
        "core": await _own(tx, person),
    }
    answers = {each.plugin: await asked(tx, each, "export", each.record.export(tx, person)) for each in plugins}
    return {**told, "plugins": answers}


async def _own(tx: Connection, person: Person) -> dict[str, Any]:
    player_id, discord_id = person.player_id, person.discord_id
    account = await _rows(tx, ACCOUNT, discord_id)
    return {
        "player": await _rows(tx, PLAYER, player_id),
        "guids": await _rows(tx, GUIDS, player_id),
        "names": await _rows(tx, NAMES, player_id),
        "rounds": await _rows(tx, ROUNDS, player_id),
        "files": await _rows(tx, FILES, player_id),
        "sick_leaves": await _rows(tx, LEAVES, player_id),
        "account": account,
        "tiers": await _rows(tx, TIERS, discord_id),
        "rights": await _rows(tx, RIGHTS, discord_id),
        "logins": await _rows(tx, LOGINS, discord_id),
        "browsers": await _rows(tx, BROWSERS, discord_id),
        "log": await _rows(tx, LOG, list(subjects(person)), [f"%{word}%" for word in needles(person)]),
    }


def subjects(person: Person) -> tuple[str, ...]:
    """How the audit log names a person, as subject or as actor."""
    players = (*person.old_ids, *([person.player_id] if person.player_id else ()))
    accounts = (person.discord_id,) if person.discord_id is not None else ()
    return (*(f"player:{each}" for each in players), *(f"discord:{each}" for each in accounts))


def needles(person: Person) -> tuple[str, ...]:
    """Texts that can mean nobody else: ids, keys, GUIDs and the account."""
    players = (*person.old_ids, *([person.player_id] if person.player_id else ()))
    accounts = (str(person.discord_id),) if person.discord_id is not None else ()
    own = tuple(guid for guid in person.guids if guid in person.keys)
    return tuple(dict.fromkeys((*players, *person.keys, *own, *accounts)))


async def _rows(tx: Connection, query: str, *values: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in await tx.fetch(query, *values)]
