"""The awards of the endstats script: their labels, what kind of award they are, and the number in their text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, get_args

import msgspec

from slomix.errors import BadArtifact

Category = Literal["combat", "deaths", "skills", "weapons", "teamwork", "objectives", "timing"]
CATEGORIES: tuple[Category, ...] = get_args(Category)

SPREE = "Longest killing spree"
STOLEN = "Most objectives stolen"
USELESS = "Most useless kills"

#: Every label that the script has, with the category it is shown in.
AWARDS: dict[str, Category] = {
    "Most damage given": "combat",
    "Most damage received": "combat",
    "Most kills per minute": "combat",
    "Most corpse gibs": "combat",
    "Best K/D ratio": "combat",
    SPREE: "combat",
    "Tank/Meatshield (Refuses to die)": "combat",
    "Most kill assists": "combat",
    "Most killsteals": "combat",
    USELESS: "combat",
    "Most selfkills": "deaths",
    "Most deaths": "deaths",
    "Longest death spree": "deaths",
    "Most panzer deaths": "deaths",
    "Mortarmagnet": "deaths",
    "Most MG42 deaths": "deaths",
    "Most doublekills": "skills",
    "Most multikills": "skills",
    "Quickest multikill w/ light weapons": "skills",
    "Farthest riflenade kill": "skills",
    "Most headshot kills": "skills",
    "Most headshots": "skills",
    "Highest light weapons accuracy": "skills",
    "Highest headshot accuracy": "skills",
    "Most light weapon kills": "weapons",
    "Most pistol kills": "weapons",
    "Most rifle kills": "weapons",
    "Most riflenade kills": "weapons",
    "Most sniper kills": "weapons",
    "Most knife kills": "weapons",
    "Most air support kills": "weapons",
    "Most mine kills": "weapons",
    "Most grenade kills": "weapons",
    "Most panzer kills": "weapons",
    "Most mortar kills": "weapons",
    "Most MG42 kills": "weapons",
    "Most bullets fired": "weapons",
    "Most team damage given": "teamwork",
    "Most team damage received": "teamwork",
    "Most teamkills": "teamwork",
    "Most revives": "teamwork",
    "Most revived": "teamwork",
    "Most dynamites planted": "objectives",
    "Most dynamites defused": "objectives",
    STOLEN: "objectives",
    "Most objectives returned": "objectives",
    "Full respawn king (most time dead)": "timing",
    "Least time dead (What spawn?)": "timing",
    "Most playtime denied": "timing",
}

_LEADING = re.compile(r"(-?\d{1,18}(?:\.\d{1,18})?)(?![\d.])", re.ASCII)
_RATIO = re.compile(r"Damage received vs death ratio: (\d{1,9}(?:\.\d{1,9})?)x", re.ASCII)
#: No number of one map comes near it.
_ABSURD = 10_000_000


def award_value(text: str, line: int) -> float | None:
    """The number of an award's text: the one it begins with, or the ratio of the tank; None for a text without.

    Raises `BadArtifact` for a number that no round can hold.
    """
    found = _RATIO.fullmatch(text) or _LEADING.match(text)
    if found is None:
        return None
    value = float(found[1])
    if not 0 <= value <= _ABSURD:
        raise BadArtifact("impossible_value", f"an award of {found[1][:24]}", line=line)
    return value


class Award(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One award: its label, the player's clean name, the text as the file has it and the number in it."""

    award: str
    player: str
    text: str
    value: float | None


def without_label_bugs(awards: Iterable[Award]) -> list[Award]:
    """The awards under their right labels.

    Where the most useful kills belong the script writes the longest killing spree again: that one is dropped. Where
    the most useless kills belong it writes the label of the objectives stolen: the one right after the repeated
    spree, or a second one.
    """
    right: list[Award] = []
    seen: set[str] = set()
    after_repeated_spree = False
    for award in awards:
        repeated = award.award in seen
        if award.award == SPREE and repeated:
            after_repeated_spree = True
            continue
        mislabelled = award.award == STOLEN and (after_repeated_spree or repeated)
        right.append(msgspec.structs.replace(award, award=USELESS) if mislabelled else award)
        seen.add(award.award)
        after_repeated_spree = False
    return right
