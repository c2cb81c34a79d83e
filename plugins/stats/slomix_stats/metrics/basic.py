"""The ratios of stats, each in one place: computed from sums, never averaged over rounds.

Every caller (pages, commands, JSON) takes them from here, so that one player has one accuracy everywhere.
"""

from __future__ import annotations

#: Slots of `stats.md` 1.5 that fire bullets one by one: luger, colt, MP40, Thompson, Sten, FG42, MG42, Browning,
#: carbine, K98, garand, K43, MP34. Explosives and support weapons hit more often than they "shoot" (a grenade up to
#: 37 times) and the syringe's hits are revives, so they would make an accuracy over all slots meaningless.
BULLET_WEAPONS: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 20, 21, 22, 23, 24, 25, 26)


def dpm(damage_given: int, time_played_s: float) -> float:
    """Damage per minute: `damage_given * 60 / time_played_s`; 0 without time."""
    return damage_given * 60 / time_played_s if time_played_s > 0 else 0.0


def kd(kills: int, deaths: int) -> float:
    """Kills per death: `kills / deaths`; without deaths the kills themselves."""
    return kills / deaths if deaths else float(kills)


def accuracy(hits: int, shots: int) -> float | None:
    """Percent of shots that hit: `100 * hits / shots`, at most 100 (splash hits several); None without shots."""
    return min(100.0, 100 * hits / shots) if shots > 0 else None


def headshot_accuracy(headshot_hits: int, hits: int) -> float | None:
    """Percent of hits that were to the head: `100 * headshot_hits / hits`, at most 100; None without hits."""
    return min(100.0, 100 * headshot_hits / hits) if hits > 0 else None
