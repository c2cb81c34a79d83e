"""Players: who was seen when under which key and name. What is stored does not depend on the order of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slomix.identity import ids
from slomix.names import clean_name
from slomix.nouns import RosterEntry

# The beginning of a statement that stores a roster ($1 to $9, see `seen`): `roster` are its players with their ids,
# `people` the rows of slomix.player. Rows are locked in the order of their keys, so that two imports never wait for
# each other in a circle. A player's name is the one seen last; of two seen at the same moment, the one that sorts last.
SEEN = """
with roster as materialized (
    select
        t.key, coalesce(known.player_id, t.player_id) as player_id, t.guid, t.raw, t.name, t.is_bot, t.side,
        t.continuity
    from unnest(
        $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[], $9::integer[]
    ) as t (key, player_id, guid, raw, name, is_bot, side, continuity)
    left join slomix.player_guid known on known.key = t.key
), people as (
    insert into slomix.player as p (id, first_seen, last_seen, name_raw, name, is_bot)
    select distinct on (player_id) player_id, $1::timestamptz, $1::timestamptz, raw, name, is_bot
    from roster order by player_id, raw desc
    on conflict (id) do update set
        first_seen = least(p.first_seen, excluded.first_seen),
        last_seen = greatest(p.last_seen, excluded.last_seen),
        name_raw = case when (excluded.last_seen, excluded.name_raw) > (p.last_seen, p.name_raw)
                        then excluded.name_raw else p.name_raw end,
        name = case when (excluded.last_seen, excluded.name_raw) > (p.last_seen, p.name_raw)
                    then excluded.name else p.name end
    returning id, xmax = 0 as is_new
), guids as (
    insert into slomix.player_guid (key, guid, player_id) select key, guid, player_id from roster order by key
    on conflict (key) do nothing
), names as (
    insert into slomix.player_name as n (player_id, raw, name, first_seen, last_seen)
    select distinct on (player_id, raw) player_id, raw, name, $1::timestamptz, $1::timestamptz
    from roster order by player_id, raw
    on conflict (player_id, raw) do update set
        first_seen = least(n.first_seen, excluded.first_seen),
        last_seen = greatest(n.last_seen, excluded.last_seen)
)
"""


@dataclass(frozen=True, slots=True)
class Roster:
    """The players of one round. `ids` maps a roster key to the player's id; `first_seen` are (id, name) of new ones."""

    ids: dict[str, str]
    first_seen: tuple[tuple[str, str], ...]


def seen(roster: Sequence[RosterEntry], ended_at: datetime) -> tuple[Any, ...]:
    """The values of `SEEN`: these players were there at `ended_at`."""
    entries = sorted({each.key: each for each in roster}.values(), key=lambda each: each.key)
    return (
        ended_at,
        [each.key for each in entries],
        [ids.player_id(each.key) for each in entries],
        [each.guid for each in entries],
        [each.name for each in entries],
        [shown_name(each) for each in entries],
        [each.is_bot for each in entries],
        [each.side for each in entries],
        [each.continuity for each in entries],
    )


def shown_name(entry: RosterEntry) -> str:
    """The name without colours; of a name of colour codes only, the short GUID."""
    return clean_name(entry.name) or entry.guid[:8] or entry.key[:8]


def roster_of(rows: Iterable[Any]) -> Roster:
    """The players that a statement which begins with `SEEN` answers: key, player_id, name, is_new."""
    found = list(rows)
    new = {row["player_id"]: row["name"] for row in found if row["is_new"]}
    return Roster({row["key"]: row["player_id"] for row in found}, tuple(sorted(new.items())))
