"""What the page of one player is made of, beside what other answers have already: maps with roles, bests, mates."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from slomix.context import Reads
from slomix_stats.api.boards import RecordBook
from slomix_stats.api.people import RoleForm
from slomix_stats.api.portraits import Mate, Mates, OwnBest, PlayerMap, PlayerMaps, RecordPlace
from slomix_stats.api.scope import ScopeUsed, Who
from slomix_stats.insight.lookup import whos
from slomix_stats.insight.people import role_form
from slomix_stats.insight.scopes import is_ever
from slomix_stats.insight.sums import player_sums
from slomix_stats.metrics import series, versus
from slomix_stats.metrics.basic import dpm, kd

Row = Mapping[str, Any]

_NAMES = ("rounds", "time_played_s", "damage_given", "kills", "deaths")
_ALL_TIME = f"""
select map, role, {", ".join(f"sum({name})::bigint as {name}" for name in _NAMES)}
from stats.player_map where player_id = $1 group by map, role
"""
# A player's rounds by their sessions, so that a period is found in the index.
_PERIOD = """
select r.map,
    case when p.side not in ('axis', 'allies') or s.defender is null then 'none'
         when p.side = s.defender then 'defence' else 'attack' end as role,
    count(*) as rounds, sum(p.time_played_s)::bigint as time_played_s, sum(p.damage_given)::bigint as damage_given,
    sum(p.kills)::bigint as kills, sum(p.deaths)::bigint as deaths
from (
    select distinct e.session_id from stats.player_session e
    where e.player_id = $1 and ($2::timestamptz is null or e.ended_at >= $2)
        and ($3::timestamptz is null or e.ended_at < $3)
) n
join stats.round s on s.counted_session = n.session_id
join stats.player_round p on p.round_id = s.round_id and p.player_id = $1
join slomix.round r on r.id = s.round_id
group by 1, 2
"""

_BESTS = """
select distinct on (metric) metric, value, map, ended_at, round_id, match_id, session_id
from stats.best
where player_id = $1 and over = 'round' and value > 0
order by metric, value desc, ended_at
"""

_MATES = """
select t.other_id, sum(t.matches)::int as matches, sum(t.won)::int as won, sum(t.lost)::int as lost,
    sum(t.drawn)::int as drawn, sum(t.time_played_s)::bigint as time_played_s,
    sum(t.damage_given)::bigint as damage_given
from stats.pair_session t
where t.player_id = $1 and t.together
    and ($2::timestamptz is null or t.ended_at >= $2) and ($3::timestamptz is null or t.ended_at < $3)
group by t.other_id
having sum(t.matches) > 0
order by matches desc, t.other_id
limit $4
"""
_MATES_EVER = """
select other_id, matches, won, lost, drawn, time_played_s, damage_given
from stats.pair_total
where player_id = $1 and together and matches > 0
order by matches desc, other_id
limit $2
"""
_LINKED = "select linked_name is not null from slomix.player where id = $1"


async def player_maps(db: Reads, who: Who, scope: ScopeUsed) -> PlayerMaps:
    """A player's maps and roles over a period, from sums where it is all time."""
    if scope.since is None and scope.until is None:
        rows = await db.fetch(_ALL_TIME, who.player_id)
    else:
        rows = await db.fetch(_PERIOD, who.player_id, scope.since, scope.until)
    return maps_of(who, scope, rows)


