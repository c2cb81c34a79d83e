"""From rows to the records of `slomix_stats.api`. Pure, and the columns that the queries share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from slomix_stats import metrics
from slomix_stats.api import MatchLine, PlayerLine, RoundLine, SegmentLine, SessionLine, SessionScore, WeaponLine
from slomix_stats.weapons import weapon_name

Row = Mapping[str, Any]

#: What a player line needs, of one round (`p` is stats.player_round).
PLAYER_COLUMNS = """
    p.player_id, p.guid, p.name, p.name_raw, p.side, p.flags, 1 as rounds,
    p.time_played_s, p.kills, p.deaths, p.damage_given, p.damage_received, p.team_damage_given,
    p.hits, p.shots, p.headshot_hits, p.bullet_hits, p.bullet_shots, p.bullet_headshot_hits,
    p.gibs, p.self_kills, p.team_kills, p.revives_given, p.times_revived, p.xp
"""

#: The same as sums over rounds; `r` is slomix.round, the name is the last one used in these rounds.
PLAYER_SUMS = """
    p.player_id,
    (array_agg(p.guid order by r.ended_at desc))[1] as guid,
    (array_agg(p.name order by r.ended_at desc))[1] as name,
    (array_agg(p.name_raw order by r.ended_at desc))[1] as name_raw,
    count(*) as rounds,
    sum(p.time_played_s) as time_played_s, sum(p.kills) as kills, sum(p.deaths) as deaths,
    sum(p.damage_given) as damage_given, sum(p.damage_received) as damage_received,
    sum(p.team_damage_given) as team_damage_given,
    sum(p.hits) as hits, sum(p.shots) as shots, sum(p.headshot_hits) as headshot_hits,
    sum(p.bullet_hits) as bullet_hits, sum(p.bullet_shots) as bullet_shots,
    sum(p.bullet_headshot_hits) as bullet_headshot_hits,
    sum(p.gibs) as gibs, sum(p.self_kills) as self_kills, sum(p.team_kills) as team_kills,
    sum(p.revives_given) as revives_given, sum(p.times_revived) as times_revived, sum(p.xp) as xp
"""

#: The same from a table of sums (`t`: stats.player_total, say); `pl` is slomix.player.
STORED_SUMS = """
    t.player_id, pl.display as name, pl.display_raw as name_raw,
    coalesce((select g.guid from slomix.player_guid g where g.player_id = pl.id order by g.key limit 1), '') as guid,
    t.rounds, t.time_played_s, t.kills, t.deaths, t.damage_given, t.damage_received, t.team_damage_given, t.hits,
    t.shots, t.headshot_hits, t.bullet_hits, t.bullet_shots, t.bullet_headshot_hits, t.gibs, t.self_kills,
    t.team_kills, t.revives_given, t.times_revived, t.xp
"""

#: What a round line needs; `r` is slomix.round, `s` stats.round (may be absent), `v` slomix.server.
ROUND_COLUMNS = """
    r.id as round_id, r.match_id, r.session_id, v.name as server, r.map, r.number, r.ended_at, r.utc_offset_s,
    coalesce(s.limit_s, r.limit_s) as limit_s, coalesce(s.target_s, r.target_s) as target_s, s.seconds,
    coalesce(s.defender, r.defender) as defender, coalesce(s.winner, r.winner) as winner, s.outcome,
    coalesce(s.ended_early, false) as ended_early, r.aborted, coalesce(s.flags, '{}') as flags, s.status as standing,
    s.invalid_reason
"""

#: What a match line needs; `m` is slomix.match, `v` slomix.server, `x` stats.match_result (may be absent).
MATCH_COLUMNS = """
    m.id as match_id, m.session_id, v.name as server, m.map, m.ended_at, m.status, m.r1_round_id, m.r2_round_id,
    x.points_r1_attackers, x.points_r2_attackers, coalesce(x.result, 'unscored') as result, x.segment, x.attackers_r1,
    coalesce(x.roster_changed, false) as roster_changed, x.points_a, x.points_b
"""

#: What a segment line needs; `g` is stats.segment.
SEGMENT_COLUMNS = """
    g.number, g.name_a, g.name_b, g.colour_a, g.colour_b, g.points_a, g.points_b, g.format, g.confidence,
    array(
        select p.player_id from stats.segment_player p left join slomix.match j on j.id = p.joined_match
        where p.session_id = g.session_id and p.number = g.number and p.team = 'A' order by j.ended_at, p.player_id
    ) as team_a,
    array(
        select p.player_id from stats.segment_player p left join slomix.match j on j.id = p.joined_match
        where p.session_id = g.session_id and p.number = g.number and p.team = 'B' order by j.ended_at, p.player_id
    ) as team_b
"""

#: What a session line needs; `e` is slomix.session, `v` slomix.server.
SESSION_COLUMNS = """
    e.id as session_id, v.name as server, e.started_at, e.ended_at, e.rounds, e.matches, e.players,
    (select array_agg(m.map order by m.ended_at, m.id) from slomix.match m where m.session_id = e.id) as maps,
    (select json_agg(json_build_array(g.number, g.name_a, g.name_b, g.points_a, g.points_b, g.format) order by g.number)
     from stats.segment g where g.session_id = e.id and g.points_a + g.points_b > 0) as scores,
    coalesce((select r.utc_offset_s from slomix.round r
              where r.session_id = e.id order by r.ended_at, r.id limit 1), 0) as started_offset_s,
    coalesce((select r.utc_offset_s from slomix.round r
              where r.session_id = e.id order by r.ended_at desc, r.id limit 1), 0) as ended_offset_s
