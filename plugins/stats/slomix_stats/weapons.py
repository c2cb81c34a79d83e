"""The weapon slots of a player line: bit of the mask to name (`stats.md` 1.5)."""

from __future__ import annotations

WEAPONS: tuple[str, ...] = (
    "KNIFE",
    "KNIFE_KBAR",
    "LUGER",
    "COLT",
    "MP40",
    "THOMPSON",
    "STEN",
    "FG42",
    "PANZERFAUST",
    "BAZOOKA",
    "FLAMETHROWER",
    "GRENADE",
    "MORTAR",
    "MORTAR2",
    "DYNAMITE",
    "AIRSTRIKE",
    "ARTILLERY",
    "SATCHEL",
    "GRENADELAUNCHER",
    "LANDMINE",
    "MG42",
    "BROWNING",
    "CARBINE",
    "KAR98",
    "GARAND",
    "K43",
    "MP34",
    "SYRINGE",
)


def weapon_name(slot: int) -> str:
    """Name of a slot; `SLOT_<n>` for one that no script has named yet."""
    return WEAPONS[slot] if slot < len(WEAPONS) else f"SLOT_{slot}"
