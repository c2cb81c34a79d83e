"""One player in a running round, and how long he stays dead."""

from __future__ import annotations

from slomix_stats.simulate.people import Person, Role
from slomix_stats.simulate.tally import Tally
from slomix_stats.simulate.weapons import LOADOUTS, Gun

#: Seconds between two kills that still belong to one chain.
CHAIN_S = 3.0


class Fighter:
    """The state of a player during a round. Times are seconds since its start.

    He is on his side from `came` to `left` and alive when `up_at` <= now < `left`. `side` 1 Axis, 2 Allies.
    """

    __slots__ = (
        "aim", "bare_s", "came", "chain", "death_spree", "force", "full_hp", "guns", "healed_at", "hp", "last_kill",
        "left", "person", "role", "side", "spree", "tally", "up_at",
    )  # fmt: skip

    def __init__(self, person: Person, role: Role, side: int, came: float, left: float) -> None:
        self.person = person
        self.role = role
        self.side = side
        self.came = came
        self.left = left
        self.tally = Tally()
        self.aim = person.aim
        #: What decides a fight: its square makes a good player win clearly more often.
        self.force = person.skill * person.skill
        self.guns: tuple[tuple[float, Gun], ...] = LOADOUTS[role, side]
        self.full_hp = 140 if role == "medic" else 120
        self.hp = self.full_hp
        self.healed_at = came
        self.up_at = came
        self.spree = 0
        self.death_spree = 0
        self.chain = 0
        self.last_kill = -CHAIN_S
        #: Seconds in limbo before the first spawn: neither alive nor dead.
        self.bare_s = 0.0

    def heal(self, now: float) -> None:
        """Health packs since the last look, about 8 points a second."""
        healed = self.hp + int(8 * (now - self.healed_at))
        self.hp = healed if healed < self.full_hp else self.full_hp
        self.healed_at = now

    def hurt(self, amount: int) -> None:
        """Take damage of an enemy."""
        self.hp -= amount
        self.tally.damage_received += amount

    def fall(self, now: float, up_at: float, end: float) -> None:
        """Die at `now` and be alive again at `up_at`; dead time ends with the round or when he leaves."""
        tally = self.tally
        last = end if end < self.left else self.left
        tally.dead_s += (up_at if up_at < last else last) - now
        self.close_spree()
        self.death_spree += 1
        self.up_at = up_at
        self.healed_at = up_at
        self.hp = self.full_hp

    def score_kill(self, now: float) -> None:
        """Count a kill into the spree and the chain."""
        self.close_death_spree()
        self.spree += 1
        if now - self.last_kill >= CHAIN_S:
            self.close_chain()
        self.chain += 1
        self.last_kill = now

    def close_spree(self) -> None:
        """End a row of kills without a death; rows below 3 are not kept."""
        if self.spree >= 3 and self.spree > self.tally.best_spree:
            self.tally.best_spree = self.spree
        self.spree = 0

    def close_death_spree(self) -> None:
        """End a row of deaths without a kill."""
        if self.death_spree >= 3 and self.death_spree > self.tally.worst_spree:
            self.tally.worst_spree = self.death_spree
        self.death_spree = 0

    def close_chain(self) -> None:
        """End a chain of quick kills; seven and more count as six."""
        if self.chain >= 2:
            self.tally.multikills[min(self.chain, 6) - 2] += 1
        self.chain = 0

    def finish(self, end: float) -> None:
        """The round is over: sprees count, a chain that is still open is lost, times are settled."""
        self.close_spree()
        self.close_death_spree()
        tally = self.tally
        tally.played_s = min(self.left, end) - self.came
        tally.alive_s = max(0.0, tally.played_s - tally.dead_s - min(self.bare_s, tally.played_s - tally.dead_s))
