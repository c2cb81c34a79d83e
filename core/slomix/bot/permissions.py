"""Checks of commands: who may use them, asked each time in the table of core, whatever Discord shows.

Public: plugins' cogs decorate commands with these.

    @app_commands.command(name="rebuild", description="…")
    @requires_tier("admin")
    async def rebuild(self, interaction): ...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from discord import app_commands

if TYPE_CHECKING:
    from slomix.context import People
    from slomix.people.tiers import Tier

F = TypeVar("F", bound=Callable[..., Any])

_WHO = {
    "owner": "Only the owner of this Slomix may do this.",
    "admin": "Only admins may do this; `/slomix admin list` shows who they are.",
    "moderator": "Only moderators and admins may do this.",
}


class NotAllowed(app_commands.CheckFailure):
    """Somebody may not use a command; the sentence is for them."""


def requires_tier(tier: Tier) -> Callable[[F], F]:
    """Let a command be used by this tier and those above it only: moderator, admin, owner."""
    from slomix.people.tiers import reaches

    async def check(asking: Any) -> bool:
        if not reaches(await _people(asking).tier_of(asking.user.id), tier):
            raise NotAllowed(_WHO[tier])
        return True

    return app_commands.check(check)


def requires(capability: str, default: str = "admin") -> Callable[[F], F]:
    """Let a command be used by those who have a right (`slomix.contrib.Capability`) only."""

    async def check(asking: Any) -> bool:
        if not await _people(asking).may(asking.user.id, capability, default):
            raise NotAllowed(f"You need the right `{capability}` for this; an admin can grant it.")
        return True

    return app_commands.check(check)


def _people(asking: Any) -> People:
    """The people of the bot that was asked, by an interaction or by a line of the channel."""
    people: People | None = asking.client.people
    if people is None:
        raise NotAllowed("This bot knows nobody, so it can not tell who you are.")
    return people
