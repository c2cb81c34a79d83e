"""Damaged demos over the workers: each ends in a result or in a clear error; no worker dies, nothing hangs.

python -m benchmarks.demo_mutations [--count 20000] [--reader native|python] [--seed 1] [--jobs 2] [--sanitize]

The demos are our own (both sorts) and, where the shared folder is, its shortest two. `--sanitize` compiles the native
reader with the address and undefined-behaviour sanitizers and reads in one process that they watch.
"""

from __future__ import annotations

import argparse
import os
import random
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from time import perf_counter

from slomix.errors import SlomixError
from slomix.testing.shared import shared_folder
from slomix_greatshot.scan.workers import Workers
from slomix_greatshot.simulate.example import example

ROOT = Path(__file__).parents[1]
GREATSHOT = ROOT / "plugins" / "greatshot"
SECONDS = 20.0
MOST_HITS = 40
FLAGS = ("-fsanitize=address,undefined", "-fno-sanitize=alignment,shift,signed-integer-overflow", "-g")


def samples(folder: Path) -> list[tuple[str, bytes]]:
    """Whole demos: suffix and bytes."""
    found = []
    for suffix in (".dm_84", ".tv_84"):
        example(folder / f"whole{suffix}", broadcast=suffix == ".tv_84")
        found.append((suffix, (folder / f"whole{suffix}").read_bytes()))
    shared = shared_folder(ROOT) / "data" / "demos"
    for name in ("gen_030s_v284_s1.dm_84", "real_v2821_scores.dm_84"):
        if (shared / name).exists():
            found.append((".dm_84", (shared / name).read_bytes()))
    return found


def mutated(whole: list[tuple[str, bytes]], seed: int) -> Iterator[tuple[str, bytes]]:
    """Endless: bytes hit, cut out, doubled, swapped between demos, lengths changed."""
    dice = random.Random(seed)
    while True:
        suffix, data = dice.choice(whole)
        changed = bytearray(data)
        for _ in range(dice.randint(1, 3)):
            _mutate(dice, changed, dice.choice(whole)[1])
        yield suffix, bytes(changed)


def _mutate(dice: random.Random, data: bytearray, other: bytes) -> None:
    if not data:
        return
    at = dice.randrange(min(len(data), 20_000) if dice.random() < 0.5 else len(data))
    size = dice.choice((1, 2, 8, 100, 3000))
    kind = dice.randrange(7)
    if kind == 0:
        for _ in range(dice.randint(1, MOST_HITS)):
            place = min(at + dice.randrange(2000), len(data) - 1)
            data[place] ^= 1 << dice.randrange(8)
    elif kind == 1:
        data[at : at + size] = dice.randbytes(size)
    elif kind == 2:
        del data[at : at + size]
    elif kind == 3:
        data[at:at] = data[at : at + size]
    elif kind == 4:
        data[at : at + size] = other[at : at + size]
    elif kind == 5:
        data[at : at + 4] = dice.choice((b"\xff\xff\xff\x7f", bytes(4), b"\0\x80\0\0", b"\xff" * 4))
    else:
        del data[at:]


def through_workers(count: int, seed: int, jobs: int) -> int:
    """Print what became of them; the number of failures."""
    told: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as name, Workers(jobs, seconds=SECONDS) as workers:
        folder = Path(name)
        whole = samples(folder)

        def one(numbered: tuple[int, tuple[str, bytes]]) -> str:
            number, (suffix, data) = numbered
            file = folder / f"{number}{suffix}"
            file.write_bytes(data)
            try:
                report = workers.scan(file).report
            except SlomixError as error:
                failures.append(f"mutation {number}: {error}")
                return "failed"
            finally:
                file.unlink()
            assert report is not None
            return "refused" if not report.ok else "read with warnings" if report.warnings else "read"

        with ThreadPoolExecutor(jobs) as threads:
            work = islice(enumerate(mutated(whole, seed)), count)
            while batch := list(islice(work, 500)):
                told.update(threads.map(one, batch))
    for outcome, files in sorted(told.items()):
        print(f"{outcome:>20}  {files}")
    for failure in failures[:10]:
        print(failure)
    return len(failures)


def in_this_process(count: int, seed: int) -> int:
    """Read them here, where the sanitizers look on: they end the process at the first fault."""
    from slomix_greatshot.demo import READER, NotADemo, bits, read
    from slomix_greatshot.demo.frames import snapshots

    copy = os.environ["PYTHONPATH"].split(":")[0]
    if READER != "native" or not str(bits.__file__).startswith(copy):
        raise SystemExit(f"the sanitizers watch {copy}, and what runs is {bits.__file__}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for suffix, data in islice(mutated(samples(folder), seed), count):
            file = folder / f"mutated{suffix}"
            file.write_bytes(data)
            try:
                read(file)
                for _ in snapshots(file):
                    pass
            except NotADemo:
                continue
    print(f"{count} read under the sanitizers")
    return 0


def sanitized(count: int, seed: int) -> int:
    """The same in a process with a copy of the plugin, compiled with the sanitizers."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "greatshot"
        shutil.copytree(GREATSHOT, copy, ignore=shutil.ignore_patterns("*.so", "tests", "__pycache__"))
        runpy.run_path(str(copy / "build_native.py"))["in_place"](FLAGS)
        libraries = [
            subprocess.run(["gcc", f"-print-file-name={each}"], capture_output=True, text=True, check=True).stdout
            for each in ("libasan.so", "libubsan.so")
        ]
        environment = {
            **os.environ,
            "LD_PRELOAD": ":".join(each.strip() for each in libraries),
            "ASAN_OPTIONS": "detect_leaks=0",
            "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
            "PYTHONPATH": f"{copy}:{ROOT}",
        }
        command = [sys.executable, "-m", "benchmarks.demo_mutations", "--here", "--count", str(count)]
        return subprocess.run([*command, "--seed", str(seed)], env=environment, check=False).returncode


def main() -> int:
    """1 where a worker died, hung, or a sanitizer found something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--reader", choices=("native", "python"), default="native")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sanitize", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    began = perf_counter()
    if given.here:
        return in_this_process(given.count, given.seed)
    if given.sanitize:
        failures = sanitized(given.count, given.seed)
    else:
        os.environ["SLOMIX_GREATSHOT_READER"] = given.reader
        failures = through_workers(given.count, given.seed, given.jobs)
    print(f"{given.count} damaged demos in {perf_counter() - began:.0f} s: {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
