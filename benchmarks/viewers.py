"""A thousand people look at a live page: how late they hear of something, what each costs, what is left of them.

Starts `slomix up` on an embedded database, opens real connections to a stream, and sends batches of live events as a
game host does. Late is the time from before a batch is sent to when the last viewer's bytes have come. Memory is what
the program's processes have more of (without PostgreSQL's), after viewers have come and gone once.

    python -m benchmarks.viewers [--viewers 1000] [--events 40] [--channel]

`--channel` listens to the channel of the live page instead of all events.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

import httpx2

from benchmarks.idle import processes_below, resident_mb
from benchmarks.program import free_port, program, table

P99_S, KB_EACH, MORE_KB = 0.5, 60.0, 5.0
SERVER = "puran"
#: All events, and the channel of the live page.
EVENTS, CHANNEL = "/-/events", "/live/round"
#: Connections that are opened at once: a listening socket keeps few that nobody took yet.
AT_ONCE = 100
#: Viewers that come and go first, so that what is made once is there.
FIRST = 100
#: How long an event may take before it counts as lost.
LIMIT_S = 10.0


@dataclass
class Room:
    """All viewers. `heard` has the moment of each event that came since the last `listen`."""

    wanted: int = 0
    heard: list[float] = field(default_factory=list)
    all_heard: asyncio.Event = field(default_factory=asyncio.Event)
    lost: int = 0

    def listen(self, viewers: int) -> None:
        self.wanted, self.heard = viewers, []
        self.all_heard.clear()

    def hear(self) -> None:
        self.heard.append(time.monotonic())
        if len(self.heard) == self.wanted:
            self.all_heard.set()


class Viewer(asyncio.Protocol):
    """One connection, with as little work of its own as can be."""

    def __init__(self, request: bytes, room: Room) -> None:
        self._request = request
        self._room = room
        self.answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self.answered.done():
            if data.startswith(b"HTTP/1.1 200 "):
                self.answered.set_result(None)
            else:
                self.answered.set_exception(ConnectionError(data[:80].decode()))
        elif b"\ndata: " in data:
            self._room.hear()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closing:
            self._room.lost += 1


async def come(port: int, path: str, viewers: int, room: Room) -> list[Viewer]:
    """Open so many streams; answers when all have begun."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n\r\n".encode()
    loop, came = asyncio.get_running_loop(), []
    for first in range(0, viewers, AT_ONCE):
        pairs = await asyncio.gather(
            *(
                loop.create_connection(lambda: Viewer(request, room), "127.0.0.1", port)
                for _ in range(min(AT_ONCE, viewers - first))
            )
        )
        came += [viewer for _, viewer in pairs]
        await asyncio.gather(*(viewer.answered for viewer in came[first:]))
    await asyncio.sleep(1)  # what follows the head
    return came


def go(viewers: list[Viewer]) -> None:
    """Close them all, as browsers do."""
    for viewer in viewers:
        viewer.closing = True
        viewer.transport.close()


@dataclass
class Program:
    """What can be seen of the program from outside."""

    web: httpx2.AsyncClient
    pids: list[int]

    def memory_kb(self) -> float:
        """Resident memory of its processes."""
        return 1000 * sum(map(resident_mb, self.pids))

    def descriptors(self) -> int:
        """Open files and connections."""
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.pids)

    async def gauge(self, name: str) -> int:
        """A number of /metrics."""
        found = re.search(rf"^{name} (\S+)$", (await self.web.get("/metrics")).text, re.MULTILINE)
        assert found is not None, f"no {name} at /metrics"
        return int(float(found[1]))

    async def empty(self) -> None:
        """Wait until no stream is open."""
        async with asyncio.timeout(30):
            while await self.gauge("slomix_event_streams"):
                await asyncio.sleep(0.1)
        await asyncio.sleep(1)

    async def state(self) -> tuple[int, int]:
        """Descriptors and tasks: what has to be the same again when everybody has gone."""
        return self.descriptors(), await self.gauge("slomix_tasks")

    async def settled(self, before: tuple[int, int]) -> tuple[int, int]:
        """The same a moment later: other work (jobs, the pool) takes some now and then."""
        for _ in range(40):
            after = await self.state()
            if all(now <= then for now, then in zip(after, before, strict=True)):
                break
            await asyncio.sleep(0.5)
        return after


class GameHost:
    """Sends batches of live events."""

    def __init__(self, web: httpx2.AsyncClient, token: str) -> None:
        self._web = web
        self._headers = {"Authorization": f"Bearer {token}"}
        self._last = 0

    async def send(self, *events: dict[str, Any]) -> None:
        """One batch."""
        now = int(time.time() * 1000)
        numbered = [{"n": self._last + n, "at": now, **event} for n, event in enumerate(events, 1)]
        self._last += len(events)
        batch = {"sender": "0" * 32, "sent": now, "events": numbered}
        (await self._web.post("/stats/api/v1/live", json=batch, headers=self._headers)).raise_for_status()

    async def begin(self) -> None:
        """A round of twelve."""
        players = [
            {"type": "player", "slot": slot, "name": f"^{slot % 8}player {slot}", "team": 1 + slot % 2}
            for slot in range(12)
        ]
        await self.send({"type": "loaded", "map": "supply"}, *players, {"type": "round_start"})


