"""Seasons, the hall of fame, and what was on this day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from slomix.context import Reads
from slomix_stats.api.boards import DayMemory, HallOfFame, OnThisDay, Season, SeasonAward, SeasonLine, WeaponHolder
from slomix_stats.api.scope import ScopeUsed
from slomix_stats.insight.boards import halls
from slomix_stats.insight.lookup import lines, whos
from slomix_stats.insight.sums import PlayerSums
from slomix_stats.metrics.basic import dpm
from slomix_stats.metrics.catalogue import find_metric
from slomix_stats.metrics.periods import season_days, season_id, season_name, span

Row = Mapping[str, Any]

#: Categories of the hall of fame, and those that a season has leaders in.
HALLS = (
    "rounds", "playtime", "damage", "kills", "revives", "xp", "assists", "gibs", "objectives", "deaths", "self_kills",
    "full_selfkills", "dpm", "kd", "accuracy", "headshot_accuracy", "useful_kills", "multikills", "denied",
)  # fmt: skip
LEADERS = (
    "damage", "team_damage", "revives", "deaths", "gibs", "objectives", "xp", "kills", "dpm", "time_alive", "time_dead",
    "rounds",
)  # fmt: skip

#: Years that are remembered, and how far back they are looked for.
YEARS = 4
FAR = 30

_COUNTS = """
select w.season, n.sessions, n.rounds, n.players
from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as w (season, since, until)
cross join lateral (
    select count(distinct t.session_id)::int as sessions, count(distinct t.player_id)::int as players,
        (select count(*)::int from stats.attack a where a.ended_at >= w.since and a.ended_at < w.until) as rounds
    from stats.player_session t where t.ended_at >= w.since and t.ended_at < w.until
) n
"""
_FIRST = "select min(ended_at) as first, max(ended_at) as last from stats.player_session"

_SESSIONS = """
select t.player_id, t.session_id, max(t.ended_at) as ended_at, sum(t.damage_given)::bigint as damage_given,
    sum(t.time_played_s)::bigint as time_played_s
from stats.player_session t
where t.ended_at >= $1 and t.ended_at < $2
group by t.player_id, t.session_id
order by ended_at, t.session_id
"""

_VOTES = """
select v.player_id, count(*)::int as votes from stats.mvp_vote v
where v.session_id = any($1::text[])
group by v.player_id
order by votes desc, v.player_id
limit 1
"""

_DAYS = """
select e.id as session_id, w.years
from unnest($1::int[], $2::timestamptz[], $3::timestamptz[]) as w (years, since, until)
join slomix.session e
    on e.ended_at >= w.since and e.ended_at < w.until + interval '1 day' and e.started_at >= w.since
    and e.started_at < w.until
order by e.started_at desc, e.id
"""
_BEST_OF = """
select distinct on (t.session_id) t.session_id, t.player_id, sum(t.damage_given)::bigint as damage_given,
    sum(t.time_played_s)::bigint as time_played_s
from stats.player_session t
where t.session_id = any($1::text[])
group by t.session_id, t.player_id
having sum(t.time_played_s) >= 600
order by t.session_id, sum(t.damage_given) * 60.0 / sum(t.time_played_s) desc, t.player_id
"""
_SCORES = """
select session_id, count(*) as segments, sum(points_a)::int as points_a, sum(points_b)::int as points_b
from stats.segment where session_id = any($1::text[]) group by session_id
"""


def hall_of_fame(
    scope: ScopeUsed, players: Sequence[PlayerSums], weapons: Sequence[WeaponHolder], limit: int
) -> HallOfFame:
    """The hall of fame from everybody's sums. Pure."""
    found = halls([find_metric(name) for name in HALLS], scope, players, limit)
    return HallOfFame(scope=scope, halls=found, weapons=tuple(weapons))


async def season_lines(db: Reads, now: datetime, only: str | None = None) -> tuple[SeasonLine, ...]:
    """Seasons that were played in and the present one, newest first; or only one, played in or not."""
    ids = [only] if only is not None else await _seasons(db, now)
    spans = [span(each, now) for each in ids]
    rows = await db.fetch(_COUNTS, ids, [each.since for each in spans], [each.until for each in spans])
    counted = {row["season"]: row for row in rows}
    present = season_id(now)
    return tuple(
        _line(each, counted[each], now)
        for each in ids
        if only is not None or each == present or counted[each]["sessions"]
    )


