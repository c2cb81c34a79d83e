"""What a record is the best of: of one round, or of a match. Pure definitions; the values are those of the metrics.

Left out: rounds that do not count (aborted, cancelled, orphaned, with bots, on filler maps, shorter than 30 s, rejected
by hand), and values of 0. A player is in a list once per map, with the best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Over = Literal["round", "match"]


@dataclass(frozen=True, slots=True)
class Best:
    """A record. `sql` is its value over the row `p` of stats.player_round (or sums with the same names)."""

    metric: str
    over: Over
    sql: str
    rule: str = ""


_ACCURACY = """case when p.bullet_shots > 50 and p.bullet_shots <= 15 * p.time_played_s
        then least(100.0, 100.0 * p.bullet_hits / p.bullet_shots) end"""
_DPM = "case when p.time_played_s >= 300 then p.damage_given * 60.0 / p.time_played_s end"

ROUND: tuple[Best, ...] = (
    Best("kills", "round", "p.kills"),
    Best("damage", "round", "p.damage_given"),
    Best("dpm", "round", _DPM, "at least 5 minutes played"),
    Best("accuracy", "round", _ACCURACY, "more than 50 bullets, and no more than 15 per second"),
    Best("headshots", "round", "p.headshot_hits"),
    Best("gibs", "round", "p.gibs"),
    Best("revives", "round", "p.revives_given"),
    Best("times_revived", "round", "p.times_revived"),
    Best("useful_kills", "round", "p.useful_kills"),
    Best("best_spree", "round", "p.killing_spree_best"),
    Best("worst_spree", "round", "p.death_spree_worst"),
    Best("xp", "round", "p.xp"),
    Best("objectives_stolen", "round", "p.objectives_stolen"),
    Best("objectives_returned", "round", "p.objectives_returned"),
    Best("dynamites_planted", "round", "p.dynamites_planted"),
    Best("dynamites_defused", "round", "p.dynamites_defused"),
)

MATCH: tuple[Best, ...] = (
    Best("kills", "match", "sum(p.kills)", "both rounds"),
    Best("damage", "match", "sum(p.damage_given)", "both rounds"),
    Best("headshots", "match", "sum(p.headshot_hits)", "both rounds"),
    Best("gibs", "match", "sum(p.gibs)", "both rounds"),
    Best("revives", "match", "sum(p.revives_given)", "both rounds"),
    Best("xp", "match", "sum(p.xp)", "both rounds"),
)

BESTS: tuple[Best, ...] = (*ROUND, *MATCH)

#: Bests of a round that are told as personal bests after a session.
PERSONAL = ("kills", "damage", "dpm", "accuracy", "headshots", "gibs", "revives", "useful_kills", "best_spree")
