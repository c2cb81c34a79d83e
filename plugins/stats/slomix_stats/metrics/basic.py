"""The formulas: pure functions of sums. The first `…` of a docstring is the formula that people are shown.

It is over the names of the arguments, which are columns of `stats.player_round` (or sums that come with them); a test
works every formula out by itself and compares.
"""

from __future__ import annotations

#: Slots of `stats.md` 1.5 that fire bullets one by one: luger, colt, MP40, Thompson, Sten, FG42, MG42, Browning,
#: carbine, K98, garand, K43, MP34. Explosives and support weapons hit more often than they "shoot" (a grenade up to
#: 37 times) and the syringe's hits are revives, so they would make an accuracy over all slots meaningless.
BULLET_WEAPONS: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 20, 21, 22, 23, 24, 25, 26)

#: Above this share of the time spent dead the time alive is too short to divide by.
MOST_DEAD_PERCENT = 95


def dpm(damage_given: float, time_played_s: float) -> float:
    """Damage per minute: `damage_given * 60 / time_played_s`; 0 without time."""
    return damage_given * 60 / time_played_s if time_played_s > 0 else 0.0


def kd(kills: float, deaths: float) -> float:
    """Kills per death: `kills / deaths`; without deaths the kills themselves."""
    return kills / deaths if deaths else float(kills)


def accuracy(bullet_hits: float, bullet_shots: float) -> float | None:
    """Percent of bullets that hit: `100 * bullet_hits / bullet_shots`, at most 100; None without shots."""
    return min(100.0, 100 * bullet_hits / bullet_shots) if bullet_shots > 0 else None


def headshot_accuracy(bullet_headshot_hits: float, bullet_hits: float) -> float | None:
    """Percent of bullet hits that were to the head: `100 * bullet_headshot_hits / bullet_hits`, at most 100; None
    without hits."""
    return min(100.0, 100 * bullet_headshot_hits / bullet_hits) if bullet_hits > 0 else None


def efficiency(kills: float, deaths: float) -> float:
    """Share of the duels won, percent: `100 * kills / (kills + deaths)`; 0 without any."""
    return 100 * kills / (kills + deaths) if kills + deaths > 0 else 0.0


def headshot_kill_rate(headshot_kills: float, kills: float) -> float | None:
    """Percent of kills whose last hit was to the head: `100 * headshot_kills / kills`, at most 100 (the head may have
    been a team mate's); None without kills."""
    return min(100.0, 100 * headshot_kills / kills) if kills > 0 else None


def damage_per_round(damage_given: float, rounds: float) -> float:
    """Damage per round (ADR): `damage_given / rounds`; 0 without rounds."""
    return per_round(damage_given, rounds)


def kills_per_round(kills: float, rounds: float) -> float:
    """Kills per round (KPR): `kills / rounds`; 0 without rounds."""
    return per_round(kills, rounds)


def deaths_per_round(deaths: float, rounds: float) -> float:
    """Deaths per round (DPR): `deaths / rounds`; 0 without rounds."""
    return per_round(deaths, rounds)


def per_round(value: float, rounds: float) -> float:
    """`value / rounds`; 0 without rounds."""
    return value / rounds if rounds > 0 else 0.0


def alive_percent(alive_s: float, time_played_s: float) -> float | None:
    """Percent of the played time spent alive: `100 * alive_s / time_played_s`, 0 to 100; None without time."""
    return min(100.0, max(0.0, 100 * alive_s / time_played_s)) if time_played_s > 0 else None


def time_dead(time_played_s: float, alive_s: float) -> float:
    """Seconds spent dead: `time_played_s - alive_s`, never below 0. Not what old scripts report, which is too much."""
    return max(0.0, float(time_played_s - alive_s))


def dead_percent(time_played_s: float, alive_s: float) -> float | None:
    """Percent of the played time spent dead: `100 * (time_played_s - alive_s) / time_played_s`, 0 to 100; None
    without time."""
    alive = alive_percent(alive_s, time_played_s)
    return None if alive is None else 100 - alive


