"""What other plugins may use of voice: who is there, and the events that an evening began or ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from slomix.events import Event

__all__ = ["GatheringEnded", "GatheringStarted", "Voice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheringStarted(Event):
    """Enough people are in the voice channels for an evening."""

    owner: ClassVar[str] = "voice"
    public: ClassVar[bool] = True

    gathering: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheringEnded(Event):
    """They have left. `most` is how many there were at once."""

    owner: ClassVar[str] = "voice"
    public: ClassVar[bool] = True

    gathering: int
    most: int


class Voice(Protocol):
    """Typed reads: `ctx.services.get(Voice)`."""

    async def present(self) -> Mapping[int, int]:
        """Discord users in watched channels, each with the channel."""
        ...
