"""Demos of the simulated community: of rounds whose stats files the simulator of stats writes for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slomix_greatshot.simulate.staged import Deed, stage

if TYPE_CHECKING:
    from slomix_stats.api import SimulatedPlay

#: Rounds that are played where nobody says how many.
_ROUNDS = 8
#: Means of death by the weapons of stats; the others have the same name.
MEANS = {
    "mortar": "mortar", "airstrike": "airstrike", "artillery": "arty", "grenade": "grenade_launcher",
    "grenadelauncher": "gpg40", "mg42": "mobile_mg42",
}  # fmt: skip
#: One more is a game of its own.
MOST_PLAYERS = 32


def simulate(
    out: Path,
    *,
    seed: int = 1,
    rounds: int | None = None,
    speed: float = 0.0,
    start: datetime | None = None,
    played: int = 0,
    demos: int = 1,
    **_: Any,
) -> Iterator[Path]:
    """Write a demo of each of the last `demos` of so many rounds, and yield its path.

    A live feed (`speed`) writes none: demos come when a match is over.
    """
    if speed > 0:
        return
    from slomix_stats.api import simulated_plays

    out.mkdir(parents=True, exist_ok=True)
    for each in list(islice(simulated_plays(seed=seed, start=start), rounds or _ROUNDS))[-demos:]:
        yield demo_of(out, each)


def demo_of(out: Path, play: SimulatedPlay) -> Path:
    """The demo of one round, called as the game calls it: by when the recording began."""
    path = out / f"{play.began_at:%Y-%m-%d-%H%M%S}-{play.map}.dm_84"
    people = play.players[:MOST_PLAYERS]
    slots = {each.guid: slot for slot, each in enumerate(people)}
    deeds = [
        Deed(each.at_s, each.kind, slots[each.who], slots[each.whom], MEANS.get(each.weapon, each.weapon))
        for each in play.deeds
        if each.who in slots and each.whom in slots
    ]
    stage(
        path,
        [(each.name, each.side, slot % 5) for slot, each in enumerate(people)],
        deeds,
        map_name=play.map,
        seconds=play.seconds,
        number=play.number,
        winner=play.winner,
    )
    return path
