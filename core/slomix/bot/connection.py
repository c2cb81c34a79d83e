"""Keeping one bot connected: the lock, log-in, the gateway, the poster, and coming back after trouble."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import aiohttp
import discord
import structlog

from slomix.bot.address import pointed_at
from slomix.bot.bot import SlomixBot
from slomix.bot.commands import PluginCog
from slomix.bot.core import WORDS, Desk, core_commands
from slomix.bot.digest import digest_post
from slomix.bot.poster import Poster
from slomix.contrib import Capability, CogFactory, DigestBlock, Job, Post
from slomix.errors import DatabaseUnavailable
from slomix.people.rights import OWN
from slomix.storage.database import CONNECTION_ERRORS
from slomix.storage.leader import Leadership, LeadershipLost

if TYPE_CHECKING:
    from slomix.runtime import Runtime

log = structlog.get_logger("slomix.bot")

LEADERSHIP = "bot"
NO_CHANNEL = "no channel for posts; put its id into slomix.discord.channel (SLOMIX_DISCORD__CHANNEL)"
LONGEST_PAUSE_SECONDS = 60.0
#: What Discord hands out only where it was turned on for the application.
PRIVILEGED = frozenset({"members", "presences", "message_content"})
AWAY: tuple[type[Exception], ...] = (LeadershipLost, DatabaseUnavailable, *CONNECTION_ERRORS)


async def stay_connected(runtime: Runtime) -> str:
    """Wait for the lock, then keep a bot connected. Returns the reason where trying again can not help."""
    settings = runtime.settings.core.discord
    while True:
        try:
            async with Leadership(runtime.db, LEADERSHIP):
                with pointed_at(settings):
                    return await _reconnect(runtime)
        except AWAY as error:
            log.warning("the bot waits for its turn", error=str(error))
            await asyncio.sleep(1.0)


async def _reconnect(runtime: Runtime) -> str:
    """One bot after another, with growing pauses. Returns the reason where another one would fare the same."""
    clock = asyncio.get_running_loop()
    pause = 1.0
    while True:
        began = clock.time()
        try:
            await _one_connection(runtime)
        except discord.LoginFailure:
            return "Discord refuses the bot token; put a valid one into SLOMIX_DISCORD__TOKEN"
        except discord.PrivilegedIntentsRequired:
            return f"turn on these intents for the application in Discord's developer portal: {_asked(runtime)}"
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("Discord is out of reach", error=f"{type(error).__name__}: {error}", retry_in_s=pause)
        except Exception:
            log.exception("the bot stumbled", retry_in_s=pause)
        await asyncio.sleep(pause)
        stayed = clock.time() - began > 2 * LONGEST_PAUSE_SECONDS
        pause = 1.0 if stayed else min(pause * 2, LONGEST_PAUSE_SECONDS)


def wanted_intents(runtime: Runtime) -> frozenset[str]:
    """The union of what the plugins ask for; a name that Discord does not know degrades its plugin.

    Those that need a permission of Discord are logged with the plugin that wants them.
    """
    wanted: set[str] = set()
    for entry in runtime.host.loaded:
        if asked := entry.plugin.discord_intents & PRIVILEGED:
            log.info("a plugin wants privileged intents", plugin=entry.name, intents=sorted(asked))
        unknown = entry.plugin.discord_intents - set(discord.Intents.VALID_FLAGS)
        if unknown:
            runtime.host.degrade(
                entry.name, f"Discord has no intents {', '.join(sorted(unknown))}; mend discord_intents"
            )
        wanted |= entry.plugin.discord_intents - unknown
    return frozenset(wanted)


def _asked(runtime: Runtime) -> str:
    """Which plugin wants which privileged intents."""
    asking = [(entry.name, sorted(entry.plugin.discord_intents & PRIVILEGED)) for entry in runtime.host.loaded]
    if runtime.settings.core.discord.prefix:
        asking.append(("slomix.discord.prefix", ["message_content"]))
    return "; ".join(f"{plugin} wants {', '.join(intents)}" for plugin, intents in asking if intents)


async def _one_connection(runtime: Runtime) -> None:
    """Log in, post and stay on the gateway (discord.py reconnects and resumes by itself) until it gives up."""
    settings = runtime.settings.core.discord
    assert settings.token is not None
    async with SlomixBot(
        settings, plugin_cogs(runtime), intents=wanted_intents(runtime), degrade=runtime.host.degrade
    ) as bot:
        equip(bot, runtime)
        await bot.login(settings.token.get_secret_value())
        posting = asyncio.create_task(_post(runtime, bot), name="post")
        try:
            await bot.connect(reconnect=True)
        finally:
            posting.cancel()
            with suppress(asyncio.CancelledError):
                await posting


def equip(bot: SlomixBot, runtime: Runtime) -> None:
    """Let a bot know who is who, and give it core's own commands. Before it logs in."""
    bot.people = runtime.people
    desk = Desk(
        people=runtime.people,
        db=runtime.db,
        clock=runtime.clock,
        settings=runtime.settings.core,
        states=runtime.host.states.values,
        jobs=lambda: runtime.host.records(Job),
        rights=lambda: [*(each.record for each in runtime.host.records(Capability)), *(own.record for own in OWN)],
    )
    for command in core_commands(desk):
        bot.tree.add_command(command)
    bot.learn(WORDS)


def plugin_cogs(runtime: Runtime) -> list[PluginCog]:
    """The cog factories of the running plugins, each with its plugin's context."""
    return [
        PluginCog(contributed.plugin, contributed.record, runtime.host.context(contributed.plugin))
        for contributed in runtime.host.records(CogFactory)
    ]


async def _post(runtime: Runtime, bot: SlomixBot) -> None:
    channel = runtime.settings.core.discord.channel
    if channel is None:
        log.warning("posts stay in the ledger", reason=NO_CHANNEL)
        return
    digest = digest_post(runtime.db, runtime.settings.core, runtime.host.records(DigestBlock))
    posts = {post.name: post for post in (digest, *(found.record for found in runtime.host.records(Post)))}
    await Poster(runtime.db, runtime.posts, bot, posts, channel).run()