"""

#: A round counts for lifetimes and leaderboards; `s` is stats.round.
COUNTED = "s.valid"


def local(moment: datetime, offset_s: int) -> datetime:
    """The same moment with the offset that the server's clock had."""
    return moment.astimezone(_zone(offset_s))


@lru_cache(maxsize=64)
def _zone(offset_s: int) -> timezone:
    return timezone(timedelta(seconds=offset_s))


def player_line(row: Row, rounds: int | None = None) -> PlayerLine:
    """A line from `PLAYER_COLUMNS` or `PLAYER_SUMS`; `rounds` where the row's are somebody else's."""
    return PlayerLine(
        player_id=row["player_id"],
        guid=row["guid"],
        name=row["name"],
        name_raw=row["name_raw"],
        side=row.get("side"),
        rounds=row["rounds"] if rounds is None else rounds,
        time_played_s=row["time_played_s"],
        kills=row["kills"],
        deaths=row["deaths"],
        kd=round(metrics.kd(row["kills"], row["deaths"]), 4),
        damage_given=row["damage_given"],
        damage_received=row["damage_received"],
        team_damage_given=row["team_damage_given"],
        dpm=round(metrics.dpm(row["damage_given"], row["time_played_s"]), 4),
        hits=row["hits"],
        shots=row["shots"],
        accuracy=_rounded(metrics.accuracy(row["bullet_hits"], row["bullet_shots"])),
        headshot_hits=row["headshot_hits"],
        headshot_accuracy=_rounded(metrics.headshot_accuracy(row["bullet_headshot_hits"], row["bullet_hits"])),
        gibs=row["gibs"],
        self_kills=row["self_kills"],
        team_kills=row["team_kills"],
        revives_given=row["revives_given"],
        times_revived=row["times_revived"],
        xp=row["xp"],
        flags=tuple(row.get("flags") or ()),
    )


def player_lines(rows: Sequence[Row]) -> tuple[PlayerLine, ...]:
    """Lines, most damage per minute first."""
    return tuple(sorted(map(player_line, rows), key=lambda line: (-line.dpm, -line.kills, line.player_id)))


def round_line(row: Row) -> RoundLine:
    """A line from `ROUND_COLUMNS`."""
    return RoundLine(
        round_id=row["round_id"],
        match_id=row["match_id"],
        session_id=row["session_id"],
        server=row["server"],
        map=row["map"],
        number=row["number"],
        ended_at=local(row["ended_at"], row["utc_offset_s"]),
        limit_s=row["limit_s"],
        target_s=row["target_s"],
        seconds=row["seconds"],
        defender=row["defender"],
        winner=row["winner"],
        outcome=row["outcome"],
        ended_early=row["ended_early"],
        aborted=row["aborted"],
        flags=tuple(row["flags"]),
        status=row["standing"],
        invalid_reason=row["invalid_reason"],
    )


def match_line(row: Row, rounds: Mapping[str, RoundLine]) -> MatchLine:
    """A line from `MATCH_COLUMNS`; `rounds` holds its rounds."""
    r1, r2 = rounds.get(row["r1_round_id"]), rounds.get(row["r2_round_id"])
    last = r2 or r1
    return MatchLine(
        match_id=row["match_id"],
        session_id=row["session_id"],
        server=row["server"],
        map=row["map"],
        ended_at=last.ended_at if last else row["ended_at"],
        status=row["status"],
        r1=r1,
        r2=r2,
        points_r1_attackers=row["points_r1_attackers"],
        points_r2_attackers=row["points_r2_attackers"],
        result=row["result"],
        segment=row["segment"],
        attackers_r1=row["attackers_r1"],
        roster_changed=row["roster_changed"],
        points_a=row["points_a"],
        points_b=row["points_b"],
    )


def segment_line(row: Row) -> SegmentLine:
    """A line from `SEGMENT_COLUMNS`."""
    return SegmentLine(
        number=row["number"],
        name_a=row["name_a"],
        name_b=row["name_b"],
        colour_a=row["colour_a"],
        colour_b=row["colour_b"],
        team_a=tuple(row["team_a"]),
        team_b=tuple(row["team_b"]),
        points_a=row["points_a"],
        points_b=row["points_b"],
        format=row["format"],
        confidence=row["confidence"],
    )


def session_line(row: Row) -> SessionLine:
    """A line from `SESSION_COLUMNS`."""
    return SessionLine(
        session_id=row["session_id"],
        server=row["server"],
        started_at=local(row["started_at"], row["started_offset_s"]),
        ended_at=local(row["ended_at"], row["ended_offset_s"]),
        rounds=row["rounds"],
        matches=row["matches"],
        players=row["players"],
        maps=tuple(row["maps"] or ()),
        scores=_scores(row["scores"]),
    )


def _scores(told: str | None) -> tuple[SessionScore, ...]:
    """Pairs of teams with points: every map that is scored gives two."""
    return tuple(
        SessionScore(number=number, name_a=name_a, name_b=name_b, points_a=a, points_b=b, format=size)
        for number, name_a, name_b, a, b, size in json.loads(told or "[]")
    )


def weapon_line(row: Row) -> WeaponLine:
    """A line from sums over stats.weapon_round. Only bullets have an accuracy: one grenade can hit many times."""
    bullets = row["slot"] in metrics.BULLET_WEAPONS
    return WeaponLine(
        weapon=weapon_name(row["slot"]).lower(),
        kills=row["kills"],
        deaths=row["deaths"],
        hits=row["hits"],
        shots=row["shots"],
        headshot_hits=row["headshot_hits"],
        accuracy=_rounded(metrics.accuracy(row["hits"], row["shots"])) if bullets else None,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
