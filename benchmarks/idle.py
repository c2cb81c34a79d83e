"""What `slomix up` costs while nobody plays: resident memory without PostgreSQL, and CPU time.

python -m benchmarks.idle [--seconds 60]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.program import discord_process, free_port, program, table

MEMORY_MB, CPU_PERCENT = 150, 1.0


def processes_below(pid: int) -> list[int]:
    """The program's own processes: its children without PostgreSQL's."""
    found = [pid]
    for entry in Path("/proc").iterdir():
        with_status = entry / "stat"
        if not entry.name.isdigit() or not with_status.exists():
            continue
        text = with_status.read_text()
        name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
        if int(rest[1]) == pid and name != "postgres":
            found.append(int(entry.name))
    return found


def resident_mb(pid: int) -> float:
    """Resident memory of one process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_seconds(pid: int) -> float:
    """User and system time of one process so far."""
    text = Path(f"/proc/{pid}/stat").read_text()
    fields = text[text.rindex(")") + 2 :].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(seconds: float) -> tuple[float, float]:
    """Resident MB and CPU percent of an idle `slomix up` with web, import, worker and bot."""
    port = free_port()
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch, "inbox").mkdir()
        async with discord_process() as discord:
            environment = {
                "SLOMIX_DATA_DIR": f"{scratch}/data",
                "SLOMIX_WEB__PORT": str(port),
                "SLOMIX_INGEST__FOLDERS": f"{scratch}/inbox",
                "SLOMIX_DISCORD__TOKEN": discord["token"],
                "SLOMIX_DISCORD__GUILD": str(discord["guild"]),
                "SLOMIX_DISCORD__CHANNEL": str(discord["channel"]),
                "SLOMIX_DISCORD__API_BASE": discord["api_base"],
                "SLOMIX_DISCORD__GATEWAY_URL": discord["gateway_url"],
            }
            async with program(["up"], environment, port):
                await asyncio.sleep(5)
                me = os.getpid()
                mine = [p for p in processes_below(me) if p != me]
                ours = [p for p in mine if b"slomix.testing" not in Path(f"/proc/{p}/cmdline").read_bytes()]
                ours += [child for p in ours for child in processes_below(p) if child != p]
                before, began = sum(map(cpu_seconds, ours)), time.monotonic()
                await asyncio.sleep(seconds)
                spent = sum(map(cpu_seconds, ours)) - before
                return sum(map(resident_mb, ours)), 100 * spent / (time.monotonic() - began)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    memory, cpu = asyncio.run(measure(parser.parse_args().seconds))
    lines = [
        ("resident memory", f"{memory:.0f} MB", f"< {MEMORY_MB} MB"),
        ("CPU", f"{cpu:.2f} %", f"< {CPU_PERCENT:.0f} %"),
    ]
    table("`slomix up` while nobody plays (without PostgreSQL)", ("what", "measured", "to reach"), lines)
    sys.exit(memory >= MEMORY_MB or cpu >= CPU_PERCENT)


if __name__ == "__main__":
    main()
