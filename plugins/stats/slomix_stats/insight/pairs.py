"""Two players, or two line-ups: mates, opponents, meetings."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from slomix.context import Reads
from slomix_stats.api.evenings import Matchup, MatchupPlayer, Meeting
from slomix_stats.api.people import Duo, DuoSide, Nemesis, Rival
from slomix_stats.api.scope import ScopeUsed, Who
from slomix_stats.insight.lookup import whos
from slomix_stats.insight.scopes import is_ever
from slomix_stats.insight.sums import PlayerSums, player_sums
from slomix_stats.metrics import versus
from slomix_stats.metrics.basic import dpm, kd

Row = Mapping[str, Any]

#: Rounds with a matrix of kills from which on it decides who the nemesis is.
VERSUS_ROUNDS = 5
#: Meetings that an answer shows.
SHOWN = 10

_PERIOD = "($2::timestamptz is null or t.ended_at >= $2) and ($3::timestamptz is null or t.ended_at < $3)"
_SUM = """sum(t.rounds)::int as rounds, sum(t.matches)::int as matches, sum(t.won)::int as won,
    sum(t.lost)::int as lost, sum(t.drawn)::int as drawn, sum(t.time_played_s)::bigint as time_played_s,
    sum(t.damage_given)::bigint as damage_given, sum(t.kills)::bigint as kills, sum(t.deaths)::bigint as deaths"""
_DUO = f"""
select t.player_id, t.together, {_SUM}
from stats.pair_session t
where t.player_id = any($1::text[]) and t.other_id = any($1::text[]) and {_PERIOD}
group by t.player_id, t.together
"""
# The same over all time, added up when sessions were settled.
_DUO_EVER = "select * from stats.pair_total where player_id = any($1::text[]) and other_id = any($1::text[])"
_OPPONENTS_EVER = "select * from stats.pair_total where player_id = $1 and not together"
_OPPONENTS = f"""
select t.other_id, {_SUM}
from stats.pair_session t
where t.player_id = $1 and not t.together and {_PERIOD}
group by t.other_id
"""
_VERSUS = """
select o.player_id as other_id, count(distinct i.round_id)::int as rounds, sum(v.kills)::int as kills,
    sum(v.deaths)::int as deaths
from slomix.player_guid g
join stats.versus v on v.subject_key = g.key
join stats.input i on i.artifact = v.artifact and i.counts
join stats.round s on s.round_id = i.round_id and s.valid
join slomix.round r on r.id = i.round_id
join slomix.player_guid o on o.key = v.opponent_key
where g.player_id = $1
    and ($2::timestamptz is null or r.ended_at >= $2) and ($3::timestamptz is null or r.ended_at < $3)
group by o.player_id
"""

# Segments in which all of one list were in one team and all of the other in the other one.
_MEETINGS = """
with met as (
    select session_id, number, min(team) filter (where player_id = any($1::text[])) as team
    from stats.segment_player
    where player_id = any($1::text[] || $2::text[])
    group by session_id, number
    having count(*) = cardinality($1::text[]) + cardinality($2::text[])
        and count(distinct team) filter (where player_id = any($1::text[])) = 1
        and count(distinct team) filter (where player_id = any($2::text[])) = 1
        and count(distinct team) = 2
)
select g.session_id, g.number, m.team, g.name_a, g.name_b, g.points_a, g.points_b, e.ended_at,
    (select count(*) from stats.segment_player p where p.session_id = g.session_id and p.number = g.number) as players
from met m
join stats.segment g on g.session_id = m.session_id and g.number = m.number
join slomix.session e on e.id = g.session_id
order by e.ended_at desc, g.number desc
"""
_MAPS = """
select m.session_id, x.segment, m.map
from slomix.match m
join stats.match_result x on x.match_id = m.id and x.points_a is not null
where m.session_id = any($1::text[])
order by m.ended_at, m.id
"""
_THERE = """
select t.player_id, sum(t.damage_given)::bigint as damage_given, sum(t.time_played_s)::bigint as time_played_s,
    sum(p.matches)::int as matches
