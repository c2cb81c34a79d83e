"""`make bench`: the measurements that the README and the notes quote, one after another.

Each is a module of its own with more options: ingest, latency, pages, viewers, idle, orders, kills, hooks, hostile, and
those that `make help` names.
"""

from __future__ import annotations

import subprocess
import sys

CHOSEN = ("benchmarks.ingest", "benchmarks.latency", "benchmarks.viewers", "benchmarks.idle")


def main() -> None:
    """Run them all; the exit code is 1 when one missed its goal."""
    missed = [name for name in CHOSEN if subprocess.run([sys.executable, "-m", name], check=False).returncode]
    if missed:
        sys.exit(f"missed its goal: {', '.join(missed)}")


if __name__ == "__main__":
    main()
