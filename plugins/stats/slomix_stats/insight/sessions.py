"""One session with everything that is counted in it: numbers, styles, awards, best players."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import add
from statistics import fmean
from typing import Any, Literal

from slomix.context import Reads
from slomix_stats.api.evenings import (
    Award,
    Mvp,
    Playstyle,
    RoundPoint,
    SessionAwards,
    SessionInsight,
    SessionPlayer,
)
from slomix_stats.api.reader import SessionLine, WeaponLine
from slomix_stats.api.scope import Who
from slomix_stats.insight.boards import numbers_of
from slomix_stats.insight.sums import PlayerSums
from slomix_stats.metrics.basic import dpm
from slomix_stats.metrics.fun import Won, first_places, fun_awards
from slomix_stats.metrics.registry import Sums
from slomix_stats.metrics.styles import TITLES, facts, style
from slomix_stats.reader.lines import weapon_line

Row = Mapping[str, Any]

_WEAPON = ("kills", "deaths", "hits", "shots", "headshot_hits")
_WEAPON_COLUMNS = tuple(f"weapon_{name}" for name in _WEAPON)
_ROUNDS = f"""
select p.round_id, p.player_id, r.map, r.number, p.damage_given, p.damage_received, p.time_played_s, p.kills, p.deaths,
    p.weapon_slots, {", ".join(f"p.{name}" for name in _WEAPON_COLUMNS)}
