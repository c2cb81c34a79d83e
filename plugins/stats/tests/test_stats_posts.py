"""What stats tells by itself beside rounds: maps, sessions, milestones, memories and its part of the digest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import discord
import pytest

from slomix.bot.digest import DIGEST_POST, digest_post
from slomix.contrib import DigestBlock, Job, Post
from slomix.identity.closing import close_sessions
from slomix.settings import DiscordSettings
from slomix.testing.clock import FixedClock
from slomix.testing.running import Running, running
from slomix_stats.posts.endstats import ENDSTATS_POST
from slomix_stats.posts.matches import MATCH_POST
from slomix_stats.posts.memories import MEMORY_POST
from slomix_stats.posts.sessions import MILESTONES_POST, SESSION_POST
from slomix_stats.simulate import play_evening

pytestmark = pytest.mark.plugins("stats")

HOME = ZoneInfo("Europe/Ljubljana")
GAP = timedelta(hours=1)


@pytest.fixture
async def evening(dsn: str) -> AsyncIterator[tuple[Running, FixedClock]]:
    """An evening that was played just now, a channel, and every post turned on."""
    wanted = {"session_post": True, "achievements": "summary", "on_this_day": True, "on_this_day_at": "00:00"}
    channel = DiscordSettings(channel=1, digest=True, post_max_age=600)
    clock = FixedClock(datetime.now(UTC))
    async with running(
        dsn, "stats", role="all", sections={"stats": wanted}, core={"discord": channel}, clock=clock
    ) as program:
        for played in play_evening(seed=4, start=clock.now().astimezone(HOME) - timedelta(hours=4)):
            await program.give(played.name, played.data, server="home")
        await program.settle()
        yield program, clock


async def asked(program: Running) -> dict[str, list[str]]:
    """The subjects of every post that was asked for."""
    found: dict[str, list[str]] = {}
    for row in await program.runtime.db.fetch("select post, subject from slomix.post order by requested_at, subject"):
        found.setdefault(row["post"], []).append(row["subject"])
    return found


async def shown(program: Running, name: str, subject: str) -> discord.Embed:
    """What a post says."""
    (post,) = (found.record for found in program.runtime.host.records(Post) if found.record.name == name)
    embed = await post.render(subject)
    assert isinstance(embed, discord.Embed)
    return embed


async def test_every_map_is_told_once_it_is_over(evening: tuple[Running, FixedClock]) -> None:
    program, _ = evening
    complete = await program.runtime.db.fetch("select id from slomix.match where status = 'complete'")
    assert sorted((await asked(program))[MATCH_POST]) == sorted(row["id"] for row in complete)
    embed = await shown(program, MATCH_POST, complete[0]["id"])
    assert (embed.title or "").endswith("is over")
    assert "Round 1: " in (embed.description or "")
    assert "Round 2: " in (embed.description or "")
    assert [field.name for field in embed.fields] == ["Both rounds together"]


async def test_a_session_is_told_when_it_is_over(evening: tuple[Running, FixedClock]) -> None:
    program, clock = evening
    assert not {SESSION_POST, MILESTONES_POST, DIGEST_POST} & (await asked(program)).keys()
    clock.advance(timedelta(hours=8))
    assert await close_sessions(program.runtime.db, program.runtime.bus, clock, GAP)
    await program.settle()
    posts = await asked(program)
    (session,) = posts[SESSION_POST]
    assert posts[MILESTONES_POST] == posts[DIGEST_POST] == [session]
    summary = await shown(program, SESSION_POST, session)
    assert [field.name for field in summary.fields] == ["Score", "Players, by damage per minute"]
    digest = await digest_post(
        program.runtime.db, program.runtime.settings.core, program.runtime.host.records(DigestBlock)
    ).render(session)
    assert isinstance(digest, discord.Embed)
    names = [field.name for field in digest.fields]
    assert names[:2] == ["Score", "Most valuable"]
    assert all(0 < len(field.value or "") <= 1024 for field in digest.fields)


async def test_a_day_with_a_past_is_remembered_once(evening: tuple[Running, FixedClock]) -> None:
    program, clock = evening
    (job,) = (found.record for found in program.runtime.host.records(Job) if found.record.name == "stats.on_this_day")
    clock.advance(timedelta(days=366 if clock.now().month < 3 else 365))
    await job.run({})
    await job.run({})
    (subject,) = (await asked(program))[MEMORY_POST]
    rows = await program.runtime.db.fetch("select wanted from slomix.post where post = $1", MEMORY_POST)
    assert [row["wanted"] for row in rows] == [1]
    assert subject == clock.now().astimezone(HOME).date().isoformat()


ENDSTATS = """Most damage given\t{0}\t3210
Longest killing spree\t{0}\t7
Most revives\t{1}\t4
VS_HEADER\t{0}\t{2}
{1}\t3\t1
"""


async def test_endstats_follow_their_round_whichever_is_first(evening: tuple[Running, FixedClock]) -> None:
    program, clock = evening
    assert ENDSTATS_POST not in await asked(program)
    rounds = play_evening(seed=9, start=clock.now().astimezone(HOME) - timedelta(hours=1))[:2]
    for played, first in zip(rounds, ("round", "endstats"), strict=True):
        one, *others = played.truth.players.values()
        other = next(player for player in others if player.side != one.side)
        text = ENDSTATS.format(one.name, other.name, one.guid.ljust(32, "0")).encode()
        files = [(played.name, played.data), (played.name.replace(".txt", "-endstats.txt"), text)]
        for name, data in files if first == "round" else reversed(files):
            outcome = await program.give(name, data, server="home")
            assert outcome.outcome == "imported", outcome
    await program.settle()
    subjects = (await asked(program))[ENDSTATS_POST]
    assert len(subjects) == 2
    embed = await shown(program, ENDSTATS_POST, subjects[0])
    assert [field.name for field in embed.fields] == ["Combat", "Teamwork", "Duels"]
    assert (embed.fields[2].value or "").count("3 : 1") == 1
