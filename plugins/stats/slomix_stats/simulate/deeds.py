"""What else a round counts: objectives, repairs, shots at nobody, experience."""

from __future__ import annotations

from collections.abc import Sequence

from slomix_stats.simulate.dice import Dice
from slomix_stats.simulate.fighter import Fighter
from slomix_stats.simulate.maps import MapPlan
from slomix_stats.simulate.tally import Tally
from slomix_stats.simulate.weapons import DYNAMITE, GRENADE, KNIFE, SYRINGE


def after_round(dice: Dice, plan: MapPlan, fighters: Sequence[Fighter], attackers_won: bool) -> None:
    """Add to the fighters' tallies what was not counted fight by fight."""
    attackers = [f for f in fighters if f.side != plan.defender]
    defenders = [f for f in fighters if f.side == plan.defender]
    if plan.goal == "documents":
        _documents(dice, attackers, defenders, attackers_won)
    _dynamite(dice, plan, attackers, defenders, attackers_won)
    for fighter in fighters:
        _shots_at_nobody(dice, fighter)
        fighter.tally.xp = _experience(fighter.tally)


def _documents(dice: Dice, attackers: list[Fighter], defenders: list[Fighter], attackers_won: bool) -> None:
    stolen = dice.whole(1, 2) if attackers_won else dice.whole(0, 1)
    for _ in range(stolen):
        dice.pick(attackers).tally.stolen += 1
    if stolen > attackers_won and dice.chance(0.7):
        dice.pick(defenders).tally.returned += 1


def _dynamite(
    dice: Dice, plan: MapPlan, attackers: list[Fighter], defenders: list[Fighter], attackers_won: bool
) -> None:
    """Charges at the objective or at what stands in the way, and what else engineers do."""
    planters = _engineers(attackers) or attackers
    defusers = _engineers(defenders)
    for _ in range(dice.whole(1, 2) if plan.goal == "dynamite" and attackers_won else dice.whole(0, 2)):
        planter = dice.pick(planters).tally
        planter.planted += 1
        planter.slot(DYNAMITE)[1] += 1
        if defusers and not attackers_won and dice.chance(0.4):
            dice.pick(defusers).tally.defused += 1
    for worker in (*planters, *defusers):
        worker.tally.repairs += dice.whole(0, 3)


def _engineers(side: list[Fighter]) -> list[Fighter]:
    return [fighter for fighter in side if fighter.role in ("engineer", "rifle")]


def _shots_at_nobody(dice: Dice, fighter: Fighter) -> None:
    """Spam at corners, thrown grenades, knives at crates. Gives everybody who played at least one weapon."""
    minutes = fighter.tally.played_s / 60
    main = fighter.tally.slot(fighter.guns[0][1].slot)
    main[1] += 1 + int(minutes * dice.between(2, 10))
    if dice.chance(0.9):
        fighter.tally.slot(GRENADE)[1] += int(minutes * dice.between(0.2, 1.4)) + 1
    if dice.chance(0.35):
        fighter.tally.slot(KNIFE)[1] += dice.whole(1, 4)
    if fighter.role == "medic" and dice.chance(0.5):
        fighter.tally.slot(SYRINGE)[1] += 1


def _experience(tally: Tally) -> int:
    """Score of the round, roughly as the game gives it."""
    return max(
        0,
        3 * tally.kills
        + 4 * tally.revives_given
        + 5 * (tally.planted + tally.defused + tally.stolen + tally.returned)
        + 2 * (tally.headshot_kills + tally.repairs)
        + tally.assists
        + int(tally.damage_given / 100)
        - 3 * tally.team_kills,
    )