from stats.round s
join slomix.round r on r.id = s.round_id
join stats.player_round p on p.round_id = s.round_id
where s.counted_session = $1
order by r.ended_at, r.number, r.id
"""
_TEAMS = """
select player_id, team, number, matches from stats.segment_player where session_id = $1 order by number
"""
_MVPS = """
select g.number, w.team, w.player_id, t.kills, t.deaths, t.damage_given, t.time_played_s, t.gibs, t.revives_given
from stats.segment g
cross join lateral (values ('A', g.mvp_a), ('B', g.mvp_b)) as w (team, player_id)
join stats.player_session t on t.session_id = g.session_id and t.segment = g.number and t.player_id = w.player_id
where g.session_id = $1
order by g.number, w.team
"""
# What only the script knows; the rest of its awards is computed from the rounds.
_ENDSTATS = """
select a.award, a.category, a.player, a.value, a.text, g.player_id
from slomix.round r
join stats.input i on i.round_id = r.id and i.counts and i.kind = 'endstats'
join stats.award a on a.artifact = i.artifact
left join slomix.player_guid g on g.key = a.key
where r.session_id = $1 and a.award = any($2::text[]) and a.value is not null
order by a.award, a.value desc, r.ended_at
"""

#: Awards of endstats whose values no stats file holds, and whether the least of them is the best.
ONLY_ENDSTATS: Mapping[str, bool] = {"Quickest multikill w/ light weapons": False, "Farthest riflenade kill": False}


async def insight(db: Reads, session: SessionLine, found: Sequence[PlayerSums]) -> SessionInsight:
    """The session, players by damage per minute; `found` are the sums of its players."""
    rounds: defaultdict[str, list[Row]] = defaultdict(list)
    ordinals: dict[str, int] = {}
    for row in await db.fetch(_ROUNDS, session.session_id):
        ordinals.setdefault(row["round_id"], len(ordinals) + 1)
        rounds[row["player_id"]].append(row)
    teams = await _teams(db, session.session_id)
    styles = playstyles(found)
    players = [
        SessionPlayer(
            numbers=numbers_of(each),
            team=teams.get(each.who.player_id),
            style=styles[each.who.player_id],
            weapons=_weapons(rounds[each.who.player_id]),
            rounds=tuple(_point(row, ordinals) for row in rounds[each.who.player_id]),
        )
        for each in found
    ]
    players.sort(key=lambda each: (-(each.numbers.get("dpm") or 0), each.numbers.who.player_id))
    return SessionInsight(
        session=session,
        players=tuple(players),
        awards=_awards(found, first_places),
        mvps=await mvps_of(db, session.session_id, {each.who.player_id: each.who for each in found}),
    )


async def awards(db: Reads, session: SessionLine, found: Sequence[PlayerSums]) -> SessionAwards:
    """Fun awards, and the first places of every category; `found` are the sums of its players."""
    who = {each.who.player_id: each.who for each in found}
    return SessionAwards(
        session=session,
        fun=fun_of(found),
        awards=(*_awards(found, first_places), *await _endstats(db, session.session_id, who)),
    )


def fun_of(players: Sequence[PlayerSums]) -> tuple[Award, ...]:
    """The fun awards for these sums. Pure."""
    return _awards(players, fun_awards)


def playstyles(players: Sequence[PlayerSums]) -> dict[str, Playstyle]:
    """Everybody's style, each against the session's mean. Pure."""
    deaths = fmean([each.sums.get("deaths") or 0 for each in players]) if players else 0.0
    revives = fmean([each.sums.get("revives_given") or 0 for each in players]) if players else 0.0
    found = {}
    for each in players:
        name, confidence, scores = style(facts(each.sums, deaths, revives))
        found[each.who.player_id] = Playstyle(
            who=each.who, style=name, title=TITLES[name], confidence=confidence, scores=scores
        )
    return found


def _awards(players: Sequence[PlayerSums], judge: Callable[[Sequence[Sums]], list[Won]]) -> tuple[Award, ...]:
    return tuple(
        Award(
            key=each.key,
            title=each.title,
            emoji=each.emoji,
            who=players[each.player].who,
            value=each.value,
            text=each.text,
            category=each.category,
            source="rows",
            pattern=each.pattern,
        )
        for each in judge([player.sums for player in players])
    )


async def _endstats(db: Reads, session_id: str, who: Mapping[str, Who]) -> list[Award]:
    best: dict[str, Row] = {}
    for row in await db.fetch(_ENDSTATS, session_id, list(ONLY_ENDSTATS)):
        best.setdefault(row["award"], row)
    return [
        Award(
            key=row["award"].lower().replace(" ", "_").replace("/", ""),
            title=row["award"],
            emoji="🏅",
            who=who[row["player_id"]],
            value=row["value"],
            text=row["text"],
            category=row["category"] or "weapons",
            source="endstats",
        )
        for row in best.values()
        if row["player_id"] in who
    ]


async def _teams(db: Reads, session_id: str) -> dict[str, Literal["A", "B"]]:
    """The team that each player was in for most matches."""
    votes: defaultdict[str, Counter[Literal["A", "B"]]] = defaultdict(Counter)
    for row in await db.fetch(_TEAMS, session_id):
        votes[row["player_id"]][row["team"]] += row["matches"] + 1
    return {player: counted.most_common(1)[0][0] for player, counted in votes.items()}


async def mvps_of(db: Reads, session_id: str, who: Mapping[str, Who]) -> tuple[Mvp, ...]:
    """Most kills of each team, one pair of teams after the other."""
    return tuple(
        Mvp(
            segment=row["number"],
            team=row["team"],
            who=who[row["player_id"]],
            kills=row["kills"],
            deaths=row["deaths"],
            dpm=round(dpm(row["damage_given"], row["time_played_s"]), 2),
            gibs=row["gibs"],
            revives_given=row["revives_given"],
        )
        for row in await db.fetch(_MVPS, session_id)
        if row["player_id"] in who
    )


def _weapons(rows: Sequence[Row]) -> tuple[WeaponLine, ...]:
    sums: dict[int, list[int]] = {}
    for row in rows:
        for slot, *numbers in zip(row["weapon_slots"], *(row[name] for name in _WEAPON_COLUMNS), strict=True):
            before = sums.get(slot)
            sums[slot] = numbers if before is None else list(map(add, before, numbers))
    lines = [weapon_line({"slot": slot, **dict(zip(_WEAPON, each, strict=True))}) for slot, each in sums.items()]
    return tuple(sorted(lines, key=lambda line: (-line.kills, -line.hits, line.weapon)))


def _point(row: Row, ordinals: Mapping[str, int]) -> RoundPoint:
    return RoundPoint(
        ordinal=ordinals[row["round_id"]],
        round_id=row["round_id"],
        map=row["map"],
        number=row["number"],
        dpm=round(dpm(row["damage_given"], row["time_played_s"]), 2),
        kills=row["kills"],
        deaths=row["deaths"],
        damage_given=row["damage_given"],
        damage_received=row["damage_received"],
    )
