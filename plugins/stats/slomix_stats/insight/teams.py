"""Teams: line-ups and scores of a session, what changed between two, records of team names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from slomix.context import Reads
from slomix_stats.api.evenings import (
    EndstatsCoverage,
    EndstatsRound,
    LineupChanges,
    Segment,
    SessionTeams,
    Swap,
    Team,
    TeamMap,
    TeamRecord,
)
from slomix_stats.api.reader import SessionLine
from slomix_stats.api.scope import Who
from slomix_stats.insight.lookup import whos
from slomix_stats.insight.pairs import SHOWN, meetings_of

Row = Mapping[str, Any]

_SEGMENTS = "select * from stats.segment where session_id = $1 order by number"
_PLAYERS = """
select p.number, p.player_id, p.team, p.joined_match, p.left_match, p.replaces, p.matches
from stats.segment_player p where p.session_id = $1
order by p.number, p.team, p.matches desc, p.player_id
"""
_MATCHES = """
select x.segment, m.id as match_id, m.map, x.result, x.r1_seconds, x.r2_seconds, x.points_a, x.points_b,
    x.roster_changed
from slomix.match m
join stats.match_result x on x.match_id = m.id
where m.session_id = $1 and x.segment is not null
order by m.ended_at, m.id
"""
_HERE = "select distinct player_id from stats.player_session where session_id = $1"
_PREVIOUS = """
select e.id from slomix.session e
where e.server_id = (select server_id from slomix.session where id = $1) and e.ended_at < $2
order by e.ended_at desc, e.id desc limit 1
"""
_OF_NAME = """
select g.session_id, g.number, g.name_a, g.name_b, g.points_a, g.points_b, e.ended_at, w.letter
from (
    select session_id, number, 'A' as letter from stats.segment
    where lower(name_a) = lower($1) and ($2::text is null or lower(name_b) = lower($2))
    union all
    select session_id, number, 'B' from stats.segment
    where lower(name_b) = lower($1) and ($2::text is null or lower(name_a) = lower($2))
) w
join stats.segment g on g.session_id = w.session_id and g.number = w.number
join slomix.session e on e.id = g.session_id
where $3::timestamptz is null or e.ended_at >= $3
order by e.ended_at desc, g.number desc
"""
_NAMES = """
select n.name, max(e.ended_at) as last
from stats.segment g
cross join lateral (values (g.name_a), (g.name_b)) as n (name)
join slomix.session e on e.id = g.session_id
where strpos(lower(n.name), lower($1)) > 0
group by n.name
order by last desc, n.name
limit $2
"""
_ENDSTATS = """
select r.id as round_id, r.map, r.number,
    coalesce((select count(*) from stats.award a where a.artifact = i.artifact), 0)::int as awards,
    coalesce((select count(*) from stats.versus v where v.artifact = i.artifact), 0)::int as versus
