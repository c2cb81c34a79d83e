"""One player over time: consistency, maps, roles, fatigue; and everybody's form."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from slomix.context import Reads
from slomix_stats.api.people import AttackDefence, Consistency, Fatigue, Form, FormLine, MapAffinity, MapForm, RoleForm
from slomix_stats.api.reader import SessionLine
from slomix_stats.api.scope import ScopeUsed, Who
from slomix_stats.insight.lookup import whos
from slomix_stats.metrics import series
from slomix_stats.metrics.basic import dpm, kd
from slomix_stats.metrics.registry import Metric, added
from slomix_stats.settle.counting import SOMETIMES, SUMS

#: Rounds that are looked at for consistency, the newest of so many sessions, and those that an answer shows.
MOST_ROUNDS = 300
MOST_SESSIONS = 60
SHOWN_ROUNDS = 50
#: Sessions that are somebody's form, those before it that are their level, and how long ago the last may be.
RECENT = 3
USUAL = 20
LATELY = timedelta(days=45)

# A player's rounds by their sessions, so that a period is found in the index.
_SPAN = "($2::timestamptz is null or e.ended_at >= $2) and ($3::timestamptz is null or e.ended_at < $3)"
_EVENINGS = f"select distinct e.session_id from stats.player_session e where e.player_id = $1 and {_SPAN}"
_NEWEST = f"""
    select distinct l.session_id from (
        select e.session_id from stats.player_session e where e.player_id = $1 and {_SPAN}
        order by e.ended_at desc, e.session_id desc limit {MOST_SESSIONS}
    ) l
