"""When players reached the steps of the ladders first (`stats.achievement`).

A settled session usually changes nothing here, so players are looked at first: only those who are past a step that is
not in the table, or whose steps may have moved, are worked out from their sessions.
"""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from slomix_stats.metrics.ladders import COLUMNS, LADDERS, first_reached, is_ratio, reached_count

if TYPE_CHECKING:
    from slomix.storage.database import Connection

Row = Mapping[str, Any]

_SUMS = ", ".join(COLUMNS)
_RATIOS = [ladder.name for ladder in LADDERS if ladder.ratio]

# $2: the rounds that changed. A step may have moved when one of them was over no later than the step was reached, when
# its own round does not count any more, and a ratio whenever its session goes on.
_PLAYERS = f"""
with concerned as (
    select player_id from stats.player_session where session_id = any($1::text[])
    union
    select player_id from stats.achievement where session_id = any($1::text[])
), since as materialized (
    select min(ended_at) as moment from slomix.round where id = any($2::text[])
)
select c.player_id, max(t.rounds) as rounds, {", ".join(f"max(t.{column}) as {column}" for column in COLUMNS)},
    array_remove(array_agg(a.ladder || ' ' || a.threshold), null) as had,
    coalesce(bool_or(
        a.reached_at >= (select moment from since)
        or (a.session_id = any($1::text[]) and (
            a.ladder = any($3::text[])
            or not exists (select from stats.round s where s.round_id = a.round_id and s.valid)
        ))
    ), false) as moved
from concerned c
left join stats.player_total t on t.player_id = c.player_id
left join stats.achievement a on a.player_id = c.player_id
group by c.player_id
"""

_SESSIONS = f"""
select player_id, session_id, max(ended_at) as ended_at, sum(rounds)::int as rounds,
    {", ".join(f"sum({column})::bigint as {column}" for column in COLUMNS)}
from stats.player_session
where player_id = any($1::text[])
group by player_id, session_id
order by player_id, ended_at, session_id
"""

_ROUNDS = f"""
select p.player_id, s.counted_session as session_id, p.round_id, r.ended_at, 1 as rounds, {_SUMS}
from stats.round s
join slomix.round r on r.id = s.round_id
join stats.player_round p on p.round_id = s.round_id
where s.counted_session = any($1::text[]) and p.player_id = any($2::text[])
order by r.ended_at, r.number, r.id
"""

_FORGET = "delete from stats.achievement where player_id = any($1::text[])"

_KEEP = """
insert into stats.achievement (player_id, ladder, threshold, round_id, session_id, reached_at)
select * from unnest($1::text[], $2::text[], $3::float8[], $4::text[], $5::text[], $6::timestamptz[])
"""


async def keep_achievements(tx: Connection, session_ids: list[str], round_ids: list[str]) -> None:
    """Bring the steps of everybody who played in these sessions, of which these rounds changed, up to date."""
    rows = await tx.fetch(_PLAYERS, session_ids, round_ids, _RATIOS)
    changed = [row["player_id"] for row in rows if row["moved"] or _new(row)]
    if not changed:
        return
    sessions: defaultdict[str, list[Row]] = defaultdict(list)
    for row in await tx.fetch(_SESSIONS, changed):
        sessions[row["player_id"]].append(row)
    steps = {player: first_reached(rows) for player, rows in sessions.items()}
    wanted = {sessions[player][index]["session_id"] for player, found in steps.items() for index, *_ in found}
    rounds: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in await tx.fetch(_ROUNDS, list(wanted), changed):
        rounds[row["player_id"], row["session_id"]].append(row)
    kept = [
        (player, *step)
        for player, found in steps.items()
        for step in _in_rounds(
            sessions[player], found, {key[1]: rows for key, rows in rounds.items() if key[0] == player}
        )
    ]
    await tx.execute(_FORGET, changed)
    if kept:
        await tx.execute(_KEEP, *[list(column) for column in zip(*kept, strict=True)])


def _new(row: Row) -> bool:
    """Whether the player is past a step that is not known yet."""
    known = (text.rpartition(" ") for text in row["had"] or ())
    had = {(ladder, float(threshold)) for ladder, _, threshold in known}
    return any((ladder, float(threshold)) not in had for ladder, threshold in reached_count(row))


def _in_rounds(
    sessions: Sequence[Row], found: Sequence[tuple[int, str, float]], rounds: Mapping[str, Sequence[Row]]
) -> list[tuple[str, float, str, str, datetime]]:
    """Ladder, threshold, round, session and moment of every step: the round in which a sum got there."""
    kept = []
    for index in sorted({at for at, *_ in found}):
        session = sessions[index]["session_id"]
        played = rounds.get(session)
        if not played:
            continue
        before = _added(sessions[:index])
        at = {(ladder, step): part - 1 for part, ladder, step in first_reached([before, *played])}
        for where, ladder, threshold in found:
            if where != index:
                continue
            last = len(played) - 1
            row = played[last if is_ratio(ladder) else max(0, at.get((ladder, threshold), last))]
            kept.append((ladder, threshold, row["round_id"], session, row["ended_at"]))
    return kept


def _added(sessions: Sequence[Row]) -> dict[str, float | None]:
    return {column: sum(row[column] or 0 for row in sessions) for column in ("rounds", *COLUMNS)}
