"""The view model of a player: lifetime, recent evenings against the own level, weapons."""

from __future__ import annotations

from dataclasses import dataclass

from slomix_stats.api import PlayerProfile, PlayerSession, WeaponLine
from slomix_webui.views.tables import EVENINGS, Column

#: Evenings with fewer rounds say little about form.
FORM_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """An evening of the player. `share` is damage per minute in percent of the best evening shown, `against` the
    difference to the own lifetime level in percent (None: too few rounds to say)."""

    entry: PlayerSession
    share: float
    against: float | None
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weapon:
    """A weapon. `share` is its kills in percent of the most used one's; `accuracy` only where it means something."""

    line: WeaponLine
    name: str
    share: float
    accuracy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerView:
    """Everything the page of a player shows."""

    profile: PlayerProfile
    label: str
    evenings: tuple[Evening, ...]
    weapons: tuple[Weapon, ...]
    columns: tuple[Column, ...] = EVENINGS


def player_view(profile: PlayerProfile) -> PlayerView:
    """The player as a page. Pure."""
    usual = profile.lifetime.dpm
    best = max((entry.line.dpm for entry in profile.sessions), default=0)
    most = max((weapon.kills for weapon in profile.weapons), default=0)
    return PlayerView(
        profile=profile,
        label=profile.name or (profile.guids[0] if profile.guids else profile.player_id),
        evenings=tuple(
            Evening(
                entry=entry,
                share=round(100 * entry.line.dpm / best, 1) if best else 0,
                against=100 * (entry.line.dpm / usual - 1) if usual and entry.line.rounds >= FORM_ROUNDS else None,
                cells=tuple(column.show(entry.line) for column in EVENINGS),
            )
            for entry in profile.sessions
        ),
        weapons=tuple(
            Weapon(
                line=weapon,
                name=weapon_name(weapon.weapon),
                share=round(100 * weapon.kills / most, 1) if most else 0,
                accuracy=None if weapon.weapon in _SPLASH else weapon.accuracy,
            )
            for weapon in profile.weapons
        ),
    )


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

#: Names that are not the slot's name with a capital.
_WEAPONS = {
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
    return _WEAPONS.get(slot, slot.replace("_", " ").capitalize())
