"""`/greatshot scan` and `top` on a Discord, the digest's block, the post of a night."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from slomix.contrib import DigestBlock, Post, Simulator
from slomix.testing.discord.people import Attached
from slomix.testing.running import running
from slomix_greatshot.simulate.feed import simulate

pytestmark = pytest.mark.plugins("stats", "webui", "greatshot")


async def worked(program: Any) -> asyncio.Task[None]:
    return asyncio.create_task(program.runtime.worker.run(), name="worker of the test")


async def test_a_demo_in_the_channel_is_read_and_told(program: Any, chat: Any, small_demo: bytes) -> None:
    await chat.start(program.cogs(), runtime=program.runtime)
    working = await worked(program)
    try:
        answer = await chat.fake.person.slash("greatshot scan", file=Attached("my frags.dm_84", small_demo), timeout=60)
        assert "supply, 0:" in answer.text
        assert "triple kill" in answer.text
        again = await chat.fake.person.slash("greatshot scan", file=Attached("other.dm_84", small_demo), timeout=60)
        assert "triple kill" in again.text
        wrong = await chat.fake.person.slash("greatshot scan", file=Attached("notes.txt", b"hello"), timeout=60)
        assert "no demo by its name" in wrong.text
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    top = await chat.fake.person.slash("greatshot top")
    assert "Multikill" in top.text
    none = await chat.fake.person.slash("greatshot top", kind="ace")
    assert "Nobody has sent a demo" in none.text


async def test_a_night_is_told_with_its_best_moments(dsn: str, tmp_path: Path) -> None:
    """The community's simulator plays a night, and somebody sends a demo of it: the digest and the post tell it."""
    sections = {"greatshot": {"night_post": True}}
    async with running(dsn, "stats", "webui", "greatshot", sections=sections, role="all") as program:
        host = program.runtime.host
        host.declare(("register_simulators",))
        stats = next(each.record for each in host.records(Simulator) if each.plugin == "stats")
        start = datetime.now() - timedelta(hours=20)  # noqa: DTZ005 - the server's clock
        outcomes = await program.take(stats.run(tmp_path / "stats", seed=3, rounds=2, start=start))
        (file,) = simulate(tmp_path / "demos", seed=3, rounds=2, start=start)
        me = await program.as_person(1)
        await me.post(f"/greatshot/api/v1/demos?name={file.name}", content=file.read_bytes())
        await program.settle()
        query = "select session_id from slomix.round where id = $1"
        session = await program.runtime.db.fetchval(query, outcomes[-1].round_id)
        asked = await program.runtime.db.fetch("select subject from slomix.post where post = 'greatshot.night'")
        assert [row["subject"] for row in asked] == [session]
        post: Any = next(each.record for each in host.records(Post) if each.record.name == "greatshot.night")
        block: Any = next(each.record for each in host.records(DigestBlock) if each.record.name == "greatshot.best")
        embed, told = await post.render(session), await block.render(session)
        best = (await me.get("/greatshot/top.json")).json()["lines"][0]
        assert best["explanation"].partition(": ")[2] in embed.description
        assert best["explanation"].partition(": ")[2] in told.text
        assert await block.render("no such session") is None
