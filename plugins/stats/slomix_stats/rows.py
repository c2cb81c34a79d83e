"""Player rounds as rows of `stats.player_round`."""

from __future__ import annotations

from typing import Any

from slomix_stats.differential import PlayerRound
from slomix_stats.layout import TIME_DEAD_MINUTES, XP
from slomix_stats.metrics import BULLET_WEAPONS
from slomix_stats.record import WEAPON_NUMBERS

PLAYER_ROUND_KEY = ("round_id", "key")

#: Columns in the order of the table and of `player_row`. Runs of them are the file's fields in the file's order.
PLAYER_ROUND_COLUMNS: tuple[str, ...] = (
    "round_id",
    "key",
    "player_id",
    "guid",
    "name_raw",
    "name",
    "side",
    "flags",
    "kills",
    "deaths",
    "hits",
    "shots",
    "headshot_hits",
    "bullet_hits",
    "bullet_shots",
    "bullet_headshot_hits",
    # fields 0 to 7
    "damage_given",
    "damage_received",
    "team_damage_given",
    "team_damage_received",
    "gibs",
    "self_kills",
    "team_kills",
    "team_gibs",
    "time_played_s",
    "alive_s",
    # fields 9 to 19
    "xp",
    "killing_spree_best",
    "death_spree_worst",
    "kill_assists",
    "kill_steals",
    "headshot_kills",
    "objectives_stolen",
    "objectives_returned",
    "dynamites_planted",
    "dynamites_defused",
    "times_revived",
    "time_dead_reported_s",
    # fields 27 to 37
    "useful_kills",
    "denied_playtime_s",
    "multikill_2",
    "multikill_3",
    "multikill_4",
    "multikill_5",
    "multikill_6",
    "useless_kills",
    "full_selfkills",
    "repairs_constructions",
    "revives_given",
    "weapon_slots",
    "weapon_hits",
    "weapon_shots",
    "weapon_kills",
    "weapon_deaths",
    "weapon_headshot_hits",
)

_BULLETS = frozenset(BULLET_WEAPONS)


def player_row(round_id: str, player_id: str, played: PlayerRound) -> tuple[Any, ...]:
    """One row, its values in the order of `PLAYER_ROUND_COLUMNS`."""
    who, values = played.who, played.values
    hits, shots, kills, deaths, headshots = (played.weapons[at::WEAPON_NUMBERS] for at in range(WEAPON_NUMBERS))
    bullets = [at for at, slot in enumerate(played.slots) if slot in _BULLETS]
    dead = values[TIME_DEAD_MINUTES]
    return (
        round_id,
        who.key,
        player_id,
        who.guid,
        who.name_raw,
        who.name,
        played.side,
        played.flags,
        sum(kills),
        sum(deaths),
        sum(hits),
        sum(shots),
        sum(headshots),
        sum(hits[at] for at in bullets),
        sum(shots[at] for at in bullets),
        sum(headshots[at] for at in bullets),
        *values[:8],
        played.time_played_s,
        played.alive_s,
        *values[XP:20],
        None if dead is None else dead * 6,
        *values[27:],
        played.slots,
        hits,
        shots,
        kills,
        deaths,
        headshots,
    )
