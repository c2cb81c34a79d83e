"""A folder of simulated rounds, as a game server's gamestats folder would be after months.

python -m benchmarks.simulated FOLDER [--rounds 3000] [--seed 1]
"""

from __future__ import annotations

import argparse
import time
from datetime import datetime
from pathlib import Path

from slomix_stats.simulate import simulate
from slomix_stats.simulate.evening import ZONE

#: Long ago, so that nothing of it is news to post.
START = datetime(2023, 1, 2, 21, 0, tzinfo=ZONE)


def fill(folder: Path, rounds: int, seed: int = 1, start: datetime = START) -> float:
    """Write so many rounds into the folder; answers the seconds it took."""
    began = time.perf_counter()
    for _ in simulate(folder, seed=seed, rounds=rounds, start=start):
        pass
    return time.perf_counter() - began


def main() -> None:
    """Fill a folder and say how quick it was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    seconds = fill(given.folder, given.rounds, given.seed)
    print(f"{given.rounds} files in {given.folder}, {seconds:.1f} s, {given.rounds / seconds:.0f} files/s")


if __name__ == "__main__":
    main()
