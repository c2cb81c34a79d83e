"""What the game log of a posted round adds to its players: who revived whom, and since when they were there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_SPAWN = "spawn"
_REVIVE = "revive"
#: Whoever spawned so soon after the start was there from the beginning.
_FROM_THE_START_MS = 45_000


@dataclass(frozen=True, slots=True)
class Deeds:
    """What the log says of one player. `counts` is None where there is no log: then nothing is known, not zero.
    `seconds` is the time since he first spawned; None for somebody who was there from the start."""

    counts: Counter[str] | None = None
    seconds: float | None = None


def deeds_of(
    events: Iterable[tuple[Any, Any, Any, Any]], start_ms: float | None, end_ms: float | None
) -> dict[str, Deeds]:
    """Deeds by whole GUID. `events` are label, level time, player and victim, of the round's log in any order."""
    counts: dict[str, Counter[str]] = {}
    first_spawn: dict[str, float] = {}
    for label, moment, player, victim in events:
        if not isinstance(player, str):
            continue
        mine = counts.setdefault(player.upper(), Counter())
        if label == _REVIVE:
            mine[_REVIVE] += 1
            if isinstance(victim, str):
                counts.setdefault(victim.upper(), Counter())["revived"] += 1
        elif label == _SPAWN and isinstance(moment, int | float):
            known = first_spawn.get(player.upper(), moment)
            first_spawn[player.upper()] = min(known, moment)
    return {guid: Deeds(found, _seconds(first_spawn.get(guid), start_ms, end_ms)) for guid, found in counts.items()}


def _seconds(spawned_ms: float | None, start_ms: float | None, end_ms: float | None) -> float | None:
    if spawned_ms is None or start_ms is None or end_ms is None:
        return None
    if spawned_ms - start_ms <= _FROM_THE_START_MS or spawned_ms >= end_ms:
        return None
    return (end_ms - spawned_ms) / 1000
