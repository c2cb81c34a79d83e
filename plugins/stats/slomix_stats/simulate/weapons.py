"""Weapon slots of a stats file, and which of them each class carries."""

from __future__ import annotations

from dataclasses import dataclass

from slomix_stats.simulate.people import Role

KNIFE, LUGER, COLT, MP40, THOMPSON, STEN, FG42, PANZERFAUST = 0, 2, 3, 4, 5, 6, 7, 8
GRENADE, DYNAMITE, AIRSTRIKE, ARTILLERY, SATCHEL, RIFLE_GRENADE, MG42 = 11, 14, 15, 16, 17, 18, 20
CARBINE, KAR98, GARAND, K43, SYRINGE = 22, 23, 24, 25, 27


@dataclass(frozen=True, slots=True)
class Gun:
    """A weapon in a fight. `body` and `head` are damage per hit; explosives have `head` 0 and kill in one blow.

    `ease` multiplies the shooter's aim.
    """

    slot: int
    body: int
    head: int
    ease: float


#: Every gun by its slot.
GUNS: dict[int, Gun] = {
    gun.slot: gun
    for gun in (
        Gun(LUGER, 18, 50, 1.1),
        Gun(COLT, 18, 50, 1.1),
        Gun(MP40, 18, 50, 1.0),
        Gun(THOMPSON, 18, 50, 1.0),
        Gun(STEN, 14, 40, 1.1),
        Gun(FG42, 16, 60, 1.0),
        Gun(PANZERFAUST, 400, 0, 0.8),
        Gun(GRENADE, 250, 0, 0.5),
        Gun(AIRSTRIKE, 400, 0, 0.9),
        Gun(ARTILLERY, 400, 0, 0.8),
        Gun(SATCHEL, 250, 0, 0.9),
        Gun(RIFLE_GRENADE, 250, 0, 0.6),
        Gun(MG42, 18, 40, 0.7),
        Gun(CARBINE, 34, 85, 1.1),
        Gun(KAR98, 34, 85, 1.1),
        Gun(GARAND, 50, 110, 1.2),
        Gun(K43, 50, 110, 1.2),
    )
}

#: Per class: (slot of Axis, slot of Allies, share of fights).
_CARRIED: dict[Role, tuple[tuple[int, int, float], ...]] = {
    "medic": ((MP40, THOMPSON, 0.8), (THOMPSON, MP40, 0.1), (LUGER, COLT, 0.04), (GRENADE, GRENADE, 0.06)),
    "engineer": ((MP40, THOMPSON, 0.75), (THOMPSON, MP40, 0.1), (LUGER, COLT, 0.05), (GRENADE, GRENADE, 0.1)),
    "rifle": ((KAR98, CARBINE, 0.5), (RIFLE_GRENADE, RIFLE_GRENADE, 0.25), (LUGER, COLT, 0.15),
              (GRENADE, GRENADE, 0.1)),
    "fieldop": ((MP40, THOMPSON, 0.8), (LUGER, COLT, 0.05), (AIRSTRIKE, AIRSTRIKE, 0.06), (ARTILLERY, ARTILLERY, 0.03),
                (GRENADE, GRENADE, 0.06)),
    "soldier": ((MP40, THOMPSON, 0.55), (PANZERFAUST, PANZERFAUST, 0.2), (MG42, MG42, 0.15), (GRENADE, GRENADE, 0.1)),
    "covert": ((STEN, STEN, 0.55), (FG42, FG42, 0.15), (K43, GARAND, 0.2), (LUGER, COLT, 0.05),
               (SATCHEL, SATCHEL, 0.05)),
}  # fmt: skip


def _ladder(role: Role, side: int) -> tuple[tuple[float, Gun], ...]:
    reached, rungs = 0.0, []
    for axis, allies, share in _CARRIED[role]:
        reached += share
        rungs.append((reached, GUNS[axis if side == 1 else allies]))
    return tuple(rungs)


#: For a class and side: guns with the upper end of their share in [0, 1]; the first is the main weapon.
LOADOUTS: dict[tuple[Role, int], tuple[tuple[float, Gun], ...]] = {
    (role, side): _ladder(role, side) for role in _CARRIED for side in (1, 2)
}
