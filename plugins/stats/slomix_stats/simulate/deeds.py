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
    engineers = [f for f in attackers if f.role in ("engineer", "rifle")] or attackers
    defusers = [f for f in defenders if f.role in ("engineer", "rifle")]
    if engineers:
        _objectives(dice, plan, attackers, engineers, defenders, defusers, attackers_won)
    for fighter in fighters:
        _shots_at_nobody(dice, fighter)
        fighter.tally.xp = _experience(fighter.tally)


def _objectives(
    dice: Dice,
    plan: MapPlan,
    attackers: list[Fighter],
    engineers: list[Fighter],
    defenders: list[Fighter],
    defusers: list[Fighter],
    attackers_won: bool,
) -> None:
    planted = dice.whole(1, 2) if plan.goal == "dynamite" and attackers_won else dice.whole(0, 2)
    for _ in range(planted):
        planter = dice.pick(engineers).tally
        planter.planted += 1
        charge = planter.slot(DYNAMITE)
        charge[1] += 1
        if defusers and not attackers_won and dice.chance(0.4):
            dice.pick(defusers).tally.defused += 1
    for worker in (*engineers, *defusers):
        worker.tally.repairs += dice.whole(0, 3)
    if plan.goal == "documents":
        stolen = dice.whole(1, 2) if attackers_won else dice.whole(0, 1)
        for _ in range(stolen):
            dice.pick(attackers).tally.stolen += 1
        if defenders and stolen > attackers_won and dice.chance(0.7):
            dice.pick(defenders).tally.returned += 1


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