async def make_token(environment: dict[str, str]) -> str:
    """A server, and what it sends with."""
    for command in (("add", SERVER), ("token", SERVER)):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "slomix", "servers", *command,
            env=os.environ | environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        told, _ = await process.communicate()
    return told.decode().strip()


async def tell(host: GameHost, room: Room, viewers: int, events: int) -> list[float]:
    """Send kills, one after the other; the seconds after which each viewer heard of each."""
    waits: list[float] = []
    for number in range(events):
        room.listen(viewers)
        began = time.monotonic()
        await host.send({"type": "kill", "killer": number % 12, "victim": (number + 1) % 12, "weapon": "MP40"})
        async with asyncio.timeout(LIMIT_S):
            await room.all_heard.wait()
        waits += [at - began for at in room.heard]
        await asyncio.sleep(0.1)
    return waits


async def measure(viewers: int, events: int, path: str) -> dict[str, Any]:
    """Let them come, tell them, let them go."""
    port, room = free_port(), Room()
    with tempfile.TemporaryDirectory() as scratch:
        environment = {
            "SLOMIX_DATA_DIR": f"{scratch}/data",
            "SLOMIX_WEB__PORT": str(port),
            "SLOMIX_WEB__STREAMS_PER_ADDRESS": str(viewers),
            "SLOMIX_DISCORD__TOKEN": "",
        }
        async with program(["up"], environment, port, quiet=True) as base, httpx2.AsyncClient(base_url=base) as web:
            mine = [pid for pid in processes_below(os.getpid()) if pid != os.getpid()]
            pids = [*mine, *(child for pid in mine for child in processes_below(pid) if child != pid)]
            seen, host = Program(web, pids), GameHost(web, await make_token(environment))
            await host.begin()
            go(await come(port, path, FIRST, room))
            await seen.empty()
            before, memory = await seen.state(), seen.memory_kb()
            came = await come(port, path, viewers, room)
            idle_kb = (seen.memory_kb() - memory) / viewers
            waits = await tell(host, room, viewers, events)
            busy_kb = (seen.memory_kb() - memory) / viewers
            once_kb = seen.memory_kb()
            go(came)
            await seen.empty()
            came = await come(port, path, viewers, room)
            waits += await tell(host, room, viewers, events)
            more_kb = (seen.memory_kb() - once_kb) / viewers
            go(came)
            await seen.empty()
            after = await seen.settled(before)
    return {
        "waits": waits, "idle_kb": idle_kb, "busy_kb": busy_kb, "more_kb": more_kb, "lost": room.lost,
        "before": before, "after": after,
    }  # fmt: skip


def main() -> None:
    """Measure and print; the exit code is 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=1000)
    parser.add_argument("--events", type=int, default=40)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--path", default=EVENTS)
    where.add_argument("--channel", dest="path", action="store_const", const=CHANNEL)
    given = parser.parse_args()
    got = asyncio.run(measure(given.viewers, given.events, given.path))
    cuts = statistics.quantiles(got["waits"], n=100, method="inclusive")
    each, before, after = max(got["idle_kb"], got["busy_kb"]), got["before"], got["after"]
    table(
        f"{given.viewers} viewers of {given.path}",
        ("what", "measured", "to reach"),
        [
            ("an event is heard, p50", f"{cuts[49] * 1000:.0f} ms", ""),
            ("p99", f"{cuts[98] * 1000:.0f} ms", f"< {P99_S * 1000:.0f} ms"),
            ("the last of all", f"{max(got['waits']) * 1000:.0f} ms", ""),
            ("memory of a viewer, quiet", f"{got['idle_kb']:.1f} kB", f"< {KB_EACH:.0f} kB"),
            ("memory of a viewer, after the events", f"{got['busy_kb']:.1f} kB", f"< {KB_EACH:.0f} kB"),
            ("cut while they looked", str(got["lost"]), "0"),
            ("more of it when they come again", f"{got['more_kb']:.1f} kB", f"< {MORE_KB:.0f} kB"),
            ("descriptors before, after", f"{before[0]}, {after[0]}", "no more"),
            ("tasks before, after", f"{before[1]}, {after[1]}", "no more"),
        ],
    )
    missed = [
        cuts[98] >= P99_S,
        each >= KB_EACH,
        got["more_kb"] >= MORE_KB,
        got["lost"] > 0,
        after[0] > before[0] or after[1] > before[1],
    ]
    sys.exit(any(missed))


if __name__ == "__main__":
    main()