"""
_OF_EVENINGS = """
from ({evenings}) n
join stats.round s on s.counted_session = n.session_id
join stats.player_round p on p.round_id = s.round_id and p.player_id = $1
join slomix.round r on r.id = s.round_id
"""
_MINE = _OF_EVENINGS.format(evenings=_EVENINGS)
_SUM = """count(*) as rounds, sum(p.time_played_s)::bigint as time_played_s,
    sum(p.damage_given)::bigint as damage_given, sum(p.kills)::bigint as kills, sum(p.deaths)::bigint as deaths"""

_ROUNDS = f"""
select p.damage_given, p.time_played_s {_OF_EVENINGS.format(evenings=_NEWEST)}
where p.time_played_s > {series.SHORTEST_S} and ($4::text is null or r.map = $4)
order by r.ended_at desc, r.id desc
limit {MOST_ROUNDS}
"""
_BY_MAP = f"select r.map as part, {_SUM} {_MINE} group by r.map"
_BY_ROLE = f"""
select case when p.side = s.defender then 'defence' else 'attack' end as part, {_SUM} {_MINE}
where p.side in ('axis', 'allies') and s.defender is not null and ($4::text is null or r.map = $4)
group by 1
"""
_ALL_SUM = """sum(rounds)::bigint as rounds, sum(time_played_s)::bigint as time_played_s,
    sum(damage_given)::bigint as damage_given, sum(kills)::bigint as kills, sum(deaths)::bigint as deaths"""
_ALL_BY_MAP = f"select map as part, {_ALL_SUM} from stats.player_map where player_id = $1 group by map"
_ALL_BY_ROLE = f"""
select role as part, {_ALL_SUM}
from stats.player_map where player_id = $1 and role <> 'none' and ($2::text is null or map = $2) group by role
"""
_OF_SESSION = """
select p.damage_given, p.time_played_s
from stats.round s
join slomix.round r on r.id = s.round_id
join stats.player_round p on p.round_id = s.round_id and p.player_id = $2
where s.counted_session = $1
order by r.ended_at, r.number, r.id
"""
_COLUMNS = ("rounds", *SUMS, *SOMETIMES, *(f"{name}_known" for name in SOMETIMES))
# Ordered as the index of a player's sessions is: by time alone, everybody's sessions would be looked through.
_LATEST_SESSIONS = f"""
select a.player_id, l.*
from ({{players}}) a
cross join lateral (
    select e.session_id, max(e.ended_at) as ended_at, {{sums}}
    from (
        select * from stats.player_session s where s.player_id = a.player_id
        order by s.ended_at desc, s.session_id desc limit {2 * (RECENT + USUAL)}
    ) e
    group by e.session_id
    order by 2 desc, e.session_id
    limit {RECENT + USUAL}
) l
"""
_EVERYBODY = "select distinct player_id from stats.player_session where ended_at >= $1"
_ONE = "select $1::text as player_id"


async def consistency(db: Reads, who: Who, scope: ScopeUsed) -> Consistency:
    """How evenly a player plays, over the newest rounds of the scope."""
    rows = await db.fetch(_ROUNDS, who.player_id, scope.since, scope.until, scope.map)
    rounds = [dpm(row["damage_given"], row["time_played_s"]) for row in reversed(rows)]
    found = series.consistency(rounds)
    return Consistency(
        who=who,
        scope=scope,
        rounds=len(rounds),
        needed=series.CONSISTENCY_ROUNDS,
        mean_dpm=None if found is None else round(found.mean, 2),
        stdev_dpm=None if found is None else round(found.stdev, 2),
        score=None if found is None else round(found.score, 1),
        tier=None if found is None else found.tier,
        trend=None if found is None else found.trend,
        dpm=tuple(round(value, 2) for value in rounds[-SHOWN_ROUNDS:]),
    )


async def map_affinity(db: Reads, who: Who, scope: ScopeUsed) -> MapAffinity:
    """A player's maps against their own level over all of them."""
    if scope.since is None and scope.until is None:
        rows = await db.fetch(_ALL_BY_MAP, who.player_id)
    else:
        rows = await db.fetch(_BY_MAP, who.player_id, scope.since, scope.until)
    damage, time = sum(row["damage_given"] for row in rows), sum(row["time_played_s"] for row in rows)
    own = dpm(damage, time)
    maps = [_map_form(row, own) for row in rows if row["rounds"] >= series.MAP_ROUNDS]
    maps.sort(key=lambda form: (-form.delta_percent, form.map))
    return MapAffinity(
        who=who,
        scope=scope,
        rounds=int(sum(row["rounds"] for row in rows)),
        needed=series.MAP_ROUNDS,
        dpm=round(own, 2),
        maps=tuple(maps),
    )


def _map_form(row: Mapping[str, Any], own: float) -> MapForm:
    value = dpm(row["damage_given"], row["time_played_s"])
    delta = series.change_percent(value, own) or 0.0
    return MapForm(
        map=row["part"],
        rounds=int(row["rounds"]),
        dpm=round(value, 2),
        kd=round(kd(row["kills"], row["deaths"]), 4),
        delta_percent=round(delta, 1),
        verdict=series.strength(delta),
    )


async def attack_defence(db: Reads, who: Who, scope: ScopeUsed) -> AttackDefence:
    """A player's two roles."""
    if scope.since is None and scope.until is None:
        rows = await db.fetch(_ALL_BY_ROLE, who.player_id, scope.map)
    else:
        rows = await db.fetch(_BY_ROLE, who.player_id, scope.since, scope.until, scope.map)
    roles = {row["part"]: row for row in rows}
    attack, defence = role_form(roles.get("attack")), role_form(roles.get("defence"))
    enough = attack.rounds + defence.rounds >= series.ROLE_ROUNDS and attack.rounds and defence.rounds
    found = series.preference(attack.dpm, defence.dpm) if enough else None
    return AttackDefence(
        who=who,
        scope=scope,
        needed=series.ROLE_ROUNDS,
        attack=attack,
        defence=defence,
        preference=None if found is None else found[0],
        strength_percent=None if found is None else round(found[1], 1),
    )


