"""A session cut into pieces: one metric by match and role, pairs, everybody against their own level."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from slomix.context import Reads
from slomix_stats.api.evenings import GridRow, SessionDuo, SessionForm, SessionGrid, SessionSummary
from slomix_stats.api.reader import SessionLine
from slomix_stats.api.scope import Number, Who
from slomix_stats.insight import records
from slomix_stats.insight.lookup import whos
from slomix_stats.insight.people import USUAL
from slomix_stats.insight.sessions import fun_of, mvps_of
from slomix_stats.insight.sums import ROUND_SUMS, session_sums, who_of
from slomix_stats.metrics.basic import dpm, kd
from slomix_stats.metrics.registry import Metric
from slomix_stats.metrics.series import change_percent

Row = Mapping[str, Any]

_WHO = """pl.display as name, pl.display_raw as name_raw,
    coalesce((select g.guid from slomix.player_guid g where g.player_id = pl.id order by g.key limit 1), '') as guid"""

# By player, by player and match, by player and role; `{sums}` are those that the metric needs.
_GRID = """
select n.*, pl.display as name, pl.display_raw as name_raw,
    case when n.part = 3 then
        coalesce((select g.guid from slomix.player_guid g where g.player_id = pl.id order by g.key limit 1), '')
    end as guid
from (
    select t.player_id, t.match_id, t.role, grouping(t.match_id, t.role) as part, {sums}
    from (
        select t.*, r.match_id, s.seconds as round_seconds,
            case when s.defender is null or t.side is null or t.side not in ('axis', 'allies') then null
                 when t.side = s.defender then 'defence' else 'attack' end as role
        from stats.round s
        join slomix.round r on r.id = s.round_id
        join stats.player_round t on t.round_id = s.round_id
        where s.counted_session = $1
    ) t
    group by grouping sets ((t.player_id), (t.player_id, t.match_id), (t.player_id, t.role))
) n
join slomix.player pl on pl.id = n.player_id
"""
_WHOLE, _MATCH, _ROLE = 3, 1, 2

_FORM = f"""
select a.player_id, a.rounds, a.damage_given, a.time_played_s, u.sessions, u.damage_given as usual_damage,
    u.time_played_s as usual_time, {_WHO}
from (
    select player_id, sum(rounds)::int as rounds, sum(damage_given)::bigint as damage_given,
        sum(time_played_s)::bigint as time_played_s
    from stats.player_session where session_id = $1 group by player_id
) a
join slomix.player pl on pl.id = a.player_id
cross join lateral (
    select count(*)::int as sessions, sum(l.damage_given)::bigint as damage_given,
        sum(l.time_played_s)::bigint as time_played_s
    from (
        select e.session_id, max(e.ended_at) as ended_at, sum(e.damage_given) as damage_given,
            sum(e.time_played_s) as time_played_s
        from (
            select * from stats.player_session s
            where s.player_id = a.player_id and s.ended_at < $2 and s.session_id <> $1
            order by s.ended_at desc, s.session_id desc limit {2 * USUAL}
        ) e
        group by e.session_id
        order by 2 desc
        limit {USUAL}
    ) l
) u
"""

_DUOS = """
select least(p.player_id, p.other_id) as one, greatest(p.player_id, p.other_id) as two, max(p.rounds) as rounds,
    max(p.matches) as matches, max(p.won) as won, max(p.lost) as lost, max(p.drawn) as drawn,
    sum(p.damage_given)::bigint as damage_given, sum(p.time_played_s)::bigint as time_played_s,
    sum(p.kills)::bigint as kills, sum(p.deaths)::bigint as deaths
from stats.pair_session p
where p.session_id = $1 and p.together
group by 1, 2
"""


async def summary(db: Reads, session: SessionLine) -> SessionSummary:
    """What is said first."""
    sums = await session_sums(db, session.session_id)
    who = {each.who.player_id: each.who for each in sums}
    return SessionSummary(
        session=session,
        mvps=await mvps_of(db, session.session_id, who),
        form=await form(db, session),
        fun=fun_of(sums),
        reached=await records.reached(db, session.session_id),
    )


async def form(db: Reads, session: SessionLine) -> tuple[SessionForm, ...]:
    """Everybody of a session against their own level, most above it first; who has none yet comes last."""
    rows = await db.fetch(_FORM, session.session_id, session.ended_at)
    return tuple(sorted(map(_form, rows), key=_most_above))


def _form(row: Row) -> SessionForm:
    value = dpm(row["damage_given"], row["time_played_s"])
    usual = dpm(row["usual_damage"], row["usual_time"]) if row["usual_time"] else None
    change = None if usual is None else change_percent(value, usual)
    return SessionForm(
        who=who_of(row),
        rounds=row["rounds"],
        value=round(value, 2),
        usual=None if usual is None else round(usual, 2),
        usual_sessions=row["sessions"],
        delta_percent=None if change is None else round(change, 1),
    )


def _most_above(line: SessionForm) -> tuple[bool, float, str]:
    return line.delta_percent is None, -(line.delta_percent or 0), line.who.player_id


async def grid(db: Reads, session: SessionLine, metric: Metric) -> SessionGrid:
    """One metric of everybody, cut by match and by role."""
    query = _GRID.format(sums=_sums(metric))
    rows = await db.fetch(query, session.session_id)
    whole = {row["player_id"]: row for row in rows if row["part"] == _WHOLE}
    matches: defaultdict[str, dict[str, float | None]] = defaultdict(dict)
    roles: defaultdict[str, dict[str, Number]] = defaultdict(dict)
    for row in rows:
        if row["part"] == _MATCH:
            matches[row["player_id"]][row["match_id"]] = metric.number(row).value
        elif row["part"] == _ROLE and row["role"] is not None:
            roles[row["player_id"]][row["role"]] = metric.number(row)
    found = [
        GridRow(
            who=who_of(row),
            whole=metric.number(row),
            matches=matches[player],
            attack=roles[player].get("attack"),
            defence=roles[player].get("defence"),
        )
        for player, row in whole.items()
    ]
    sign = -1 if metric.higher_is_better else 1
    found.sort(key=lambda row: (row.whole.value is None, sign * (row.whole.value or 0), row.who.player_id))
    return SessionGrid(session=session, metric=metric.info, rows=tuple(found))


def _sums(metric: Metric) -> str:
    """The sums that a metric is worked out from, with what it needs where only some rounds know them."""
    names = {"rounds", *metric.inputs}
    for name in metric.inputs:
        names |= {f"{name}_known", f"{name}:{metric.needs}"} & ROUND_SUMS.keys()
    return ", ".join(
        f'{ROUND_SUMS[name].replace("s.seconds", "t.round_seconds")} as "{name}"' for name in sorted(names)
    )


async def duos(db: Reads, session: SessionLine) -> tuple[SessionDuo, ...]:
    """Pairs in one team."""
    rows = await db.fetch(_DUOS, session.session_id)
    names = await whos(db, [each for row in rows for each in (row["one"], row["two"])])
    found = [_duo(row, names) for row in rows]
    return tuple(sorted(found, key=lambda duo: (-duo.dpm, duo.first.player_id, duo.second.player_id)))


def _duo(row: Row, names: Mapping[str, Who]) -> SessionDuo:
    return SessionDuo(
        first=names[row["one"]],
        second=names[row["two"]],
        rounds=row["rounds"],
        matches=row["matches"],
        won=row["won"],
        lost=row["lost"],
        drawn=row["drawn"],
        dpm=round(dpm(row["damage_given"], row["time_played_s"]), 2),
        kd=round(kd(row["kills"], row["deaths"]), 4),
    )
