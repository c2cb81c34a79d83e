"""How fast a folder of rounds is read and imported, beside the program that one would otherwise run.

Fills a folder with simulated rounds, then runs the real program on it: `slomix ingest --dry-run` (reads and derives,
keeps nothing), `slomix ingest` (embedded database, fsync on), and the same again (all duplicates).

    python -m benchmarks.ingest [--rounds 3000]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.program import ROOT, table
from benchmarks.simulated import fill

#: Files per second: of the program one would otherwise run on two such cores, and what is to be reached.
OTHERS = {"parse": 1470, "import": 51}
TO_REACH = {"parse": 5000, "import": 250}


@dataclass(frozen=True)
class Run:
    """One run of the program. `seconds` are its own, `wall_s` those of the whole process with start and stop."""

    what: str
    files: int
    seconds: float
    wall_s: float

    @property
    def rate(self) -> float:
        """Files per second of work."""
        return self.files / self.seconds

    def line(self) -> tuple[str, ...]:
        """Its line of the table."""
        others, goal = OTHERS.get(self.what), TO_REACH.get(self.what)
        ratio = f"{self.rate / others:.1f} x {others}/s" if others else ""
        reach = f">= {goal}/s" if goal else ""
        return (
            self.what,
            str(self.files),
            f"{self.seconds:.2f} s",
            f"{self.wall_s:.2f} s",
            f"{self.rate:.0f}",
            ratio,
            reach,
        )


def ingest(what: str, outcome: str, folder: Path, environment: dict[str, str], *options: str) -> Run:
    """Run `slomix ingest`; all files must have this outcome."""
    command = [sys.executable, "-m", "slomix", "ingest", str(folder), "--json", *options]
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    wall_s = time.perf_counter() - began
    record = json.loads(done.stdout)
    if not record["received"] or record[outcome] != record["received"]:
        counts = {key: value for key, value in record.items() if isinstance(value, int)}
        raise SystemExit(f"{what}: not all files were {outcome}: {counts}")
    return Run(what, record["received"], record["seconds"], wall_s)


def measure(rounds: int) -> list[Run]:
    """Simulate, read, import, import again, on a database of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "gamestats")
        seconds = fill(folder, rounds)
        environment = os.environ | {"SLOMIX_DATA_DIR": f"{scratch}/data"}
        environment.pop("SLOMIX_DATABASE__URL", None)
        try:
            return [
                Run("simulate", rounds, seconds, seconds),
                ingest("parse", "imported", folder, environment, "--dry-run"),
                ingest("import", "imported", folder, environment),
                ingest("again", "duplicate", folder, environment),
            ]
        finally:
            stop = [sys.executable, "-m", "slomix", "db", "stop"]
            subprocess.run(stop, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    """Measure and print; fails when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3000)
    runs = measure(parser.parse_args().rounds)
    head = ("what", "files", "work", "with start", "files/s", "compared", "to reach")
    table(f"import of {runs[0].files} simulated rounds, fsync on", head, [run.line() for run in runs])
    sys.exit(any(run.rate < TO_REACH.get(run.what, 0) for run in runs))


if __name__ == "__main__":
    main()
