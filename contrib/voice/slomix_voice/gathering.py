"""When an evening begins and ends, by how many people are there. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Change = Literal["begins", "goes on", "ends", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """From how many people on an evening is one, and when it is over."""

    start: int
    end: int
    delay: timedelta
    suggest_at: Collection[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """An evening that is on. `few_since`: since when fewer than `Rules.end` are there."""

    most: int
    few_since: datetime | None = None
    suggested: tuple[int, ...] = ()


def step(on: Gathering | None, people: int, now: datetime, rules: Rules) -> tuple[Change, Gathering | None]:
    """What becomes of the evening when so many people are there now."""
    if on is None:
        return ("begins", Gathering(most=people)) if people >= rules.start else ("nothing", None)
    few_since = None if people >= rules.end else on.few_since or now
    if few_since is not None and now - few_since >= rules.delay:
        return "ends", on
    return "goes on", Gathering(most=max(on.most, people), few_since=few_since, suggested=on.suggested)


def suggestion_due(on: Gathering, people: int, rules: Rules) -> bool:
    """Whether teams of this size were not proposed yet this evening."""
    return people in rules.suggest_at and people not in on.suggested