from unnest($1::text[], $2::smallint[]) as m (session_id, number)
join stats.player_session t on t.session_id = m.session_id and t.segment = m.number and t.player_id = any($3::text[])
join stats.segment_player p on p.session_id = t.session_id and p.number = t.segment and p.player_id = t.player_id
group by t.player_id
"""

#: Points of a map, whoever wins it.
MAP_POINTS = 2


async def duo(db: Reads, first: Who, second: Who, scope: ScopeUsed) -> Duo:
    """Two players together and apart."""
    ids = [first.player_id, second.player_id]
    if is_ever(scope):
        found = await db.fetch(_DUO_EVER, ids)
    else:
        found = await db.fetch(_DUO, ids, scope.since, scope.until)
    rows = {(row["player_id"], row["together"]): row for row in found}
    sums = {each.who.player_id: each for each in await player_sums(db, scope, players=ids)}
    sides = [_duo_side(who, rows.get((who.player_id, True)), sums.get(who.player_id)) for who in (first, second)]
    together, against = rows.get((first.player_id, True)), rows.get((first.player_id, False))
    parts = [
        (side.synergy_percent, float(rows[side.who.player_id, True]["time_played_s"]))
        for side in sides
        if side.synergy_percent is not None
    ]
    matches = together["matches"] if together else 0
    return Duo(
        first=sides[0],
        second=sides[1],
        scope=scope,
        together=matches,
        against=against["matches"] if against else 0,
        won=together["won"] if together else 0,
        lost=together["lost"] if together else 0,
        drawn=together["drawn"] if together else 0,
        synergy_percent=versus.weighted(parts),
        confidence=versus.confidence(matches),
    )


def _duo_side(who: Who, together: Row | None, all_of_it: PlayerSums | None) -> DuoSide:
    if together is None or all_of_it is None:
        return DuoSide(
            who=who, dpm_together=None, dpm_apart=None, kd_together=None, kd_apart=None, synergy_percent=None
        )
    apart = {
        name: max(0, (all_of_it.sums.get(name) or 0) - together[name])
        for name in ("damage_given", "time_played_s", "kills", "deaths")
    }
    value = dpm(together["damage_given"], together["time_played_s"])
    usual = dpm(apart["damage_given"], apart["time_played_s"]) if apart["time_played_s"] else None
    return DuoSide(
        who=who,
        dpm_together=round(value, 2),
        dpm_apart=None if usual is None else round(usual, 2),
        kd_together=round(kd(together["kills"], together["deaths"]), 4),
        kd_apart=None if usual is None else round(kd(apart["kills"], apart["deaths"]), 4),
        synergy_percent=None if usual is None else versus.change(value, usual),
    )


async def nemesis(db: Reads, who: Who, scope: ScopeUsed, limit: int) -> Nemesis:
    """Who lowers a player's numbers, and whose numbers the player lowers."""
    if is_ever(scope):
        rows = await db.fetch(_OPPONENTS_EVER, who.player_id)
    else:
        rows = await db.fetch(_OPPONENTS, who.player_id, scope.since, scope.until)
    matrix = {row["other_id"]: row for row in await db.fetch(_VERSUS, who.player_id, scope.since, scope.until)}
    own = await player_sums(db, scope, players=[who.player_id])
    usual = dpm(own[0].sums["damage_given"] or 0, own[0].sums["time_played_s"] or 0) if own else 0.0
    names = await whos(db, [row["other_id"] for row in rows])
    rivals = [_rival(names[row["other_id"]], row, matrix.get(row["other_id"]), usual) for row in rows]
    known = max((row["rounds"] for row in matrix.values()), default=0) >= VERSUS_ROUNDS
    worst, easiest = versus.order(rivals, by_kills=known)
    return Nemesis(
        who=who,
        scope=scope,
        method="versus" if known else "dpm",
        usual_dpm=round(usual, 2),
        nemeses=tuple(worst[:limit]),
        prey=tuple(easiest[:limit]),
        rivals=tuple(sorted(rivals, key=lambda rival: (-rival.matches, rival.who.player_id))[:limit]),
    )


def _rival(who: Who, row: Row, matrix: Row | None, usual: float) -> Rival:
    value = dpm(row["damage_given"], row["time_played_s"])
    return Rival(
        who=who,
        matches=row["matches"],
        dpm=round(value, 2),
        delta_percent=versus.change(value, usual) or 0.0,
        kills=None if matrix is None else matrix["kills"],
        deaths=None if matrix is None else matrix["deaths"],
        versus_rounds=0 if matrix is None else matrix["rounds"],
        confidence=versus.confidence(row["matches"]),
    )


