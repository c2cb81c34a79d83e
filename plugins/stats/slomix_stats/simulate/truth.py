"""What really happened in a simulated round, for tests to hold readers of its file against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from slomix_stats.simulate.tally import Tally

Story = Literal[
    "late_joiner", "left_after_r1", "left_to_spectator", "reconnected", "renamed", "double_hold", "surrender",
    "same_map_again", "past_midnight",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerTruth:
    """What one player did in one round alone. `side` 1 Axis, 2 Allies, 3 spectator (round 1 only: in round 2 one who
    went to the spectators has the side he had fought on, unless he was not there in round 1). `counter` is the
    engine's session counter. `flags` are `joined_r2` and `reconnected`."""

    guid: str
    name: str
    side: int
    counter: int
    tally: Tally
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTruth:
    """One round. `players` holds everybody who played in it, by GUID; times are seconds, `ended_at` is the time in the
    file's name with its offset. `target_s` is header field 8. `story` names the special cases of this round."""

    evening: int
    match: int
    server: str
    config: str
    map: str
    number: int
    defender: int
    winner: int
    limit_s: int
    target_s: int
    seconds: float
    outcome: Literal["hold", "objective"]
    ended_early: bool
    ended_at: datetime
    players: dict[str, PlayerTruth]
    story: frozenset[Story]