def role_form(row: Mapping[str, Any] | None) -> RoleForm:
    """A role from sums over its rounds; None: never played."""
    if row is None:
        return RoleForm(rounds=0, time_played_s=0, kills=0, deaths=0, dpm=0.0, kd=0.0)
    return RoleForm(
        rounds=int(row["rounds"]),
        time_played_s=int(row["time_played_s"]),
        kills=int(row["kills"]),
        deaths=int(row["deaths"]),
        dpm=round(dpm(row["damage_given"], row["time_played_s"]), 2),
        kd=round(kd(row["kills"], row["deaths"]), 4),
    )


async def fatigue(db: Reads, who: Who, session: SessionLine) -> Fatigue:
    """A player's session in thirds."""
    rows = await db.fetch(_OF_SESSION, session.session_id, who.player_id)
    rounds = [(float(row["damage_given"]), float(row["time_played_s"])) for row in rows if row["time_played_s"] > 0]
    parts = series.thirds(rounds)
    change, verdict = (None, None) if parts is None else series.fatigue(parts[0], parts[2])
    early, middle, late = parts or (None, None, None)
    return Fatigue(
        who=who,
        session=session,
        rounds=len(rounds),
        needed=series.FATIGUE_ROUNDS,
        early_dpm=_rounded(early),
        mid_dpm=_rounded(middle),
        late_dpm=_rounded(late),
        change_percent=_rounded(change),
        verdict=verdict,
        dpm=tuple(round(dpm(damage, seconds), 2) for damage, seconds in rounds),
    )


async def form(db: Reads, metric: Metric, now: datetime) -> Form:
    """Everybody who played lately against their own level; who has no sessions before the recent ones is left out."""
    rows = await db.fetch(_latest_sessions(_EVERYBODY, _columns(metric)), now - LATELY)
    names = await whos(db, [row["player_id"] for row in rows])
    sessions: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        sessions[row["player_id"]].append(row)
    found = [line for player, played in sessions.items() if (line := _form(metric, names[player], played)) is not None]
    found.sort(key=lambda line: (-line.delta_percent if metric.higher_is_better else line.delta_percent, line.who.name))
    return Form(metric=metric.name, recent=RECENT, usual=USUAL, rows=tuple(found))


async def own_form(db: Reads, metric: Metric, who: Who) -> FormLine | None:
    """One player against their own level, however long ago they played; None without sessions before the recent."""
    played = await db.fetch(_latest_sessions(_ONE, _columns(metric)), who.player_id)
    return _form(metric, who, played) if played else None


def _columns(metric: Metric) -> tuple[str, ...]:
    """The sums of a session that a metric is made of."""
    wanted = {"rounds", *metric.inputs, *(f"{name}_known" for name in metric.inputs)}
    return tuple(name for name in _COLUMNS if name in wanted)


@cache
def _latest_sessions(players: str, columns: tuple[str, ...]) -> str:
    """The newest sessions of these players, with these sums."""
    sums = ", ".join(f"sum(e.{name})::bigint as {name}" for name in columns)
    return _LATEST_SESSIONS.format(players=players, sums=sums)


def _form(metric: Metric, who: Who, played: Sequence[Mapping[str, Any]]) -> FormLine | None:
    """`played`: sessions, newest first."""
    ordered = sorted(played, key=lambda row: row["ended_at"], reverse=True)
    columns = _columns(metric)
    sums = [{name: row[name] for name in columns} for row in ordered]
    recent, usual = added(sums[:RECENT]), added(sums[RECENT:])
    (value, _), (level, _) = metric.worth(recent), metric.worth(usual)
    delta = None if value is None or level is None else series.change_percent(value, level)
    if value is None or level is None or delta is None:
        return None
    points = [metric.worth(each)[0] for each in reversed(sums)]
    return FormLine(
        who=who,
        rounds=int(recent["rounds"] or 0),
        usual_rounds=int(usual["rounds"] or 0),
        value=value,
        usual=level,
        delta_percent=round(delta, 1),
        last_seen=ordered[0]["ended_at"],
        series=tuple(point for point in points if point is not None),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