async def matchup(db: Reads, a: Sequence[Who], b: Sequence[Who], *, exact: bool) -> Matchup:
    """The record of two line-ups, a segment of a session being one meeting."""
    first, second = [who.player_id for who in a], [who.player_id for who in b]
    rows = await db.fetch(_MEETINGS, first, second)
    if exact:
        rows = [row for row in rows if row["players"] == len(first) + len(second)]
    meetings = await meetings_of(db, [(row, row["team"]) for row in rows])
    matches = sum(each.points + each.against for each in meetings) // MAP_POINTS
    return Matchup(
        a=tuple(a),
        b=tuple(b),
        exact=exact,
        matches=matches,
        won_a=sum(each.result == "won" for each in meetings),
        won_b=sum(each.result == "lost" for each in meetings),
        drawn=sum(each.result == "drawn" for each in meetings),
        points_a=sum(each.points for each in meetings),
        points_b=sum(each.against for each in meetings),
        sessions=len({row["session_id"] for row in rows}),
        players=await _matchup_players(db, a, b, [(row["session_id"], row["number"]) for row in rows]),
        meetings=tuple(meetings[:SHOWN]),
        confidence=versus.confidence(matches),
    )


async def meetings_of(db: Reads, rows: Sequence[tuple[Row, str]]) -> list[Meeting]:
    """Segments, each seen from the team with the letter beside it; the first ones, which are shown, with their maps."""
    maps = await scored_maps(db, [row["session_id"] for row, _ in rows[:SHOWN]])
    return [meeting(row, letter, maps[row["session_id"], row["number"]]) for row, letter in rows]


async def scored_maps(db: Reads, session_ids: Sequence[str]) -> defaultdict[tuple[str, int | None], list[str]]:
    """Maps with points, by session and segment, in the order of time."""
    maps: defaultdict[tuple[str, int | None], list[str]] = defaultdict(list)
    for row in await db.fetch(_MAPS, sorted(set(session_ids))):
        maps[row["session_id"], row["segment"]].append(row["map"])
    return maps


def meeting(row: Row, letter: str, maps: Sequence[str]) -> Meeting:
    """A segment seen from the team with this letter."""
    own, other = (row["points_a"], row["points_b"]) if letter == "A" else (row["points_b"], row["points_a"])
    names = (row["name_a"], row["name_b"]) if letter == "A" else (row["name_b"], row["name_a"])
    return Meeting(
        session_id=row["session_id"],
        segment=row["number"],
        at=row["ended_at"],
        name=names[0],
        opponent=names[1],
        points=own,
        against=other,
        result="won" if own > other else "lost" if own < other else "drawn",
        maps=tuple(maps),
    )


async def _matchup_players(
    db: Reads, a: Sequence[Who], b: Sequence[Who], there: Sequence[tuple[str, int]]
) -> tuple[MatchupPlayer, ...]:
    people = [*a, *b]
    ids = [who.player_id for who in people]
    totals = {row.who.player_id: row for row in await player_sums(db, EVERYTHING_USED, players=ids)}
    rows = await db.fetch(_THERE, [session for session, _ in there], [number for _, number in there], ids)
    sums = {row["player_id"]: row for row in rows}
    found = []
    for place, who in enumerate(people):
        total, mine = totals.get(who.player_id), sums.get(who.player_id)
        if mine is None or total is None:
            continue
        value = dpm(mine["damage_given"], mine["time_played_s"])
        usual = dpm(total.sums["damage_given"] or 0, total.sums["time_played_s"] or 0)
        found.append(
            MatchupPlayer(
                who=who,
                team="A" if place < len(a) else "B",
                matches=mine["matches"],
                dpm=round(value, 2),
                usual_dpm=round(usual, 2),
                delta_percent=versus.change(value, usual) or 0.0,
            )
        )
    return tuple(found)


EVERYTHING_USED = ScopeUsed(period="all", since=None, until=None, map=None, side=None, format=None, min_rounds=1)
