"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FixedClock:
    """Implements `slomix.clock.Clock`. `at` is an aware datetime; without one it is 2026-01-02 20:00 UTC."""

    def __init__(self, at: datetime | None = None) -> None:
        self._now = (at or datetime(2026, 1, 2, 20, 0, tzinfo=UTC)).astimezone(UTC)

    def now(self) -> datetime:
        """The moment that was set."""
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move by `step`."""
        self._now += step
