"""The bot role: one active bot that stays connected, or off with a reason. Imports discord only when it is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from slomix.runtime import Runtime

log = structlog.get_logger("slomix.bot")

OFF_REASON = "no bot token; put one into SLOMIX_DISCORD__TOKEN to turn Discord on"


async def run_bot(runtime: Runtime) -> str:
    """Run until cancelled. Returns only when the role is off, with the reason (also logged)."""
    if runtime.settings.core.discord.token is None:
        reason = OFF_REASON
    else:
        from slomix.bot.connection import stay_connected

        reason = await stay_connected(runtime)
    log.warning("the bot is off", reason=reason)
    return reason
