"""Rounds of the simulated community as values, for simulators of other plugins: what happened in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPlayer:
    """Somebody who played. `side` is 1 for axis, 2 for allies."""

    guid: str
    name: str
    side: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedDeed:
    """A kill or a revive, so many seconds after the round began; players by GUID, the weapon as stats names it."""

    at_s: float
    kind: Literal["kill", "revive"]
    who: str
    whom: str
    weapon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPlay:
    """One round. `ended_at` is when its file was written, `seconds` how long it was played, `winner` 1 or 2."""

    file: str
    map: str
    number: int
    ended_at: datetime
    seconds: float
    winner: int
    players: tuple[SimulatedPlayer, ...]
    deeds: tuple[SimulatedDeed, ...]

    @property
    def began_at(self) -> datetime:
        """When the round began."""
        return self.ended_at - timedelta(seconds=self.seconds)


def simulated_plays(*, seed: int = 1, start: datetime | None = None) -> Iterator[SimulatedPlay]:
    """The rounds that `slomix simulate` writes for a seed, in the order of its files, without end."""
    from slomix_stats.simulate.evening import begin_of_evening, play
    from slomix_stats.simulate.feed import FIRST_EVENING
    from slomix_stats.simulate.people import community
    from slomix_stats.simulate.statsfile import file_name
    from slomix_stats.weapons import weapon_name

    people = community(seed)
    for evening in count():
        for played in play(seed, evening, people, begin_of_evening(seed, evening, start or FIRST_EVENING)):
            truth = played.truth()
            deeds = (
                SimulatedDeed(
                    at_s=beat.at, kind=beat.kind, who=beat.who, whom=beat.whom, weapon=weapon_name(beat.slot).lower()
                )
                for beat in sorted(played.half.beats)
            )
            yield SimulatedPlay(
                file=file_name(truth),
                map=truth.map,
                number=truth.number,
                ended_at=truth.ended_at,
                seconds=truth.seconds,
                winner=truth.winner,
                players=tuple(
                    SimulatedPlayer(guid=each.guid, name=each.name, side=each.side)
                    for each in truth.players.values()
                    if each.side in {1, 2}
                ),
                deeds=tuple(deeds),
            )
