"""Sums over the valid rounds of players, kept up to date by what changes: no page adds up a lifetime.

A round is in the sums exactly while it is valid (`stats.round.counted_session` says under which session). Whoever
changes the numbers or players of rounds takes them out first (`uncount`); settling their sessions puts them in again.
"""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slomix.storage.database import Connection

#: Columns of `stats.player_round` that every round knows, and those that some do not.
SUMS = (
    "kills", "deaths", "hits", "shots", "headshot_hits", "bullet_hits", "bullet_shots", "bullet_headshot_hits",
    "damage_given", "damage_received", "team_damage_given", "team_damage_received", "gibs", "self_kills", "team_kills",
    "team_gibs", "time_played_s", "alive_s",
)  # fmt: skip
SOMETIMES = (
    "xp", "kill_assists", "kill_steals", "headshot_kills", "objectives_stolen", "objectives_returned",
    "dynamites_planted", "dynamites_defused", "times_revived", "useful_kills", "denied_playtime_s", "multikill_2",
    "multikill_3", "multikill_4", "multikill_5", "multikill_6", "useless_kills", "full_selfkills",
    "repairs_constructions", "revives_given",
)  # fmt: skip
_WEAPON_SUMS = ("hits", "shots", "kills", "deaths", "headshot_hits")

#: Imports of several servers meet in the sums of a player: one after the other, until they are committed.
LOCK = "select pg_advisory_xact_lock(x'736c6f6d73756d73'::bigint)"


def _columns(template: str, names: Sequence[str]) -> str:
    return ", ".join(template.format(name) for name in names)


_NAMED = f"rounds, {', '.join(SUMS)}, {', '.join(SOMETIMES)}, {_columns('{0}_known', SOMETIMES)}"
_SUMMED = f"sum(sign), {_columns('sum(sign * {0})', SUMS)}, {_columns('sum(sign * {0})', SOMETIMES)}, " + _columns(
    "coalesce(sum(sign) filter (where {0} is not null), 0)", SOMETIMES
)
_ADDED = f"rounds = a.rounds + excluded.rounds, {_columns('{0} = a.{0} + excluded.{0}', SUMS)}, " + _columns(
    "{0} = case when a.{0}_known + excluded.{0}_known > 0 "
    "then coalesce(a.{0}, 0) + coalesce(excluded.{0}, 0) end, "
    "{0}_known = a.{0}_known + excluded.{0}_known",
    SOMETIMES,
)


def _add(table: str, key: str, more: str = "", more_values: str = "") -> str:
    """A statement that adds the sums over `played` to a table by its key."""
    return f"""
    insert into stats.{table} as a ({key}{more}, {_NAMED})
    select {key}{more_values}, {_SUMMED} from played group by {key} order by {key}
    on conflict ({key}) do update set {_ADDED}"""


# $1 to $4: rounds with the session and segment that they are counted under, and 1 to put them in, -1 to take them out.
COUNT = f"""
with played as materialized (
    select c.sign, c.session_id, c.segment, r.map, p.*,
        case when p.side in ('axis', 'allies') then p.side else 'none' end as team,
        case when s.defender is null or p.side is null or p.side = 'spectator' then 'none'
             when p.side = s.defender then 'defence' else 'attack' end as role
    from unnest($1::text[], $2::text[], $3::smallint[], $4::integer[]) as c (round_id, session_id, segment, sign)
    join slomix.round r on r.id = c.round_id
    join stats.round s on s.round_id = c.round_id
    join stats.player_round p on p.round_id = c.round_id
), sessions as ({
    _add(
        "player_session",
        "session_id, segment, player_id",
        ", ended_at",
        ", coalesce((select e.ended_at from slomix.session e where e.id = played.session_id), 'epoch')",
    )
}
), maps as (
    insert into stats.player_map as a (player_id, map, side, role, {_NAMED})
    select player_id, map, team, role, {_SUMMED} from played
    group by player_id, map, team, role order by player_id, map, team, role
    on conflict (player_id, map, side, role) do update set {_ADDED}
), weapons as (
    insert into stats.player_weapon as a (player_id, slot, rounds, {", ".join(_WEAPON_SUMS)})
    select p.player_id, w.slot, sum(p.sign), {_columns("sum(p.sign * w.{0})", _WEAPON_SUMS)}
    from played p
    cross join lateral unnest(
        p.weapon_slots, p.weapon_hits, p.weapon_shots, p.weapon_kills, p.weapon_deaths, p.weapon_headshot_hits
    ) as w (slot, {", ".join(_WEAPON_SUMS)})
    group by p.player_id, w.slot order by p.player_id, w.slot
    on conflict (player_id, slot) do update set
        rounds = a.rounds + excluded.rounds, {_columns("{0} = a.{0} + excluded.{0}", _WEAPON_SUMS)}
){_add("player_total", "player_id")}
"""

# Sums over no rounds at all go. $1: the rounds that were taken out; $2: the sessions that they were counted under.
_NOBODY = (
    "player_id in (select p.player_id from stats.player_round p where p.round_id = any($1::text[])) and rounds = 0"
)
SWEEP = f"""
with sessions as (
    delete from stats.player_session where session_id = any($2::text[]) and rounds = 0
), maps as (
    delete from stats.player_map where {_NOBODY}
), weapons as (
    delete from stats.player_weapon where {_NOBODY}
)
delete from stats.player_total where {_NOBODY}
"""

TAKE_OUT = """
update stats.round s
set valid = false, counts = false, counted_session = null, counted_segment = null
from (
    select round_id, counted_session, counted_segment from stats.round
    where round_id = any($1::text[]) and valid order by round_id for update
) as was
where s.round_id = was.round_id
returning was.round_id, was.counted_session, was.counted_segment
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """A round as it is counted: under this session and segment (0: none)."""

    round_id: str
    session_id: str
    segment: int


async def count(tx: Connection, *, out: Sequence[Counted] = (), into: Sequence[Counted] = ()) -> None:
    """Take rounds out of the sums, with the numbers that they have now, and put rounds in."""
    if not out and not into:
        return
    rounds = [*out, *into]
    await tx.execute(LOCK)
    await tx.execute(
        COUNT,
        [each.round_id for each in rounds],
        [each.session_id for each in rounds],
        [each.segment for each in rounds],
        [*(-1 for _ in out), *(1 for _ in into)],
    )
    if out:
        await tx.execute(SWEEP, [each.round_id for each in out], sorted({each.session_id for each in out}))


async def uncount(tx: Connection, round_ids: Sequence[str]) -> None:
    """Take rounds out of the sums before their numbers or their players change; settle their sessions afterwards."""
    await count(tx, out=[Counted(*row) for row in await tx.fetch(TAKE_OUT, list(round_ids))])
