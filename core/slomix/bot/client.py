"""The bot role: one active bot that stays connected, or off with a reason. Imports discord only when it is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from slomix.runtime import Runtime
    from slomix.settings import DiscordSettings

log = structlog.get_logger("slomix.bot")

OFF_REASON = "no bot token; put one into SLOMIX_DISCORD__TOKEN to turn Discord on"


def why_off(settings: DiscordSettings) -> str:
    """Why the bot can not even try to run, by its settings; empty when it can."""
    return OFF_REASON if settings.token is None else ""


async def run_bot(runtime: Runtime) -> str:
    """Run until cancelled. Returns only when the role is off, with the reason (also logged)."""
    if not runtime.bot_off:
        from slomix.bot.connection import stay_connected

        runtime.bot_off = await stay_connected(runtime)
    log.warning("the bot is off", reason=runtime.bot_off)
    return runtime.bot_off
