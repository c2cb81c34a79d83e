"""Which day a person means, and what is due."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from slomix_availability.api import Day
from slomix_availability.days import WEEKDAYS, parse_day, poll_is_due, reminders_due
from slomix_availability.discord.embeds import bar, standing

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "days"),
    [("today", 0), ("", 0), ("Tonight", 0), ("tomorrow", 1), ("sunday", 0), ("mon", 1), ("SATURDAY", 6)],
)
def test_words_mean_days(typed: str, days: int) -> None:
    assert parse_day(typed, SUNDAY) == SUNDAY + timedelta(days=days)


def test_a_date_means_itself() -> None:
    assert parse_day("2026-12-24", SUNDAY) == date(2026, 12, 24)


@pytest.mark.parametrize("typed", ["someday", "2026-11-21", "2027-11-21", "s", "2026-13-01"])
def test_what_is_no_day_to_come_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"is no day; say today|is not within the next"):
        parse_day(typed, SUNDAY)


def test_a_poll_opens_at_its_time_and_stays_due_for_the_day() -> None:
    at = datetime(2026, 11, 22, 9, 59)  # noqa: DTZ001 - local
    assert not poll_is_due(at, time(10), WEEKDAYS)
    assert poll_is_due(at + timedelta(minutes=1), time(10), WEEKDAYS)
    assert poll_is_due(at.replace(hour=23), time(10), WEEKDAYS)
    assert not poll_is_due(at.replace(hour=23), time(10), ("monday",))


def test_a_reminder_may_be_late_but_not_an_hour() -> None:
    reminders = (time(20, 45), time(21))
    at = datetime(2026, 11, 22, 20, 44)  # noqa: DTZ001 - local
    assert list(reminders_due(at, reminders)) == []
    assert list(reminders_due(at + timedelta(minutes=3), reminders)) == [time(20, 45)]
    assert list(reminders_due(at + timedelta(minutes=20), reminders)) == [time(20, 45), time(21)]
    assert list(reminders_due(at + timedelta(hours=2), reminders)) == []


def day(available: int, maybe: int = 0) -> Day:
    return Day(day=SUNDAY, available=available, maybe=maybe, looking=0, not_playing=0, threshold=6)


def test_the_bar_and_the_sentence_say_how_far_it_is() -> None:
    assert (bar(day(0)), bar(day(3)), bar(day(6)), bar(day(9))) == ("░" * 12, "█" * 6 + "░" * 6, "█" * 12, "█" * 12)
    assert standing(day(4, maybe=2)) == "4 of 6 are in, 2 to go. 2 may come."
    assert standing(day(7)) == "7 are in, which is enough."
