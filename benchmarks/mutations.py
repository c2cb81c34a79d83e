"""Damaged files over all parsers of stats: read or refused, nothing else, and never an impossible number.

python -m benchmarks.mutations [--count 20000] [--seed 1]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from time import perf_counter

from slomix.contrib import Parser
from slomix.testing.declared import records_of
from slomix_stats.hostile import damaged, impossible, read, samples


def main() -> int:
    """Print what became of them; 1 where one did what it must not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    parsers = [each.record for each in records_of(Parser, "register_parsers", "stats")]
    told: Counter[str] = Counter()
    failures = 0
    began = perf_counter()
    for name, data in damaged(samples(), given.count, given.seed):
        try:
            result = read(parsers, name, data)
            wrong = [] if result is None else impossible(result[1])
        except Exception as error:
            result, wrong = None, [f"{type(error).__name__}: {error}"]
        told["refused" if result is None else f"read by {result[0].name}"] += 1
        if wrong:
            failures += 1
            print(f"{name!r}: {'; '.join(wrong[:3])}")
    seconds = perf_counter() - began
    for outcome, files in sorted(told.items()):
        print(f"{outcome:>20}  {files}")
    print(f"{given.count} damaged files in {seconds:.0f} s: {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
