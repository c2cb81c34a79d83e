"""What other plugins may use of availability: counts of a day, and the event that they changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, Protocol

from slomix.events import Event

__all__ = ["STATUSES", "Availability", "AvailabilityChanged", "Day", "Status"]

Status = Literal["available", "maybe", "looking", "not_playing"]

STATUSES: tuple[Status, ...] = ("available", "maybe", "looking", "not_playing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The answers of one day, counted. `threshold` is how many `available` people make an evening."""

    day: date
    available: int
    maybe: int
    looking: int
    not_playing: int
    threshold: int

    @property
    def enough(self) -> bool:
        """Whether as many are available as an evening needs."""
        return self.available >= self.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityChanged(Event):
    """Somebody answered, or took an answer back. Says how many, not who."""

    owner: ClassVar[str] = "availability"
    public: ClassVar[bool] = True

    day: date
    available: int
    threshold: int


class Availability(Protocol):
    """Typed reads: `ctx.services.get(Availability)`."""

    async def days(self, first: date, count: int) -> tuple[Day, ...]:
        """So many days from `first` on, each of them, in order."""
        ...
