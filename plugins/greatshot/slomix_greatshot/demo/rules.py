"""What numbers mean in the game that recorded a demo: events, means of death and weapons by mod and release."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

_RELEASE = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
NEWEST = (2, 85, 0)
UNKNOWN = "unknown"


class Mean(msgspec.Struct, frozen=True):
    """A means of death. `regions`: its hits have a place on the body, so that one may be a headshot."""

    name: str
    display: str
    regions: bool
    explosive: bool


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Event numbers are -1 where the game has no such event.

    `etpro`: obituaries name victim, attacker and means in other fields. `headshot_flag`: they say whether the killing
    hit was a headshot. `assists`: rows of weapon stats count kill assists.
    """

    mod: str
    release: tuple[int, int, int]
    verified: bool
    etpro: bool
    headshot_flag: bool
    assists: bool
    event_base: int
    obituary: int
    bullet: int
    bullet_flesh: int
    bullet_wall: int
    hit: int
    revive: int
    popup: int
    means: tuple[Mean, ...]
    weapons: tuple[str | None, ...]
    slots: tuple[str | None, ...]

    def detailed(self) -> list[int]:
        """The events that the decoder is to hand out with everything in them."""
        return [event for event in (self.obituary, self.revive, self.popup) if event >= 0]

    def brief(self) -> list[int]:
        """The many events of which the first fields say all."""
        return [event for event in (self.bullet, self.bullet_flesh, self.bullet_wall, self.hit) if event >= 0]

    def mean(self, number: int) -> Mean:
        return self.means[number] if 0 <= number < len(self.means) else self.means[0]

    def weapon(self, number: int) -> str | None:
        return self.weapons[number] if 0 <= number < len(self.weapons) else None


@cache
def _names() -> dict[str, Any]:
    names: dict[str, Any] = json.loads(files(__package__).joinpath("data/names.json").read_text("utf-8"))
    return names


def popups() -> tuple[str, ...]:
    """Kinds of popup messages by number."""
    return tuple(_names()["popups"])


def release_of(version: str) -> tuple[int, int, int]:
    """`v2.82.1-140-g9f3f7f2` is (2, 82, 1); what has no number is taken for the newest."""
    found = _RELEASE.search(version)
    if not found:
        return NEWEST
    major, minor, patch = found.groups()
    return (min(int(major), 99), min(int(minor), 999), min(int(patch or 0), 999))


@cache
def _table(name: str) -> tuple[Mean, ...]:
    return tuple(
        Mean(name=key, display=display, regions="r" in marks, explosive="x" in marks)
        for key, display, marks in _names()[name]
    )


@cache
def rules_for(game: str, version: str) -> Rules:
    """The rules by `gamename` and `mod_version` of the server's info. Unknown mods are read as 2.60b, unverified."""
    names = _names()
    if game.lower() == "legacy":
        release = release_of(version)
        late = release >= (2, 77, 0)
        return Rules(
            mod="legacy",
            release=release,
            verified=release[:2] <= NEWEST[:2],
            etpro=False,
            headshot_flag=release >= (2, 84, 0),
            assists=release >= (2, 83, 0),
            event_base=62 if late else 61,
            obituary=68,
            bullet=61 if release >= (2, 82, 0) else -1,
            bullet_flesh=-1 if release >= (2, 82, 0) else 56,
            bullet_wall=-1 if release >= (2, 82, 0) else 57,
            hit=132 if late else -1,
            revive=133 if release >= (2, 83, 0) else -1,
            popup=124,
            means=_table("means_legacy"),
            weapons=tuple(names["weapons_legacy" if late else "weapons_260"]),
            slots=tuple(names["stat_slots_legacy" if release >= (2, 76, 0) else "stat_slots_260"]),
        )
    mod = game.lower() or "etmain"
    return Rules(
        mod=mod,
        release=(2, 60, 0),
        verified=mod in {"etmain", "et", "etpro"},
        etpro=mod == "etpro",
        headshot_flag=False,
        assists=False,
        event_base=61,
        obituary=70,
        bullet=-1,
        bullet_flesh=57,
        bullet_wall=58,
        hit=-1,
        revive=-1,
        popup=126,
        means=_table("means_260"),
        weapons=tuple(names["weapons_260"]),
        slots=tuple(names["stat_slots_260"]),
    )