def frag_potential(damage_given: float, time_played_s: float, alive_s: float) -> float:
    """Damage per minute alive: `damage_given * 60 / alive_s`; 0 for who was dead for more than 95 % of the time."""
    dead = dead_percent(time_played_s, alive_s)
    return 0.0 if dead is None or dead > MOST_DEAD_PERCENT else damage_given * 60 / max(1.0, alive_s)


def damage_ratio(damage_given: float, damage_received: float) -> float:
    """Damage given per damage received: `damage_given / max(1, damage_received)`."""
    return damage_given / max(1.0, damage_received)


def damage_efficiency(damage_given: float, damage_received: float) -> float | None:
    """Percent of all damage that was given: `100 * damage_given / (damage_given + damage_received)`; None without."""
    whole = damage_given + damage_received
    return 100 * damage_given / whole if whole > 0 else None


def useful_kill_rate(useful_kills: float, kills: float) -> float | None:
    """Percent of kills that cost the victim at least half of a respawn: `100 * useful_kills / kills`, at most 100;
    None without kills."""
    return min(100.0, 100 * useful_kills / kills) if kills > 0 else None


def useless_kill_rate(useless_kills: float, kills: float) -> float | None:
    """Percent of kills whose victim was back in less than 5 s: `100 * useless_kills / kills`, at most 100; None
    without kills."""
    return min(100.0, 100 * useless_kills / kills) if kills > 0 else None


def denied_per_minute(denied_playtime_s: float, time_played_s: float) -> float | None:
    """Seconds of play denied to opponents per minute: `denied_playtime_s * 60 / time_played_s`; None without time."""
    return denied_playtime_s * 60 / time_played_s if time_played_s > 0 else None


def team_damage_share(team_damage_given: float, damage_given: float) -> float | None:
    """Percent of the damage that hit the own team: `100 * team_damage_given / (team_damage_given + damage_given)`;
    None without damage."""
    whole = team_damage_given + damage_given
    return 100 * team_damage_given / whole if whole > 0 else None


def objectives(objectives_stolen: float, objectives_returned: float) -> float:
    """Objectives stolen or returned: `objectives_stolen + objectives_returned`."""
    return objectives_stolen + objectives_returned


def objective_actions(
    objectives_stolen: float,
    objectives_returned: float,
    dynamites_planted: float,
    dynamites_defused: float,
    rounds: float,
) -> float:
    """Deeds at objectives per round:
    `(objectives_stolen + objectives_returned + dynamites_planted + dynamites_defused) / rounds`; 0 without rounds."""
    return per_round(objectives_stolen + objectives_returned + dynamites_planted + dynamites_defused, rounds)


def multikills(
    multikill_2: float, multikill_3: float, multikill_4: float, multikill_5: float, multikill_6: float
) -> float:
    """Chains of kills less than 3 s apart: `multikill_2 + multikill_3 + multikill_4 + multikill_5 + multikill_6`."""
    return multikill_2 + multikill_3 + multikill_4 + multikill_5 + multikill_6


def revives_per_round(revives_given: float, rounds: float) -> float:
    """Revives per round: `revives_given / rounds`; 0 without rounds."""
    return per_round(revives_given, rounds)


def gibs_per_round(gibs: float, rounds: float) -> float:
    """Bodies gibbed per round: `gibs / rounds`; 0 without rounds."""
    return per_round(gibs, rounds)


def xp_per_minute(xp: float, time_played_s: float) -> float | None:
    """XP per minute: `xp * 60 / time_played_s`; None without time."""
    return xp * 60 / time_played_s if time_played_s > 0 else None


def tank(damage_received: float, deaths: float) -> float:
    """Health bars taken per death: `damage_received / max(1, deaths) / 130` (a player has about 130)."""
    return damage_received / max(1.0, deaths) / 130


def played_percent(time_played_s: float, round_s: float) -> float | None:
    """Percent of the rounds' length that was played: `100 * time_played_s / round_s`, at most 100; None where the
    length is unknown."""
    return min(100.0, 100 * time_played_s / round_s) if round_s > 0 else None
