"""What is said of days and answers, in Discord and on pages. Pure."""

from __future__ import annotations

from datetime import date

from slomix_availability.api import Status

#: What an answer is called, in the order in which answers stand everywhere.
TITLES: dict[Status, str] = {
    "available": "In",
    "maybe": "Maybe",
    "looking": "Looking for a game",
    "not_playing": "Not playing",
}
#: What pages call the days of the week, Monday first.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def named(day: date) -> str:
    """`Friday, 27 November`."""
    return f"{day:%A}, {day.day} {day:%B}"
