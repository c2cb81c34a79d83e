"""A stopwatch community that plays, for demos, benchmarks and tests: pure, seeded, in the files of a game server.

for path in simulate(Path("gamestats"), seed=1, rounds=20): ...
for name, data, truth in play_evening(seed=1, evening=0): ...
"""

from __future__ import annotations

from slomix_stats.simulate.feed import FIRST_EVENING, SimulatedRound, play_evening, simulate
from slomix_stats.simulate.statsfile import CURRENT, Layout
from slomix_stats.simulate.tally import Tally
from slomix_stats.simulate.truth import PlayerTruth, RoundTruth

__all__ = [
    "CURRENT",
    "FIRST_EVENING",
    "Layout",
    "PlayerTruth",
    "RoundTruth",
    "SimulatedRound",
    "Tally",
    "play_evening",
    "simulate",
]
