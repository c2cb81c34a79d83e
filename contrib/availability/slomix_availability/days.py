"""Which day a person means, and what is due at a moment. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: People plan for so many days ahead at most.
HORIZON_DAYS = 60
#: A reminder that could not leave in time is still one for so long.
REMINDER_GRACE = timedelta(minutes=30)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parse_day(text: str, today: date) -> date:
    """`today`, `tomorrow`, a weekday (`fri`: the next one, today included) or an ISO date.

    Raises ValueError with a sentence for the person who typed it.
    """
    word = text.strip().lower()
    if word in ("", "today", "tonight"):
        return today
    if word == "tomorrow":
        return today + timedelta(days=1)
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 2 and name.startswith(word):
            return today + timedelta(days=(number - today.weekday()) % 7)
    try:
        day = date.fromisoformat(word)
    except ValueError:
        raise ValueError(f"{text!r} is no day; say today, tomorrow, friday or 2026-12-24") from None
    if not today <= day <= today + timedelta(days=HORIZON_DAYS):
        raise ValueError(f"{day} is not within the next {HORIZON_DAYS} days")
    return day


def today_of(now: datetime, zone: str) -> date:
    """The day at home, in the IANA zone that the settings name."""
    return now.astimezone(ZoneInfo(zone)).date()


def poll_is_due(now: datetime, opens_at: time, weekdays: Collection[str]) -> bool:
    """Whether the poll of this day should be open by now; `now` is local."""
    return WEEKDAYS[now.weekday()] in weekdays and now.time() >= opens_at


def reminders_due(now: datetime, reminders: Sequence[time]) -> Iterator[time]:
    """The reminders that should have left by now, and are not too late; `now` is local."""
    for due in reminders:
        moment = now.replace(hour=due.hour, minute=due.minute, second=0, microsecond=0)
        if moment <= now < moment + REMINDER_GRACE:
            yield due
