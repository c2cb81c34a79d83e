"""The bot role in a running program: off with a reason, one at a time, killed and started again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import asyncpg
import structlog.testing
from pydantic import SecretStr

from slomix.bot.client import run_bot
from slomix.runtime import Runtime, open_runtime
from slomix.settings import CoreSettings, DatabaseSettings, DiscordSettings, Settings
from slomix.testing.discord.server import FakeDiscord


def discord_settings(fake: FakeDiscord, **changed: Any) -> DiscordSettings:
    return DiscordSettings(
        **{
            "token": SecretStr(fake.token),
            "guild": fake.guild_id,
            "channel": fake.channel_id,
            "api_base": fake.api_base,
            "gateway_url": fake.gateway_url,
            **changed,
        }
    )


@asynccontextmanager
async def program(dsn: str, discord: DiscordSettings) -> AsyncIterator[Runtime]:
    """A runtime without plugins."""
    core = CoreSettings(database=DatabaseSettings(url=dsn), discord=discord)
    settings = Settings(core=core, plugins={}, plugin_sections={}, file=None)
    async with open_runtime(settings, role="bot") as runtime:
        yield runtime


async def test_without_a_token_the_role_is_off_with_its_reason(dsn: str) -> None:
    async with program(dsn, DiscordSettings()) as runtime:
        with structlog.testing.capture_logs() as logs:
            reason = await asyncio.wait_for(run_bot(runtime), 60)
    assert "SLOMIX_DISCORD__TOKEN" in reason
    assert [entry["reason"] for entry in logs if entry["event"] == "the bot is off"] == [reason]


async def test_a_refused_token_turns_the_role_off(dsn: str, fake_discord: FakeDiscord) -> None:
    wrong = discord_settings(fake_discord, token=SecretStr("not-a-token-of-anybody"))
    async with program(dsn, wrong) as runtime:
        with structlog.testing.capture_logs() as logs:
            reason = await asyncio.wait_for(run_bot(runtime), 60)
    assert "refuses the bot token" in reason
    assert "not-a-token-of-anybody" not in json.dumps(logs, default=str)


async def test_discord_out_of_reach_is_tried_again(dsn: str, fake_discord: FakeDiscord) -> None:
    fake_discord.fail_next("GET /users/@me", 403, {"message": "not now", "code": 0})
    async with program(dsn, discord_settings(fake_discord)) as runtime:
        role = asyncio.create_task(run_bot(runtime))
        await fake_discord.gateway.ready()
        role.cancel()
        with suppress(asyncio.CancelledError):
            await role
    assert len(fake_discord.calls_of("GET", "^/users/@me$")) == 2


async def test_a_second_bot_waits_until_the_first_is_gone(dsn: str, fake_discord: FakeDiscord) -> None:
    async with AsyncExitStack() as stack:
        roles = []
        for _ in range(2):
            runtime = await stack.enter_async_context(program(dsn, discord_settings(fake_discord)))
            roles.append(asyncio.create_task(run_bot(runtime)))
            await fake_discord.gateway.ready()
        await asyncio.sleep(0.5)
        assert len(fake_discord.gateway.identifies) == 1
        roles[0].cancel()
        await fake_discord.gateway.ready(identifies=2)
        roles[1].cancel()
        await asyncio.gather(*roles, return_exceptions=True)


async def test_a_bot_that_lost_its_lock_steps_back_and_takes_the_next_turn(dsn: str, fake_discord: FakeDiscord) -> None:
    async with program(dsn, discord_settings(fake_discord)) as runtime:
        role = asyncio.create_task(run_bot(runtime))
        await fake_discord.gateway.ready()
        admin = await asyncpg.connect(dsn)
        await admin.fetch(
            "select pg_terminate_backend(pid) from pg_locks"
            " where locktype = 'advisory'"
            " and database = (select oid from pg_database where datname = current_database())"
        )
        await admin.close()
        await fake_discord.gateway.ready(identifies=2)
        assert not role.done()
        role.cancel()
        await asyncio.gather(role, return_exceptions=True)


async def test_without_a_channel_posts_wait_and_the_log_says_why(dsn: str, fake_discord: FakeDiscord) -> None:
    async with program(dsn, discord_settings(fake_discord, channel=None)) as runtime:
        async with runtime.db.transaction() as tx:
            await runtime.posts.request(tx, "t.round", "a")
        with structlog.testing.capture_logs() as logs:
            role = asyncio.create_task(run_bot(runtime))
            await fake_discord.gateway.ready()
            await asyncio.sleep(0.1)
            role.cancel()
            await asyncio.gather(role, return_exceptions=True)
        row = await runtime.db.fetchrow("select state, attempts from slomix.post")
    reasons = [entry["reason"] for entry in logs if entry["event"] == "posts stay in the ledger"]
    assert len(reasons) == 1
    assert "SLOMIX_DISCORD__CHANNEL" in reasons[0]
    assert tuple(row) == ("wanted", 0)