async def _seasons(db: Reads, now: datetime) -> list[str]:
    row = await db.fetchrow(_FIRST)
    present = season_id(now)
    first = row["first"] if row is not None and row["first"] is not None else now
    found, each = [present], season_days(season_id(max(now, row["last"] if row and row["last"] else now)))[0]
    oldest = season_days(season_id(first))[0]
    while each >= oldest:
        name = season_id(datetime(each.year, each.month, 1, tzinfo=UTC))
        found.append(name)
        each = season_days(season_id(datetime(each.year, each.month, 1, tzinfo=UTC) - timedelta(days=1)))[0]
    return sorted(set(found), reverse=True)


def _line(season: str, row: Row, now: datetime) -> SeasonLine:
    first, last = season_days(season)
    today = now.astimezone(UTC).date()
    return SeasonLine(
        season_id=season,
        name=season_name(season),
        first_day=first,
        last_day=last,
        days_left=max(0, (last - max(today, first)).days + 1) if today <= last else 0,
        current=season == season_id(now),
        sessions=row["sessions"],
        rounds=row["rounds"],
        players=row["players"],
    )


def season(
    line: SeasonLine,
    scope: ScopeUsed,
    players: Sequence[PlayerSums],
    everything: tuple[ScopeUsed, Sequence[PlayerSums]],
    awards: Sequence[SeasonAward],
) -> Season:
    """A season from the sums of its players and of everybody's lifetime. Pure."""
    metrics = [find_metric(name) for name in LEADERS]
    return Season(
        season=line,
        leaders=halls(metrics, scope, players, 1),
        all_time=halls(metrics, everything[0], everything[1], 1),
        awards=tuple(awards),
    )


async def season_awards(db: Reads, scope: ScopeUsed) -> list[SeasonAward]:
    """Awards of a season: most votes, most sessions, and the largest step from first to last session."""
    rows = await db.fetch(_SESSIONS, scope.since, scope.until)
    played: dict[str, list[Row]] = {}
    for row in rows:
        played.setdefault(row["player_id"], []).append(row)
    if not played:
        return []
    names = await whos(db, list(played))
    iron = min(played, key=lambda player: (-len(played[player]), player))
    sessions = len(played[iron])
    found = [
        SeasonAward(
            key="iron_man", title="Iron man", who=names[iron], value=float(sessions), text=f"{sessions} sessions"
        )
    ]
    steps = {
        player: dpm(mine[-1]["damage_given"], mine[-1]["time_played_s"])
        - dpm(mine[0]["damage_given"], mine[0]["time_played_s"])
        for player, mine in played.items()
        if len(mine) >= 2
    }
    improved = min(steps, key=lambda player: (-steps[player], player), default=None)
    if improved is not None and steps[improved] > 0:
        found.append(
            SeasonAward(
                key="most_improved",
                title="Most improved",
                who=names[improved],
                value=round(steps[improved], 2),
                text=f"{steps[improved]:+.0f} DPM from the first session to the last",
            )
        )
    best = await db.fetchrow(_VOTES, sorted({row["session_id"] for row in rows}))
    if best is not None and best["player_id"] in names:
        votes = best["votes"]
        text = f"{votes} vote{'s' if votes != 1 else ''}"
        who = names[best["player_id"]]
        found.insert(0, SeasonAward(key="mvp", title="Most valuable player", who=who, value=float(votes), text=text))
    return found


async def on_this_day(db: Reads, day: date) -> OnThisDay:
    """Sessions that began on the same day of earlier years."""
    years, since, until = [], [], []
    for back in range(1, FAR + 1):
        try:
            then = day.replace(year=day.year - back)
        except ValueError:
            continue  # 29 February, or before the year 1
        years.append(back)
        since.append(datetime(then.year, then.month, then.day, tzinfo=UTC))
        until.append(since[-1] + timedelta(days=1))
    rows = await db.fetch(_DAYS, years, since, until)
    remembered = sorted({row["years"] for row in rows})[:YEARS]
    ago = {row["session_id"]: row["years"] for row in rows if row["years"] in remembered}
    ids = list(ago)
    best = {row["session_id"]: row for row in await db.fetch(_BEST_OF, ids)}
    scores = {row["session_id"]: row for row in await db.fetch(_SCORES, ids) if row["segments"] == 1}
    names = await whos(db, [row["player_id"] for row in best.values()])
    memories = []
    for line in await lines(db, ids):
        row, score = best.get(line.session_id), scores.get(line.session_id)
        memories.append(
            DayMemory(
                years_ago=ago[line.session_id],
                session=line,
                best=None if row is None else names[row["player_id"]],
                best_dpm=None if row is None else round(dpm(row["damage_given"], row["time_played_s"]), 2),
                points_a=None if score is None else score["points_a"],
                points_b=None if score is None else score["points_b"],
            )
        )
    return OnThisDay(day=day, sessions=tuple(memories))
