"""Playstyle of a player in one session. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from slomix_stats.api.evenings import Style
from slomix_stats.metrics import basic
from slomix_stats.metrics.registry import Sums

TITLES: dict[Style, str] = {
    "fragger": "Fragger", "slayer": "Slayer", "tank": "Tank", "medic": "Medic", "sniper": "Sniper",
    "rusher": "Rusher", "objective": "Objective player", "balanced": "Balanced",
}  # fmt: skip

#: Below these a style is no more than a guess.
LEAST_SHARE = 0.25
LEAST_SCORE = 0.4
#: Confidence of who has no style.
BALANCED = 0.3


@dataclass(frozen=True, slots=True)
class Facts:
    """What a style is read from. `*_pr` are per round, percents 0 to 100, `mean_*` the session's per player."""

    frag_potential: float
    kd: float
    damage_ratio: float
    kills_pr: float
    deaths_pr: float
    damage_pr: float
    received_pr: float
    revives_pr: float
    objectives_pr: float
    dead_percent: float
    headshot_percent: float
    deaths: float
    revives: float
    mean_deaths: float
    mean_revives: float


def facts(sums: Sums, mean_deaths: float, mean_revives: float) -> Facts:
    """The facts of one player's session; unknown numbers speak for no style (they are 0)."""

    def of(name: str) -> float:
        return sums.get(name) or 0.0

    rounds = max(1.0, of("rounds"))
    deeds = sum(map(of, ("objectives_stolen", "objectives_returned", "dynamites_planted", "dynamites_defused")))
    return Facts(
        frag_potential=basic.frag_potential(of("damage_given"), of("time_played_s"), of("alive_s")),
        kd=basic.kd(of("kills"), of("deaths")),
        damage_ratio=basic.damage_ratio(of("damage_given"), of("damage_received")),
        kills_pr=of("kills") / rounds,
        deaths_pr=of("deaths") / rounds,
        damage_pr=of("damage_given") / rounds,
        received_pr=of("damage_received") / rounds,
        revives_pr=of("revives_given") / max(1.0, sums.get("revives_given_known") or rounds),
        objectives_pr=deeds / rounds,
        dead_percent=basic.dead_percent(of("time_played_s"), of("alive_s")) or 0.0,
        headshot_percent=basic.headshot_accuracy(of("bullet_headshot_hits"), of("bullet_hits")) or 0.0,
        deaths=of("deaths"),
        revives=of("revives_given"),
        mean_deaths=mean_deaths,
        mean_revives=mean_revives,
    )


def _rules(f: Facts) -> tuple[tuple[Style, float, bool], ...]:
    return (
        ("fragger", 0.4, f.frag_potential >= 900 and f.kd >= 1.2),
        ("fragger", 0.3, f.frag_potential >= 600 and f.kd >= 1.5),
        ("fragger", 0.2, f.damage_ratio >= 1.5),
        ("slayer", 0.4, f.kills_pr >= 10 and f.kd >= 1.2),
        ("slayer", 0.3, f.kills_pr >= 15),
        ("slayer", 0.2, f.frag_potential >= 600),
        ("tank", 0.3, f.damage_ratio <= 0.7),
        ("tank", 0.2, f.received_pr > f.damage_pr),
        ("tank", 0.2, f.dead_percent < 20),
        ("tank", 0.2, f.kd < 1.2 and f.received_pr > 1500),
        ("medic", 0.5, f.revives_pr >= 2),
        ("medic", 0.3, f.revives_pr >= 3),
        ("medic", 0.2, f.revives > 0 and f.revives > 1.5 * f.mean_revives),
        ("sniper", 0.5, f.headshot_percent >= 35),
        ("sniper", 0.3, f.headshot_percent >= 25 and f.kd >= 1.2),
        ("sniper", 0.2, f.deaths_pr < 5 and f.headshot_percent >= 25),
        ("rusher", 0.2, f.deaths > 1.3 * f.mean_deaths),
        ("rusher", 0.3, f.deaths_pr > 12 and f.frag_potential >= 600),
        ("rusher", 0.2, f.kd < 0.8 and f.damage_pr > 1000),
        ("rusher", 0.2, f.dead_percent > 35),
        ("objective", 0.5, f.objectives_pr >= 1.5),
    )


def style(f: Facts) -> tuple[Style, float, dict[str, float]]:
    """Style, confidence (best score / all scores) and the scores above 0. Scores are added up, the highest wins; with a
    confidence below 0.25 or a best score below 0.4 it is balanced."""
    scores: defaultdict[Style, float] = defaultdict(float)
    for name, points, holds in _rules(f):
        if holds:
            scores[name] += points
    rounded: dict[str, float] = {name: round(score, 2) for name, score in scores.items()}
    if not scores:
        return "balanced", BALANCED, rounded
    best = max(scores, key=lambda name: scores[name])
    confidence = scores[best] / sum(scores.values())
    if confidence < LEAST_SHARE or scores[best] < LEAST_SCORE - 1e-9:
        return "balanced", BALANCED, rounded
    return best, round(confidence, 2), rounded
