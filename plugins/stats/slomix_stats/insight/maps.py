"""Maps: how often they were held, how quickly they fell, who plays them best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from slomix.context import Reads
from slomix_stats.api.boards import BoardRow, FastAttack, MapDetail, MapLine, Maps
from slomix_stats.api.scope import Who
from slomix_stats.insight.sums import who_of
from slomix_stats.metrics.attacks import hold_curve, hold_percent

Row = Mapping[str, Any]

#: Fastest attacks of a map that its page shows.
FASTEST = 10

_LINES = """
select w.map, a.*, p.players, f.round_id
from unnest($1::text[]) as w (map)
cross join lateral (
    select count(*)::int as rounds, (count(*) filter (where a.number = 2))::int as matches,
        (count(*) filter (where a.outcome is not null and not a.ended_early))::int as attacks,
        (count(*) filter (where a.outcome = 'hold' and not a.ended_early))::int as held,
        avg(a.seconds) filter (where not a.ended_early) as seconds_mean,
        percentile_cont(0.5) within group (order by a.seconds)
            filter (where a.outcome = 'objective' and not a.ended_early) as attack_seconds_median,
        max(a.ended_at) as last_played
    from stats.attack a where a.map = w.map
) a
cross join lateral (
    select count(distinct t.player_id)::int as players from stats.player_map t where t.map = w.map
) p
left join lateral (
    select f.round_id from stats.attack f
    where f.map = w.map and f.outcome = 'objective' and not f.ended_early and f.seconds is not null
    order by f.seconds, f.round_id limit 1
) f on true
where a.rounds > 0
order by a.rounds desc, w.map
"""
_FASTEST = """
select a.round_id, a.match_id, a.session_id, a.ended_at, a.seconds
from stats.attack a
where a.map = $1 and a.outcome = 'objective' and not a.ended_early and a.seconds is not null
order by a.seconds, a.round_id
limit $2
"""
_THESE = "select round_id, match_id, session_id, ended_at, seconds from stats.attack where round_id = any($1::text[])"
_ATTACKERS = """
select p.round_id, p.player_id, p.guid, pl.display as name, pl.display_raw as name_raw
from stats.round s
join stats.player_round p on p.round_id = s.round_id and p.side in ('axis', 'allies') and p.side <> s.defender
join slomix.player pl on pl.id = p.player_id
where s.round_id = any($1::text[])
order by p.round_id, p.damage_given desc, p.player_id
"""
_CURVE = "select a.seconds, a.outcome from stats.attack a where a.map = $1 and a.outcome is not null and a.seconds > 0"


async def maps(db: Reads, names: Sequence[str]) -> Maps:
    """All of these maps that were played, most played first."""
    rows = await db.fetch(_LINES, list(names))
    ids = [row["round_id"] for row in rows if row["round_id"] is not None]
    fastest = {each.round_id: each for each in await _attacks(db, await db.fetch(_THESE, ids))}
    return Maps(maps=tuple(_line(row, fastest.get(row["round_id"])) for row in rows))


async def map_detail(db: Reads, name: str, best: tuple[BoardRow, ...]) -> MapDetail | None:
    """One map; `best` are its best players."""
    found = await maps(db, [name])
    if not found.maps:
        return None
    curve = hold_curve([(row["seconds"], row["outcome"] == "objective") for row in await db.fetch(_CURVE, name)])
    return MapDetail(
        line=found.maps[0],
        fastest=tuple(await _attacks(db, await db.fetch(_FASTEST, name, FASTEST))),
        hold_curve=tuple(curve),
        best=best,
    )


async def _attacks(db: Reads, rows: Sequence[Row]) -> list[FastAttack]:
    people: defaultdict[str, list[Who]] = defaultdict(list)
    for row in await db.fetch(_ATTACKERS, [row["round_id"] for row in rows]):
        people[row["round_id"]].append(who_of(row))
    return [
        FastAttack(
            seconds=row["seconds"],
            at=row["ended_at"],
            round_id=row["round_id"],
            match_id=row["match_id"],
            session_id=row["session_id"],
            players=tuple(people[row["round_id"]]),
        )
        for row in rows
    ]


def _line(row: Row, fastest: FastAttack | None) -> MapLine:
    return MapLine(
        map=row["map"],
        matches=row["matches"],
        rounds=row["rounds"],
        players=row["players"],
        attacks=row["attacks"],
        held=row["held"],
        hold_percent=hold_percent(row["held"], row["attacks"]),
        seconds_mean=_rounded(row["seconds_mean"]),
        attack_seconds_median=_rounded(row["attack_seconds_median"]),
        fastest=fastest,
        last_played=row["last_played"],
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