def maps_of(who: Who, scope: ScopeUsed, rows: Iterable[Row]) -> PlayerMaps:
    """The same from sums by map and role. Pure."""
    parts: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        parts[row["map"]][row["role"]] = row
    whole = {name: _added(roles.values()) for name, roles in parts.items()}
    everything = _added(whole.values())
    own = dpm(everything["damage_given"], everything["time_played_s"])
    maps = [_map(name, whole[name], parts[name], own) for name in parts]
    attack, defence = (_role(parts.values(), role) for role in ("attack", "defence"))
    enough = attack.rounds + defence.rounds >= series.ROLE_ROUNDS and attack.rounds and defence.rounds
    found = series.preference(attack.dpm, defence.dpm) if enough else None
    return PlayerMaps(
        who=who,
        scope=scope,
        rounds=int(everything["rounds"]),
        needed=series.MAP_ROUNDS,
        dpm=round(own, 2),
        maps=tuple(sorted(maps, key=lambda each: (-each.rounds, each.map))),
        attack=attack,
        defence=defence,
        preference=None if found is None else found[0],
        strength_percent=None if found is None else round(found[1], 1),
    )


def _added(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    listed = list(rows)
    return {name: int(sum(row[name] for row in listed)) for name in _NAMES}


def _role(parts: Iterable[Mapping[str, Row]], role: str) -> RoleForm:
    found = [roles[role] for roles in parts if role in roles]
    return role_form(_added(found) if found else None)


def _map(name: str, whole: Row, roles: Mapping[str, Row], own: float) -> PlayerMap:
    value = dpm(whole["damage_given"], whole["time_played_s"])
    enough = whole["rounds"] >= series.MAP_ROUNDS
    delta = (series.change_percent(value, own) or 0.0) if enough else None
    return PlayerMap(
        map=name,
        rounds=whole["rounds"],
        dpm=round(value, 2),
        kd=round(kd(whole["kills"], whole["deaths"]), 4),
        delta_percent=None if delta is None else round(delta, 1),
        verdict=None if delta is None else series.strength(delta),
        attack=role_form(roles.get("attack")),
        defence=role_form(roles.get("defence")),
    )


async def bests(db: Reads, who: Who) -> tuple[OwnBest, ...]:
    """A player's best round of each metric."""
    return tuple(
        OwnBest(
            metric=row["metric"],
            value=row["value"],
            map=row["map"],
            at=row["ended_at"],
            round_id=row["round_id"],
            match_id=row["match_id"],
            session_id=row["session_id"],
        )
        for row in await db.fetch(_BESTS, who.player_id)
    )


def held(book: RecordBook) -> tuple[RecordPlace, ...]:
    """A player's places from a record book that holds nobody else's, the best first; of each record the best. Pure."""
    found = [
        RecordPlace(metric=record.metric.name, over=record.over, row=min(record.rows, key=lambda row: row.rank))
        for record in book.records
    ]
    return tuple(sorted(found, key=lambda place: place.row.rank))


async def is_linked(db: Reads, who: Who) -> bool:
    """Whether somebody said that this player is theirs."""
    return bool(await db.fetchval(_LINKED, who.player_id))


async def mates(db: Reads, who: Who, scope: ScopeUsed, limit: int) -> Mates:
    """Whom a player was in a team with most often, and how it went."""
    if is_ever(scope):
        rows = await db.fetch(_MATES_EVER, who.player_id, limit)
    else:
        rows = await db.fetch(_MATES, who.player_id, scope.since, scope.until, limit)
    own = await player_sums(db, scope, players=[who.player_id])
    usual = dpm(own[0].sums["damage_given"] or 0, own[0].sums["time_played_s"] or 0) if own else 0.0
    names = await whos(db, [row["other_id"] for row in rows])
    return Mates(
        who=who,
        scope=scope,
        usual_dpm=round(usual, 2),
        mates=tuple(_mate(names[row["other_id"]], row, usual) for row in rows),
    )


def _mate(who: Who, row: Row, usual: float) -> Mate:
    value = dpm(row["damage_given"], row["time_played_s"])
    return Mate(
        who=who,
        matches=row["matches"],
        won=row["won"],
        lost=row["lost"],
        drawn=row["drawn"],
        dpm=round(value, 2),
        delta_percent=versus.change(value, usual) or 0.0,
        confidence=versus.confidence(row["matches"]),
    )
