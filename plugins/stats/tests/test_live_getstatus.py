"""Asking game servers: the answer read, a fake server on loopback that loses questions, what is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slomix.clock import SystemClock
from slomix.testing.running import Running
from slomix_stats.live.getstatus import NoAnswer, ask, parse
from slomix_stats.live.statuses import Statuses

ANSWER = (
    b"\xff\xff\xff\xffstatusResponse\n"
    b"\\sv_hostname\\^3Slo^7mix\\mapname\\supply\\SV_MaxClients\\24\\g_gametype\\3\\version\\ET Legacy 2.83\\empty\\\n"
    b'12 48 "^1frag^7ger"\n-3 0 "bot one"\n0 999 "\xe8a"r"\n'
)


class FakeServer(asyncio.DatagramProtocol):
    """Answers from the `lost`+1-th question on."""

    def __init__(self, lost: int, answer: bytes = ANSWER) -> None:
        self.lost = lost
        self.answer = answer
        self.asked: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.asked.append(data)
        if len(self.asked) > self.lost:
            self.transport.sendto(self.answer, addr)


@asynccontextmanager
async def serving(server: FakeServer) -> AsyncIterator[str]:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: server, local_addr=("127.0.0.1", 0)
    )
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    finally:
        transport.close()


def test_an_answer_keeps_its_colours_and_every_byte() -> None:
    answer = parse(ANSWER)
    assert answer.variables == {
        "sv_hostname": "^3Slo^7mix", "mapname": "supply", "sv_maxclients": "24", "g_gametype": "3",
        "version": "ET Legacy 2.83", "empty": "",
    }  # fmt: skip
    assert [(p.name, p.score, p.ping) for p in answer.players] == [
        ("^1frag^7ger", 12, 48),
        ("bot one", -3, 0),
        ('èa"r', 0, 999),
    ]


@given(st.binary(max_size=400))
def test_any_bytes_are_an_answer_or_none(rest: bytes) -> None:
    answer = parse(b"\xff\xff\xff\xffstatusResponse\n" + rest)
    assert all(isinstance(player.score, int) for player in answer.players)
    with pytest.raises(NoAnswer):
        parse(b"\xff\xff\xff\xffprint\n" + rest)


async def test_lost_questions_are_asked_again() -> None:
    server = FakeServer(lost=2)
    async with serving(server) as address:
        answer = await ask(address, wait_s=0.3)
    assert answer.variables["mapname"] == "supply"
    assert server.asked == [b"\xff\xff\xff\xffgetstatus\n"] * 3


async def test_a_server_that_is_not_there_does_not_answer() -> None:
    server = FakeServer(lost=100)
    async with serving(server) as address:
        with pytest.raises(NoAnswer, match="did not answer 3"):
            await ask(address, wait_s=0.05)
    with pytest.raises(NoAnswer, match="did not answer"):
        await ask(address, wait_s=0.05)  # nobody listens: the system says so, at once
    with pytest.raises(NoAnswer, match="can not be asked"):
        await ask("127.0.0.1:70000", wait_s=0.05)


@pytest.mark.plugins("stats")
async def test_what_servers_said_is_kept_and_answered(program: Running) -> None:
    there, gone = FakeServer(lost=0), FakeServer(lost=100)
    async with serving(there) as first, serving(gone) as second:
        reader = Statuses(program.runtime.db.plugin("stats"), SystemClock(), {"puran": first, "attic": second})

        async def quickly(address: str) -> Any:
            return await ask(address, wait_s=0.2 if address == second else 3.0, attempts=2)

        before = datetime.now(UTC) - timedelta(seconds=1)
        assert (await reader.servers()).servers[0].trouble == "it was not asked yet"
        await reader.poll(quickly)
        attic, puran = (await reader.servers()).servers
        there.lost = 1000
        await reader.poll(lambda address: ask(address, wait_s=0.05, attempts=1))
        later = await reader.server_status("puran")

    assert (attic.server, attic.online, attic.answered_at, attic.map) == ("attic", False, None, None)
    assert (puran.online, puran.hostname, puran.max_players) == (True, "Slomix", 24)
    assert (puran.humans, puran.bots, puran.players[0].name) == (2, 1, "fragger")
    assert later is not None
    assert (later.online, later.map, later.humans, later.players) == (False, "supply", 0, ())
    assert "did not answer" in (later.trouble or "")
    assert await reader.server_status("unknown") is None

    history = await reader.server_history("puran", since=before, limit=1)
    assert history is not None
    assert [(sample.map, sample.humans, sample.bots) for sample in history.samples] == [("supply", 2, 1)]
    rest = await reader.server_history("puran", since=history.next or before)
    assert rest is not None
    assert ([sample.humans for sample in rest.samples], rest.next) == ([None], None)
