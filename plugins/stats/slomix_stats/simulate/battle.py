"""One round, fought: a sequence of fights that keeps every book balanced.

Each kill has one killer, one victim, one weapon; each point of damage a giver and a taker. So for a whole round kills
equal deaths, damage given equals damage received, revives given equal times revived.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from slomix_stats.simulate.deeds import after_round
from slomix_stats.simulate.dice import Dice
from slomix_stats.simulate.fighter import Fighter
from slomix_stats.simulate.maps import MapPlan
from slomix_stats.simulate.weapons import GRENADE, SYRINGE, Gun

#: Seconds between two fights of one player, on average, while everybody is there.
_PACE_S = 21.0


class Beat(NamedTuple):
    """What a server's logs tell of a moment: who killed or revived whom (GUIDs), with the weapon of a slot."""

    at: float
    kind: Literal["kill", "revive"]
    who: str
    whom: str
    slot: int


class Battle:
    """A round of `seconds` between the fighters of both sides; `run` fills their tallies."""

    def __init__(self, dice: Dice, plan: MapPlan, fighters: Sequence[Fighter], seconds: float) -> None:
        self.dice = dice
        self.plan = plan
        self.fighters = fighters
        self.axis = [fighter for fighter in fighters if fighter.side == 1]
        self.allies = [fighter for fighter in fighters if fighter.side == 2]
        self.end = seconds
        # The reinforcement clocks of the two sides start at their own random point.
        self.shift = (dice.between(0, plan.waves[0]), dice.between(0, plan.waves[1]))
        self.last_killer: Fighter | None = None
        self.beats: list[Beat] = []

    def run(self, attackers_won: bool) -> None:
        """Fight until the end and settle everything that is counted after it."""
        roll = self.dice.roll
        for fighter in self.fighters:
            if fighter.came > 0:
                fighter.up_at = self._wave(fighter.side, fighter.came)
                fighter.bare_s = fighter.up_at - fighter.came
        pace = _PACE_S / len(self.fighters)
        now = 6.0 + 6.0 * roll()
        while now < self.end:
            self._moment(now)
            # Fights come in bursts: one draws the next.
            now += 0.2 + pace * (0.2 * roll() if roll() < 0.35 else 3.0 * roll())
        for fighter in self.fighters:
            fighter.finish(self.end)
        after_round(self.dice, self.plan, self.fighters, attackers_won)

    def _wave(self, side: int, now: float) -> float:
        """When the side's next respawn wave comes."""
        interval = self.plan.waves[side - 1]
        return now + interval - (now + self.shift[side - 1]) % interval

    def _moment(self, now: float) -> None:
        """What happens at `now`: mostly a fight, sometimes an accident."""
        axis = [fighter for fighter in self.axis if fighter.up_at <= now < fighter.left]
        allies = [fighter for fighter in self.allies if fighter.up_at <= now < fighter.left]
        if not axis or not allies:
            return
        luck = self.dice.roll()
        if luck < 0.3:
            self._self_kill(axis + allies, now)
        elif luck < 0.34:
            self._friendly_fire(axis if luck < 0.32 else allies, now)
        else:
            self._meet(axis, allies, now)

    def _meet(self, axis: list[Fighter], allies: list[Fighter], now: float) -> None:
        """Two enemies meet; the better one mostly wins. Who has just won is often still in the fight."""
        dice, last = self.dice, self.last_killer
        one, other = dice.pick(axis), dice.pick(allies)
        if last is not None and last.up_at <= now < last.left and dice.roll() < 0.3:
            if last.side == 1:
                one = last
            else:
                other = last
        if dice.roll() * (one.force + other.force) < one.force:
            self._fight(one, other, axis, now)
        else:
            self._fight(other, one, allies, now)

    def _fight(self, killer: Fighter, victim: Fighter, mates: list[Fighter], now: float) -> None:
        """The loser hits back, mates of the winner help, mostly the loser dies."""
        roll = self.dice.roll
        killer.heal(now)
        victim.heal(now)
        luck = roll()
        if luck < 0.8:
            self._shoot(victim, killer, int((killer.hp - 1) * roll()), victim.guns[0][1])
        helper, helped = None, 0
        if luck < 0.35:
            helper = self.dice.pick(mates)
            if helper is not killer:
                helped, _ = self._shoot(helper, victim, int((victim.hp - 1) * roll()), helper.guns[0][1])
        gun = _draw(killer, roll())
        if roll() < 0.2:
            self._shoot(killer, victim, int((victim.hp - 1) * roll()), gun)
            return
        dealt, head = self._shoot(killer, victim, victim.hp, gun)
        if helper is not None and helped:
            helper.tally.assists += 1
            if helped > dealt and gun.head:
                killer.tally.steals += 1
        self.last_killer = killer
        self._kill(killer, victim, gun, head, now)

    def _shoot(self, shooter: Fighter, target: Fighter, amount: int, gun: Gun) -> tuple[int, bool]:
        """Deal `amount` of damage, less than or all that the target has; whether the last hit was to the head."""
        if amount <= 0:
            return 0, False
        roll = self.dice.roll
        numbers = shooter.tally.slot(gun.slot)
        head = False
        if gun.head:
            left, hits, to_head = amount, 0, shooter.aim * 0.4
            while left > 0:
                hits += 1
                head = roll() < to_head
                if head:
                    left -= gun.head
                    numbers[4] += 1
                else:
                    left -= gun.body
            numbers[0] += hits
            numbers[1] += hits + int(hits * (1.0 / (shooter.aim * gun.ease) - 1.0) * (0.6 + 0.8 * roll()) + 0.5)
        else:
            numbers[0] += 1
            numbers[1] += 1 + int(roll() / gun.ease)
        target.hurt(amount)
        shooter.tally.damage_given += amount
        return amount, head

    def _kill(self, killer: Fighter, victim: Fighter, gun: Gun, head: bool, now: float) -> None:
        """Book a kill on both sides, then see when the victim is back."""
        dice, tally = self.dice, killer.tally
        self._tell(now, "kill", killer, victim, gun.slot)
        tally.slot(gun.slot)[2] += 1
        victim.tally.slot(gun.slot)[3] += 1
        tally.headshot_kills += head
        killer.score_kill(now)
        wave = self._wave(victim.side, now)
        wait = wave - now
        if wait >= self.plan.waves[victim.side - 1] / 2:
            tally.useful_kills += 1
        back = wave
        if dice.roll() < 0.33:
            tally.gibs += 1
        elif wait > 3:
            back = self._revive(victim, now, wave)
        if back < self.end and back < victim.left:
            tally.denied_s += int(back - now)
            if back == wave and wait < 5:
                tally.useless_kills += 1
        victim.fall(now, back, self.end)

    def _revive(self, victim: Fighter, now: float, wave: float) -> float:
        """When the victim stands again: after a medic's needle, or with the wave."""
        at = now + 1.5 + 6 * self.dice.roll()
        if at >= wave or at >= self.end or at >= victim.left:
            return wave
        for medic in self.axis if victim.side == 1 else self.allies:
            there = medic is not victim and medic.up_at <= now and at < medic.left
            if there and medic.role == "medic" and self.dice.roll() < 0.45:
                needle = medic.tally.slot(SYRINGE)
                needle[0] += 1
                needle[1] += 1
                medic.tally.revives_given += 1
                victim.tally.times_revived += 1
                self._tell(at, "revive", medic, victim, SYRINGE)
                return at
        return wave

    def _self_kill(self, anyone: list[Fighter], now: float) -> None:
        """Somebody spawns anew before the wave, falls, or holds a grenade for too long."""
        fighter = self.dice.pick(anyone)
        wave = self._wave(fighter.side, now)
        interval = self.plan.waves[fighter.side - 1]
        typed = self.dice.roll() < 0.8
        # Nobody who can read the clock types /kill with half of the wave to wait; a few can not.
        if typed and wave - now > interval / 2 and self.dice.roll() < 0.95:
            return
        fighter.tally.self_kills += 1
        self._tell(now, "kill", fighter, fighter, GRENADE)
        if typed and wave - now >= interval - 2:
            fighter.tally.full_self_kills += 1
        fighter.fall(now, wave, self.end)

    def _friendly_fire(self, side: list[Fighter], now: float) -> None:
        """A mate is in the line of fire; now and then he dies of it."""
        if len(side) < 2:
            return
        dice = self.dice
        shooter, mate = dice.shuffled(side)[:2]
        mate.heal(now)
        fatal = dice.roll() < 0.15
        amount = mate.hp if fatal else min(mate.hp - 1, dice.whole(10, 60))
        shooter.tally.team_damage_given += amount
        mate.tally.team_damage_received += amount
        mate.hp -= amount
        if fatal:
            shooter.tally.team_kills += 1
            self._tell(now, "kill", shooter, mate, shooter.guns[0][1].slot)
            shooter.tally.team_gibs += dice.roll() < 0.2
            mate.fall(now, self._wave(mate.side, now), self.end)

    def _tell(self, at: float, kind: Literal["kill", "revive"], who: Fighter, whom: Fighter, slot: int) -> None:
        self.beats.append(Beat(at, kind, who.person.guid, whom.person.guid, slot))


def _draw(fighter: Fighter, luck: float) -> Gun:
    """The gun that he has in hand."""
    for reached, gun in fighter.guns:
        if luck < reached:
            return gun
    return fighter.guns[0][1]
