"""How fast demos are read, native and uncompiled side by side, and how much memory a long one takes.

python -m benchmarks.demos [FILE] [--runs 30] [--minutes 20]

Without a file it reads the shared 5-minute demo. Each reader runs in processes of its own, in turns; the best run of
each counts, in seconds of processor time (what else the machine does should not count). The memory is what a process
with the reader takes above one without it (peaks of resident memory).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from slomix.testing.shared import shared_folder
from slomix_greatshot.simulate.recorder import Recorder

SPEED = {"native": 120.0, "python": 1.5}
MEGABYTES = 64.0
ROUNDS = 3

READ = """
import json, sys, time
from slomix_greatshot.demo import READER, DemoReader
file, runs = sys.argv[1], int(sys.argv[2])
best = 1e9
for _ in range(runs):
    began = time.process_time()
    count = sum(len(batch) for batch in DemoReader(file).batches())
    best = min(best, time.process_time() - began)
print(json.dumps({"reader": READER, "seconds": best, "happenings": count, "megabytes": peak()}))
"""
#: What a process took at most, since it is itself: `getrusage` would count what its parent took before.
PEAK = """
def peak():
    status = open("/proc/self/status").read()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
"""
IDLE = f"{PEAK}\nprint(peak())"


def run(code: str, reader: str, *arguments: str) -> str:
    """Standard output of a fresh interpreter."""
    environment = {**os.environ, "SLOMIX_GREATSHOT_READER": reader}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=True
    ).stdout


def read(file: Path, reader: str, runs: int) -> dict[str, float]:
    told: dict[str, float] = json.loads(run(PEAK + READ, reader, str(file), str(runs)))
    return told


def long_demo(file: Path, minutes: int) -> None:
    """A match of so many minutes at 20 frames a second: somebody dies every two seconds."""
    with file.open("wb") as stream:
        film = Recorder(stream, [(f"player{slot}", 1 + slot % 2, slot % 5) for slot in range(12)])
        for second in range(minutes * 60):
            film.step(20)
            film.bullet(second % 12, (second + 1) % 12, 3)
            if second % 2:
                film.kill(second % 12, (second + 3) % 12, "mp40", headshot=second % 4 == 1)
                film.spawn((second + 3) % 12)
        film.end()


def main() -> int:
    """Print both readers; 1 when one misses its goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--minutes", type=int, default=20)
    given = parser.parse_args()
    file = given.file or shared_folder(Path.cwd()) / "data" / "demos" / "gen_005m_v284_s2.dm_84"
    size = file.stat().st_size / 1e6
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for reader, runs in (("native", given.runs), ("python", 1)):
            told = read(file, reader, runs)
            if told["reader"] != reader:
                print(f"the {reader} reader is not there: `make native` compiles it")
                return 1
            best[reader] = min(best.get(reader, 1e9), told["seconds"])
    missed = False
    print(f"{file.name}: {size:.2f} MB, {int(told['happenings'])} happenings")
    for reader, seconds in best.items():
        speed = size / seconds
        missed |= speed < SPEED[reader]
        print(f"{reader:>8}  {seconds * 1000:8.1f} ms  {speed:7.1f} MB/s  (goal {SPEED[reader]:g})")
    print(f"   ratio  {best['python'] / best['native']:8.1f} native : uncompiled")
    return missed | memory(given.minutes)


def memory(minutes: int) -> bool:
    """The peaks for a long demo."""
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "long.dm_84"
        long_demo(file, minutes)
        idle = float(run(IDLE, "native"))
        print(f"{minutes} minutes: {file.stat().st_size / 1e6:.2f} MB; an idle interpreter takes {idle:.0f} MB")
        for reader in ("native", "python"):
            above = read(file, reader, 1)["megabytes"] - idle
            missed |= above > MEGABYTES
            print(f"{reader:>8}  {above:8.1f} MB above it  (goal {MEGABYTES:g})")
    return missed


if __name__ == "__main__":
    sys.exit(main())
