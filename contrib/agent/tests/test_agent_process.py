"""The real agent process against a real Slomix web server: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from time import time
from typing import Any

import pytest

from slomix.identity.servers import add_server, create_token
from slomix.testing.running import Running
from slomix.web.server import serve
from slomix_stats.simulate import play_evening

ENDED = "select count(*) from slomix.artifact where outcome = 'imported' and source = 'upload'"
LOG = r"""
       0 InitGame: \mapname\supply
      50 ClientUserinfoChanged: 3 n\^1frag\t\1
      60 ClientUserinfoChanged: 4 n\medic\t\2
    1000 LUA event: Round starting!
    2000 Kill: 3 4 38: ^1frag killed medic by MOD_MP40
    2500 sayteam: ^1frag: our secret plan
    3000 say: medic: gg
"""


@asynccontextmanager
async def serving(app: Any, port: int) -> AsyncIterator[None]:
    """Slomix's own web server on this port."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve(app, "127.0.0.1", port, started=ready.set_result))
    await asyncio.wait({server, ready}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield
    finally:
        server.cancel()
        with suppress(asyncio.CancelledError):
            await server


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def token_of(program: Running) -> str:
    async with program.runtime.db.transaction() as tx:
        await add_server(tx, "puran")
        return await create_token(tx, "puran")


def write(host: Any, rounds: list[Any]) -> None:
    for each in rounds:
        (host.gamestats / each.name).write_bytes(each.data)


@pytest.mark.plugins("stats")
async def test_once_sends_what_is_there_and_nothing_again(program: Running, host: Any, port: int) -> None:
    rounds = play_evening(seed=3)[:3]
    write(host, rounds)
    (host.gamestats / ".half.txt.tmp").write_text("half")
    host.engine_log.write_text(LOG)
    host.script_log.write_text(f"I {int(time() * 1000)} map supply\n")
    host.configure(f"http://127.0.0.1:{port}", await token_of(program))
    async with serving(program.app, port):
        assert await host.run("--check") == (0, "all is well: folders, logs, spool, site and token\n")
        code, said = await host.run("--once")
        assert (code, sorted(said.splitlines())) == (0, sorted(f"{each.name}: imported" for each in rounds))
        assert await host.run("--once") == (0, "")
        live = (await program.web.get("/stats/api/v1/live")).json()
        host.configure(f"http://127.0.0.1:{port}", "slx_wrong")
        code, said = await host.run("--check")
        assert code == 1
        assert "token is needed" in said
    (server,) = live["servers"]
    assert (server["server"], server["map"], server["phase"], server["axis_kills"]) == ("puran", "supply", "playing", 1)
    assert live["feed"][-1]["what"] == "medic: gg"
    assert "secret" not in str(live)
    assert await program.runtime.db.fetchval(ENDED) == 3
    write(host, play_evening(seed=3)[3:4])
    code, said = await host.run("--once")
    assert code == 1
    assert "can not be reached" in said


@pytest.mark.plugins("stats")
async def test_kills_and_outages_lose_nothing(
    program: Running, host: Any, port: int, until: Callable[..., Any]
) -> None:
    rounds = play_evening(seed=5) + play_evening(seed=5, evening=1)
    host.configure(f"http://127.0.0.1:{port}", await token_of(program))
    write(host, rounds[:10])
    host.engine_log.write_text(LOG)

    def imported(count: int) -> Callable[[], Any]:
        async def look() -> bool:
            return bool(await program.runtime.db.fetchval(ENDED) >= count)

        return look

    async def said(text: str) -> bool:
        return any(entry["what"] == text for entry in (await program.web.get("/stats/api/v1/live")).json()["feed"])

    async with host.running() as process, serving(program.app, port):  # the site is away at first
        await until(imported(4))
        process.kill()  # in the middle of its work
        await process.wait()
    write(host, rounds[10:])
    with host.engine_log.open("a") as log:
        log.write("    9000 say: while the agent was away\n")
    async with host.running() as process, serving(program.app, port):
        await until(imported(len(rounds)))
        await until(lambda: said("while the agent was away"))
        process.terminate()
        assert await process.wait() == 0
    names = await program.runtime.db.fetch("select name from slomix.artifact where source = 'upload'")
    assert sorted(row["name"] for row in names) == sorted(each.name for each in rounds)
    feed = (await program.web.get("/stats/api/v1/live")).json()["feed"]
    assert [entry["type"] for entry in feed] == ["loaded", "join", "join", "round_start", "kill", "say", "say"]
