"""Reads of one match and of one round."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from slomix.context import Db
from slomix.identity.aliases import resolve_match, resolve_round
from slomix_stats.api import MatchDetail, RoundDetail
from slomix_stats.reader.lines import (
    COUNTED,
    MATCH_COLUMNS,
    PLAYER_COLUMNS,
    PLAYER_SUMS,
    ROUND_COLUMNS,
    match_line,
    player_lines,
    round_line,
)

_MATCH = f"""
select {MATCH_COLUMNS}
from slomix.match m
join slomix.server v on v.id = m.server_id
left join stats.match_result x on x.match_id = m.id
where m.id = $1
"""

_ROUNDS = f"""
select {ROUND_COLUMNS}
from slomix.round r
join slomix.server v on v.id = r.server_id
left join stats.round s on s.round_id = r.id
where r.id = any($1::text[])
"""

_PLAYERS = f"""
select p.round_id, {PLAYER_COLUMNS}
from stats.player_round p
where p.round_id = any($1::text[])
"""

_TOTALS = f"""
select {PLAYER_SUMS}
from stats.player_round p
join slomix.round r on r.id = p.round_id
join stats.round s on s.round_id = p.round_id and {COUNTED}
where p.round_id = any($1::text[])
group by p.player_id
"""


async def match(db: Db, match_id: str) -> MatchDetail | None:
    """A match by its present or an earlier id."""
    row = await db.fetchrow(_MATCH, match_id)
    if row is None and (current := await resolve_match(db, match_id)) is not None:
        row = await db.fetchrow(_MATCH, current)
    if row is None:
        return None
    halves = [round_id for round_id in (row["r1_round_id"], row["r2_round_id"]) if round_id is not None]
    by_id = {each["round_id"]: round_line(each) for each in await db.fetch(_ROUNDS, halves)}
    players = await db.fetch(_PLAYERS, halves)
    return MatchDetail(
        match=match_line(row, by_id),
        r1_players=player_lines([each for each in players if each["round_id"] == row["r1_round_id"]]),
        r2_players=player_lines([each for each in players if each["round_id"] == row["r2_round_id"]]),
        totals=player_lines(await db.fetch(_TOTALS, halves)),
    )


async def round_detail(db: Db, round_id: str) -> RoundDetail | None:
    """A round by its present or an earlier id."""
    row = await db.fetchrow(_ROUNDS, [round_id])
    if row is None and (current := await resolve_round(db, round_id)) is not None:
        row = await db.fetchrow(_ROUNDS, [current])
    if row is None:
        return None
    return RoundDetail(round=round_line(row), players=player_lines(await db.fetch(_PLAYERS, [row["round_id"]])))
