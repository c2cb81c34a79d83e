"""What the pages show: days with those who said something, and the day that is told first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from slomix_availability.api import Day, Status
from slomix_availability.store import Said
from slomix_availability.words import TITLES, named


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A player who said something, as pages name players. `guid` stands in for a name that is nothing but colours."""

    player_id: str
    name: str
    name_raw: str
    guid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Those who said the same for a day: `count` of them, of whom `people` are linked to a player."""

    status: Status
    words: str
    count: int
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """A day: how many are in of the `need` that an evening takes, and who said what.

    `ahead` counts days from today, `label` is the day's name.
    """

    day: date
    label: str
    ahead: int
    available: int
    maybe: int
    need: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityView:
    """The coming days, today first; `best` is the one that is told first, None before anybody said anything."""

    days: tuple[DayView, ...]
    best: DayView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyDay:
    """A day and what the reader said for it."""

    day: date
    label: str
    ahead: int
    status: Status | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyAnswers:
    """The reader's own answers; without a `name` nobody is logged in, and `login` is where that is done."""

    name: str | None
    login: str | None
    days: tuple[MyDay, ...] = ()


def day_views(days: Sequence[Day], said: Iterable[Said], today: date) -> tuple[DayView, ...]:
    """Days with those who said something."""
    by_day: dict[tuple[date, Status], list[Person]] = {}
    for each in said:
        if each.player_id is not None:
            person = Person(player_id=each.player_id, name=each.name, name_raw=each.name_raw, guid=each.name)
            by_day.setdefault((each.day, each.status), []).append(person)
    return tuple(
        DayView(
            day=each.day,
            label=named(each.day),
            ahead=(each.day - today).days,
            available=each.available,
            maybe=each.maybe,
            need=each.threshold,
            groups=tuple(_groups(each, by_day)),
        )
        for each in days
    )


def _groups(day: Day, by_day: dict[tuple[date, Status], list[Person]]) -> Iterable[Group]:
    for status, words in TITLES.items():
        if count := getattr(day, status):
            people = tuple(by_day.get((day.day, status), ()))
            yield Group(status=status, words=words, count=count, people=people)


def best_of(days: Sequence[DayView]) -> DayView | None:
    """The first day with enough people, else the one with the most who are in, or may be; the earlier of two."""
    enough = next((day for day in days if day.available >= day.need), None)
    hopeful = [day for day in days if day.available or day.maybe]
    return enough or max(hopeful, key=lambda day: (day.available, day.maybe, -day.ahead), default=None)


def my_days(today: date, count: int, said: dict[date, Status]) -> tuple[MyDay, ...]:
    """The coming days with the own answers."""
    return tuple(
        MyDay(day=day, label=named(day), ahead=ahead, status=said.get(day))
        for ahead in range(count)
        for day in (today + timedelta(days=ahead),)
    )
