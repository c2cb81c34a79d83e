"""Weapons as players say them, and for which of them hits of shots say something about aim. Pure."""

from __future__ import annotations

from slomix_stats.api import WeaponLine

#: One shot of these hits nobody or many (or heals), so hits of shots say nothing about aim.
_SPLASH = frozenset(
    {
        "airstrike",
        "artillery",
        "bazooka",
        "dynamite",
        "flamethrower",
        "grenade",
        "grenadelauncher",
        "landmine",
        "mortar",
        "mortar2",
        "panzerfaust",
        "satchel",
        "syringe",
    }
)
#: Fewer shots than this say nothing yet.
FEW_SHOTS = 50
#: Names that are not the slot's name with a capital.
_NAMES = {
    "knife_kbar": "Ka-Bar knife",
    "mp40": "MP 40",
    "fg42": "FG 42",
    "mortar2": "Granatwerfer",
    "grenadelauncher": "Rifle grenade",
    "mg42": "MG 42",
    "kar98": "K98",
    "k43": "K43",
    "mp34": "MP 34",
}


def weapon_name(slot: str) -> str:
    """The name of a weapon slot as players say it: `grenadelauncher` is a rifle grenade."""
    return _NAMES.get(slot, slot.replace("_", " ").capitalize())


def aimed(slot: str) -> bool:
    """Whether hits of shots say something about aim."""
    return slot not in _SPLASH


def accuracy(line: WeaponLine) -> float | None:
    """Hits of shots in percent; None where it means nothing, or where there are too few shots."""
    return line.accuracy if aimed(line.weapon) and line.shots >= FEW_SHOTS else None