from slomix.round r
left join stats.input i on i.round_id = r.id and i.counts and i.kind = 'endstats'
where r.session_id = $1
order by r.ended_at, r.number, r.id
"""


async def session_teams(db: Reads, session: SessionLine) -> SessionTeams:
    """The segments of a session, each with line-ups, maps and substitutions."""
    rows = await db.fetch(_SEGMENTS, session.session_id)
    players: defaultdict[int, list[Row]] = defaultdict(list)
    for row in await db.fetch(_PLAYERS, session.session_id):
        players[row["number"]].append(row)
    matches: defaultdict[int, list[TeamMap]] = defaultdict(list)
    for row in await db.fetch(_MATCHES, session.session_id):
        matches[row["segment"]].append(_map(row))
    names = await whos(db, [row["player_id"] for some in players.values() for row in some])
    return SessionTeams(
        session=session,
        segments=tuple(_segment(row, players[row["number"]], matches[row["number"]], names) for row in rows),
    )


def _segment(row: Row, players: Sequence[Row], maps: Sequence[TeamMap], names: Mapping[str, Who]) -> Segment:
    return Segment(
        number=row["number"],
        format=row["format"],
        confidence=row["confidence"],
        a=_team("A", row, players, names),
        b=_team("B", row, players, names),
        maps=tuple(maps),
        swaps=_swaps(row, players, names),
    )


def _team(letter: Literal["A", "B"], row: Row, players: Sequence[Row], names: Mapping[str, Who]) -> Team:
    end = letter.lower()
    return Team(
        letter=letter,
        name=row[f"name_{end}"],
        colour=row[f"colour_{end}"],
        players=tuple(names[each["player_id"]] for each in players if each["team"] == letter),
        points=row[f"points_{end}"],
    )


def _swaps(row: Row, players: Sequence[Row], names: Mapping[str, Who]) -> tuple[Swap, ...]:
    """Who came after the first map, and for whom; who left before the last one without anybody in the place."""
    replaced = {each["replaces"] for each in players}
    found = [
        Swap(
            team=each["team"],
            outgoing=names.get(each["replaces"]) if each["replaces"] else None,
            incoming=names[each["player_id"]],
            match_id=each["joined_match"],
        )
        for each in players
        if each["replaces"] or each["joined_match"] != row["first_match_id"]
    ]
    found += [
        Swap(team=each["team"], outgoing=names[each["player_id"]], incoming=None, match_id=each["left_match"])
        for each in players
        if each["left_match"] != row["last_match_id"] and each["player_id"] not in replaced
    ]
    return tuple(found)


def _map(row: Row) -> TeamMap:
    return TeamMap(
        match_id=row["match_id"],
        map=row["map"],
        result=row["result"],
        r1_seconds=row["r1_seconds"],
        r2_seconds=row["r2_seconds"],
        points_a=row["points_a"],
        points_b=row["points_b"],
        roster_changed=row["roster_changed"],
    )


async def previous_session(db: Reads, session: SessionLine) -> str | None:
    """The session before this one on the same server."""
    found: str | None = await db.fetchval(_PREVIOUS, session.session_id, session.ended_at)
    return found


async def lineup_changes(db: Reads, session: SessionLine, previous: SessionLine | None) -> LineupChanges:
    """Who played in both, in this one only, in the previous one only; by name."""
    here = {row["player_id"] for row in await db.fetch(_HERE, session.session_id)}
    before = set() if previous is None else {row["player_id"] for row in await db.fetch(_HERE, previous.session_id)}
    names = await whos(db, [*here, *before])

    def by_name(ids: set[str]) -> tuple[Who, ...]:
        return tuple(sorted((names[each] for each in ids), key=lambda who: (who.name.casefold(), who.player_id)))

    return LineupChanges(
        session=session,
        previous=previous,
        kept=by_name(here & before),
        added=by_name(here - before) if previous is not None else (),
        removed=by_name(before - here),
    )


async def team_record(db: Reads, name: str, opponent: str | None, days: int | None, now: datetime) -> TeamRecord:
    """What a name has won, of all or of one opponent."""
    since = None if days is None else now - timedelta(days=days)
    rows = await db.fetch(_OF_NAME, name, opponent, since)
    meetings = await meetings_of(db, [(row, row["letter"]) for row in rows])
    return TeamRecord(
        name=meetings[0].name if meetings else name,
        opponent=opponent if opponent is None or not meetings else meetings[0].opponent,
        days=days,
        won=sum(each.result == "won" for each in meetings),
        lost=sum(each.result == "lost" for each in meetings),
        drawn=sum(each.result == "drawn" for each in meetings),
        points=sum(each.points for each in meetings),
        points_against=sum(each.against for each in meetings),
        meetings=tuple(meetings[:SHOWN]),
    )


async def team_names(db: Reads, typed: str, limit: int) -> tuple[str, ...]:
    """Names with this text in them, those that played last first."""
    return tuple(row["name"] for row in await db.fetch(_NAMES, typed.replace("\0", ""), limit))


async def endstats_coverage(db: Reads, session: SessionLine) -> EndstatsCoverage:
    """Which rounds of a session have their endstats."""
    rounds = tuple(
        EndstatsRound(
            round_id=row["round_id"],
            map=row["map"],
            number=row["number"],
            awards=row["awards"],
            versus=row["versus"],
        )
        for row in await db.fetch(_ENDSTATS, session.session_id)
    )
    return EndstatsCoverage(
        session=session, rounds=rounds, covered=sum(each.awards + each.versus > 0 for each in rounds)
    )
