"""The regulars of the simulated server: invented names, skill, aim and the classes they like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from slomix_stats.simulate.dice import Dice

Role = Literal["medic", "engineer", "rifle", "fieldop", "soldier", "covert"]

ROLES: tuple[Role, ...] = ("medic", "engineer", "rifle", "fieldop", "soldier", "covert")

#: Name and the second name the person sometimes plays under.
NAMES: tuple[tuple[str, str], ...] = (
    ("^1Kvas^7ilo", "^1Kvas^7ilo^3|afk"),
    ("^4m^7oor^4h^7en", "^4m^7oor^4h^7en^1!"),
    ("Zwibl", "^3Zwibl"),
    ("^3Qua^7sar^3Q", "^2Qua^7sar^2Q"),
    ("lampica", "lampica (laptop)"),
    ("^2Vrabelj", "^2Vrabelj^7."),
    ("^?dust^1'", "^?dust^1'^7brb"),
    ("^nPolhek", "^nZimski^7Polhek"),
    ("^/Ke^7lpie", "^/KE^7LPIE"),
    ("^7tarn^5-", "^7tarn^5-^7x"),
    ("^0|^7Gluon^0|", "^0|^7Gluon^0|^1late"),
    ("okapi.", "okapi. & co"),
    ("^6Sv^7rk", "^6Svrk^7a"),
    ("R^9ada^7r", "R^9ada^7r?"),
    ("^dfen^7ek", "^dfen^7ek^d_"),
    ("volt_meter", "^5volt^7_meter"),
    ("^1W^3o^2m^5b^4a^6t", "^1W^3o^2m^5b^4a^6t^7!"),
    ("^8Bura", "^8Tiha Bura"),
    ("^xhob^7nob", "^xhob^7nob : tea"),
    ("Mraz^a*", "Mraz^a*^7(new mouse)"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A regular. `skill` about 0.6 to 1.5 (wins fights), `aim` 0.26 to 0.46 (hits per shot), `care` the chance
    that he is there on an evening, `tastes` the weight of each of `ROLES`."""

    guid: str
    name: str
    other_name: str
    skill: float
    aim: float
    care: float
    tastes: tuple[float, ...]


def community(seed: int) -> tuple[Person, ...]:
    """The 20 regulars of this seed; GUIDs are 8 upper-case hex digits."""
    dice = Dice(seed)
    people = []
    for name, other_name in NAMES:
        favourite = dice.weighted(range(len(ROLES)), (4, 2, 1, 2, 0.7, 0.7))
        people.append(
            Person(
                guid="".join(dice.pick("0123456789ABCDEF") for _ in range(8)),
                name=name,
                other_name=other_name,
                skill=0.6 + 0.3 * (dice.roll() + dice.roll() + dice.roll()),
                aim=dice.between(0.26, 0.46),
                care=dice.between(0.3, 1.0),
                tastes=tuple(dice.between(0.05, 0.4) + (2.0 if role == favourite else 0.0) for role in range(6)),
            )
        )
    return tuple(people)
