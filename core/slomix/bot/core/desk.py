"""What the core's own commands work with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import app_commands

from slomix.bot.answers import answering
from slomix.bot.permissions import NotAllowed
from slomix.people.audit import Who
from slomix.people.search import FoundPlayer
from slomix.people.tiers import Tier, reaches

if TYPE_CHECKING:
    from slomix.clock import Clock
    from slomix.context import Reads
    from slomix.contrib import Capability, Job
    from slomix.host.host import Contributed
    from slomix.host.state import PluginState
    from slomix.people.service import PeopleService
    from slomix.settings import CoreSettings

Asking: TypeAlias = discord.Interaction[Any]
#: What Discord shows at most while something is typed.
CHOICES = 25
GREEN, YELLOW, RED, GREY = 0x3BA55D, 0xF0B232, 0xDA373C, 0x80848E


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The parts of the program. `states`, `jobs` and `rights` are asked anew each time."""

    people: PeopleService
    db: Reads
    clock: Clock
    settings: CoreSettings
    states: Callable[[], Iterable[PluginState]]
    jobs: Callable[[], Sequence[Contributed[Job]]]
    rights: Callable[[], Sequence[Capability]]
    began: float = field(default_factory=monotonic)

    async def needs(self, asking: Asking, tier: Tier, what: str) -> None:
        """Raise `NotAllowed` unless who asks has this tier; `what` is what they may not do."""
        if not reaches(await self.people.tier_of(asking.user.id), tier):
            raise NotAllowed(f"Only {tier}s may {what}.")

    async def own_player(self, asking: Asking) -> str:
        """The player of who asks. Raises `NotAllowed` where they are linked to none."""
        found = await self.people.player_of(asking.user.id)
        if found is None:
            raise NotAllowed("You have no player yet; `/link` finds yours.")
        return found

    async def players(self, asking: Asking, typed: str) -> list[app_commands.Choice[str]]:
        """Players to choose from while one is typed."""
        found = (
            await self.people.find(typed, limit=CHOICES)
            if typed.strip()
            else await self.people.list_players("all", limit=CHOICES)
        )
        return [app_commands.Choice(name=label(each), value=each.player_id) for each in found]


def label(found: FoundPlayer) -> str:
    """A player in one line, for choices and buttons."""
    return f"{found.name} · {found.guids[0] if found.guids else found.player_id}"[:80]


def by(asking: Asking, reason: str = "") -> Who:
    """Who asks, for the audit log."""
    return Who.on_discord(asking.user.id, reason)


def note(text: str, colour: int = GREY, title: str | None = None) -> discord.Embed:
    """A short answer."""
    return discord.Embed(title=title, description=text, colour=colour)


async def tell(asking: Asking, embed: discord.Embed) -> None:
    """Answer who asked, only them."""
    async with answering(asking) as answer:
        await answer.send(embed, ephemeral=True)
