"""Asks a running program for addresses over connections that stay open, with as little work of its own as can be.

    python -m benchmarks.load URL PATHS [--connections 8] [--seconds 4] [--header "Accept-Encoding: gzip"]... [--cpu 1]

PATHS is a file with one path per line; they are asked for in turn. `--etags` asks each path once first and tells what
it got in If-None-Match. Prints one JSON object: answers per second, milliseconds, statuses, bytes on the wire.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_ETAG = re.compile(rb"\r\netag: ([^\r]+)\r\n", re.IGNORECASE)


@dataclass
class Seen:
    """What came back; `taken` in milliseconds."""

    taken: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bytes: int = 0


class Connection(asyncio.Protocol):
    """One connection: a request, its whole answer, the next request."""

    def __init__(self, requests: Iterator[bytes], seen: Seen, until: float) -> None:
        self._requests = requests
        self._seen = seen
        self._until = until
        self._parts = b""
        self._missing = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the program closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._seen.bytes += len(data)
        if self._missing:
            self._missing -= len(data)
        else:
            self._parts += data
            end = self._parts.find(b"\r\n\r\n")
            if end < 0:
                return
            self._head(self._parts[: end + 2])
            self._missing -= len(self._parts) - end - 4
            self._parts = b""
        if self._missing == 0:
            self._seen.taken.append(1000 * (time.perf_counter() - self._began))
            self._next()

    def _head(self, head: bytes) -> None:
        status = int(head[9:12])
        self._seen.statuses[status] += 1
        length = None if status == 304 else _LENGTH.search(head)
        self._missing = int(length[1]) if length else 0

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None or time.perf_counter() > self._until:
            self.done.set_result(None)
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(request)


def request_of(path: str, host: str, headers: list[str]) -> bytes:
    """The request on the wire."""
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode()


async def ask(host: str, port: int, requests: list[bytes], connections: int, seconds: float) -> tuple[Seen, float]:
    """All connections at once; answers what came back and how long it took."""
    seen, turning, began = Seen(), itertools.cycle(requests), time.perf_counter()
    loop = asyncio.get_running_loop()
    made = [
        (await loop.create_connection(lambda: Connection(turning, seen, began + seconds), host, port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(one.done for one in made))
    return seen, time.perf_counter() - began


async def etags(host: str, port: int, requests: list[bytes]) -> list[bytes]:
    """The same requests by somebody who has the answers already."""
    knowing = []
    for request in requests:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        found = _ETAG.search(head)
        if found is None:
            raise SystemExit(f"no ETag: {head[:200]!r}")
        knowing.append(request[:-2] + b"If-None-Match: " + found[1] + b"\r\n\r\n")
    return knowing


async def run(given: argparse.Namespace) -> None:
    """Warm up for half a second, then count."""
    host, _, port = given.url.removeprefix("http://").partition(":")
    requests = [request_of(path, given.url[7:], given.header) for path in given.paths.read_text().split()]
    if given.etags:
        requests = await etags(host, int(port), requests)
    warming, _ = await ask(host, int(port), requests, given.connections, given.warm)
    seen, took = await ask(host, int(port), requests, given.connections, given.seconds)
    cuts = statistics.quantiles(seen.taken, n=20)
    answer = {
        "per_second": len(seen.taken) / took,
        "p50": statistics.median(seen.taken),
        "p95": cuts[-1],
        "count": len(seen.taken),
        "all": len(seen.taken) + len(warming.taken),
        "statuses": dict(seen.statuses),
        "bytes": seen.bytes / len(seen.taken),
    }
    print(json.dumps(answer))


def main() -> None:
    """Ask and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("paths", type=Path)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--warm", type=float, default=0.5)
    parser.add_argument("--header", action="append", default=[])
    parser.add_argument("--etags", action="store_true")
    parser.add_argument("--cpu", type=int, help="run on this processor only")
    given = parser.parse_args()
    if given.cpu is not None:
        os.sched_setaffinity(0, {given.cpu})
    asyncio.run(run(given))


if __name__ == "__main__":
    main()
