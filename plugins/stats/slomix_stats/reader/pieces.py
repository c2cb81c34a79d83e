"""Reads of what belongs to rounds besides their numbers: weapons, and what the game server told at their end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from slomix.context import Db
from slomix_stats.api import RoundAward, RoundDuel, RoundEndstats, WeaponLine
from slomix_stats.reader.lines import weapon_line

_WEAPONS = """
select p.player_id, w.slot, sum(w.kills)::bigint as kills, sum(w.deaths)::bigint as deaths, sum(w.hits)::bigint as hits,
    sum(w.shots)::bigint as shots, sum(w.headshot_hits)::bigint as headshot_hits
from stats.player_round p
cross join lateral unnest(
    p.weapon_slots, p.weapon_kills, p.weapon_deaths, p.weapon_hits, p.weapon_shots, p.weapon_headshot_hits
) as w (slot, kills, deaths, hits, shots, headshot_hits)
where p.round_id = any($1::text[])
group by p.player_id, w.slot
"""
_OF_ROUND = "join stats.input i on i.artifact = t.artifact and i.counts and i.kind = 'endstats' where i.round_id = $1"
_AWARDS = f"""
select t.award, t.category, t.player, g.player_id, t.value, t.text
from stats.award t left join slomix.player_guid g on g.key = t.key {_OF_ROUND} order by t.place
"""  # noqa: S608 - from this module's constants
_DUELS = f"""
select t.subject, s.player_id as subject_id, t.opponent, o.player_id as opponent_id, t.kills, t.deaths
from stats.versus t
left join slomix.player_guid s on s.key = t.subject_key
left join slomix.player_guid o on o.key = t.opponent_key
{_OF_ROUND} and t.subject is not null order by t.place
"""  # noqa: S608 - as above


async def weapons(db: Db, round_ids: Sequence[str]) -> dict[str, tuple[WeaponLine, ...]]:
    """Weapons over some rounds, by player."""
    found: defaultdict[str, list[WeaponLine]] = defaultdict(list)
    for row in await db.fetch(_WEAPONS, list(round_ids)):
        found[row["player_id"]].append(weapon_line(row))
    return {player: tuple(sorted(lines, key=_most_kills)) for player, lines in found.items()}


async def endstats(db: Db, round_id: str) -> RoundEndstats:
    """Awards and duels of a round."""
    return RoundEndstats(
        awards=tuple(RoundAward(**dict(row)) for row in await db.fetch(_AWARDS, round_id)),
        duels=tuple(RoundDuel(**dict(row)) for row in await db.fetch(_DUELS, round_id)),
    )


def _most_kills(line: WeaponLine) -> tuple[int, int, str]:
    return -line.kills, -line.hits, line.weapon
