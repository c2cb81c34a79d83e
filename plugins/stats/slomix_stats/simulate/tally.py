"""What one player did in one round: the exact numbers, before a stats file rounds and mixes them."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Counters that a round 2 file holds for both rounds together (spec 1.6, "C"); all others are of the round alone.
CUMULATIVE = (
    "damage_given", "damage_received", "team_damage_given", "team_damage_received", "gibs", "self_kills",
    "team_kills", "team_gibs", "alive_s", "played_s",
)  # fmt: skip

#: Five numbers of a weapon slot.
Slot = list[int]


@dataclass(slots=True)
class Tally:
    """Counters of a round. `weapons` maps a slot to [hits, shots, kills, deaths by it, headshot hits].

    Times are seconds; `denied_s` is whole seconds. `multikills` counts chains of 2, 3, 4, 5 and 6 or more kills.
    `best_spree` and `worst_spree` are 0 below 3.
    """

    weapons: dict[int, Slot] = field(default_factory=dict)
    damage_given: int = 0
    damage_received: int = 0
    team_damage_given: int = 0
    team_damage_received: int = 0
    gibs: int = 0
    self_kills: int = 0
    team_kills: int = 0
    team_gibs: int = 0
    alive_s: float = 0.0
    played_s: float = 0.0
    dead_s: float = 0.0
    xp: int = 0
    best_spree: int = 0
    worst_spree: int = 0
    assists: int = 0
    steals: int = 0
    headshot_kills: int = 0
    stolen: int = 0
    returned: int = 0
    planted: int = 0
    defused: int = 0
    times_revived: int = 0
    useful_kills: int = 0
    denied_s: int = 0
    multikills: Slot = field(default_factory=lambda: [0, 0, 0, 0, 0])
    useless_kills: int = 0
    full_self_kills: int = 0
    repairs: int = 0
    revives_given: int = 0

    def slot(self, weapon: int) -> Slot:
        """The five numbers of a weapon, there from now on."""
        found = self.weapons.get(weapon)
        if found is None:
            found = self.weapons[weapon] = [0, 0, 0, 0, 0]
        return found

    def total(self, column: int) -> int:
        """Sum of one of the five numbers over all weapons."""
        return sum([numbers[column] for numbers in self.weapons.values()])

    @property
    def kills(self) -> int:
        """Kills with any weapon."""
        return self.total(2)

    @property
    def deaths(self) -> int:
        """Deaths by any weapon (own hand, falls and team kills are not among them)."""
        return self.total(3)

    @property
    def hits(self) -> int:
        return self.total(0)

    @property
    def shots(self) -> int:
        return self.total(1)

    @property
    def headshot_hits(self) -> int:
        return self.total(4)


def together(first: Tally, second: Tally) -> Tally:
    """A new tally with the cumulative counters and weapons of both; all other counters stay zero."""
    both = Tally()
    for name in CUMULATIVE:
        setattr(both, name, getattr(first, name) + getattr(second, name))
    weapons = {slot: numbers.copy() for slot, numbers in first.weapons.items()}
    for slot, numbers in second.weapons.items():
        before = weapons.get(slot)
        weapons[slot] = numbers.copy() if before is None else [a + b for a, b in zip(before, numbers, strict=True)]
    both.weapons = weapons
    return both
