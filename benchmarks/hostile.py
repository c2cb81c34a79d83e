"""How much a plugin that misbehaves in ten ways costs the pages of the others.

    python -m benchmarks.hostile [--requests 600] [--rounds 5] [--pokes 1.0]

Two programs run side by side on databases of their own with the same evenings; one of them has the hostile plugin of
tests/isolation too, whose pages are asked for `--pokes` times a second, one misdeed after the other (50 ms of
blocking among them). The two are measured in turns; of each page the p95 of every turn is taken, and of those the
median.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

import httpx2

from benchmarks.program import ROOT, free_port, program, table

PAGES = ("/", "/players", "/leaderboard", "/stats/api/v1/sessions")
#: What the hostile plugin may cost.
SHARE, MILLISECONDS = 1.10, 1.0


def hostile() -> ModuleType:
    """The hostile plugin's text, which the tests have."""
    spec = importlib.util.spec_from_file_location("hostile", ROOT / "tests" / "isolation" / "hostile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def install(site: Path, module: ModuleType) -> None:
    """Put the hostile plugin on a path of its own."""
    info = site / "slomix_hostile-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "slomix_hostile.py").write_text(f"{module.HEADER}\n{module.at_work()}\nplugin = P()\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slomix-hostile\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[slomix]\nhostile = slomix_hostile:plugin\n")


def prepare(home: Path, plugins: tuple[str, ...], files: Path, port: int) -> tuple[list[str], dict[str, str]]:
    """A settings file and a filled database; answers the arguments and the environment of the program."""
    home.mkdir()
    (home / "plugins.toml").write_text("[plugins]\n" + "".join(f"{name} = true\n" for name in plugins))
    environment = {"SLOMIX_DATA_DIR": str(home / "var"), "SLOMIX_WEB__PORT": str(port), "SLOMIX_LOG__LEVEL": "error"}
    ingest = [sys.executable, "-m", "slomix", "--config", str(home / "plugins.toml"), "--only", "stats", "ingest"]
    subprocess.run([*ingest, str(files)], env=os.environ | environment, check=True, stdout=subprocess.DEVNULL)
    return ["--config", str(home / "plugins.toml"), "up"], environment


async def poke(client: httpx2.AsyncClient, ways: tuple[str, ...], per_second: float) -> None:
    """Ask for the hostile pages, one after the other, and wait for none that hangs."""
    for way in itertools.cycle(ways):
        with contextlib.suppress(httpx2.HTTPError):
            await client.get(f"/hostile/{way}", timeout=0.2)
        await asyncio.sleep(1 / per_second)


async def turn(client: httpx2.AsyncClient, requests: int) -> dict[str, float]:
    """p95 of each page in milliseconds, asked in turns."""
    times: dict[str, list[float]] = {page: [] for page in PAGES}
    for page in itertools.islice(itertools.cycle(PAGES), requests):
        began = time.perf_counter()
        answer = await client.get(page, follow_redirects=True)
        times[page].append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{page} answered {answer.status_code}")
    return {page: statistics.quantiles(values, n=20)[18] for page, values in times.items()}


async def measure(requests: int, rounds: int, pokes: float) -> tuple[list[tuple[str, ...]], bool]:
    """Lines of the table, and whether the bound is kept."""
    module = hostile()
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)
        folder = Path(scratch)
        install(folder / "site", module)
        os.environ["PYTHONPATH"] = str(folder / "site")
        subprocess.run(
            [sys.executable, "-m", "slomix", "simulate", "--out", str(folder / "files"), "--rounds", "60"],
            cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        ports = free_port(), free_port()
        calm = prepare(folder / "calm", ("stats", "webui"), folder / "files", ports[0])
        beset = prepare(folder / "beset", ("stats", "webui", "hostile"), folder / "files", ports[1])
        got: dict[str, list[dict[str, float]]] = {"without": [], "with": []}
        async with (
            program(*calm, ports[0], quiet=True) as one,
            program(*beset, ports[1], quiet=True) as other,
            httpx2.AsyncClient(base_url=one) as without,
            httpx2.AsyncClient(base_url=other) as beside,
            httpx2.AsyncClient(base_url=other) as enemy,
        ):
            for client in (without, beside):
                await turn(client, 8 * len(PAGES))
            for _ in range(rounds):
                got["without"].append(await turn(without, requests))
                poking = asyncio.create_task(poke(enemy, module.BEHAVIOURS, pokes))
                got["with"].append(await turn(beside, requests))
                poking.cancel()
                await asyncio.gather(poking, return_exceptions=True)
                if (await enemy.get("/healthz")).status_code != 200:
                    raise SystemExit("/healthz is down")
    lines, kept = [], True
    for page in PAGES:
        before, after = (statistics.median(t[page] for t in got[which]) for which in ("without", "with"))
        fine = after <= max(before * SHARE, before + MILLISECONDS)
        kept = kept and fine
        lines.append(
            (page, f"{before:.2f} ms", f"{after:.2f} ms", f"{after - before:+.2f} ms", "yes" if fine else "NO")
        )
    return lines, kept


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pokes", type=float, default=1.0)
    given = parser.parse_args()
    lines, kept = asyncio.run(measure(given.requests, given.rounds, given.pokes))
    table("p95 of a page, median of the turns", ("page", "without", "with hostile", "costs", "kept"), lines)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
