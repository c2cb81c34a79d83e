"""The scale: what a failed check costs a plugin."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar, get_args

import pytest

Tier = Literal["bronze", "silver", "gold"]
TIERS: tuple[Tier, ...] = get_args(Tier)

F = TypeVar("F", bound=Callable[..., Any])


def tier(name: Tier) -> Callable[[F], F]:
    """Mark a check as needed for this tier (and those above it)."""

    def mark(check: F) -> F:
        setattr(check, "slomix_tier", name)  # noqa: B010 - mypy knows no such attribute of a function
        # plugins' own projects may run pytest-asyncio in its strict mode
        return pytest.mark.asyncio(check) if inspect.iscoroutinefunction(check) else check

    return mark


def tier_of(check: Any) -> Tier:
    """The tier that a check belongs to."""
    found: Tier = getattr(check, "slomix_tier", "bronze")
    return found


def reached(results: Iterable[tuple[Tier, bool]]) -> Tier | None:
    """The highest tier whose checks, and all those below, passed; None where a bronze one failed."""
    failed = {name for name, passed in results if not passed}
    best: Tier | None = None
    for name in TIERS:
        if name in failed:
            return best
        best = name
    return best
