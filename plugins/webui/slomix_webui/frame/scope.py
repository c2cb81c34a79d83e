"""The scope bar: which rounds a page is over, read from the address and shown as a form that works without script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from msgspec import Meta

from slomix.web.api import query
from slomix_stats.api import Scope, ScopeChoices, ScopeSide, StatsInsightV1
from slomix_webui import formats
from slomix_webui.api import Choice, PageScope, ScopeBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from slomix.context import Services

_Text = Annotated[str, Meta(max_length=64)]
#: Maps to choose from: the most played; others are reached from their own pages.
MOST_MAPS = 40
FORMATS = ("1v1", "2v2", "3v3", "4v4", "5v5", "6v6")
ROUNDS = (5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    period: _Text = ""
    map: _Text = ""
    side: _Text = ""
    format: _Text = ""
    min_rounds: _Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """One part of the bar: the select's name and label, what is chosen, and what can be."""

    name: str
    label: str
    chosen: str
    choices: tuple[Choice, ...]


def scope_of(request: Request, bar: ScopeBar) -> PageScope:
    """The scope in the address. An empty field is one that was not given; parts that the page lacks are ignored."""
    given = query(request, _Given)
    values = {part: getattr(given, part) or None for part in bar.parts}
    rounds = values.get("min_rounds")
    return PageScope(
        period=values.get("period") or bar.period,
        map=values.get("map"),
        side=values.get("side"),
        format=values.get("format"),
        min_rounds=int(rounds) if rounds and rounds.isascii() and rounds.isdigit() else None,
    )


async def choosing(
    services: Services, bar: ScopeBar, scope: PageScope, text: Callable[..., str]
) -> tuple[Choosing, ...]:
    """The parts of a page's bar. A value that is none of the usual ones (another map, a week) can be kept."""
    played = ScopeChoices(seasons=(), maps=())
    if {"period", "map"} & set(bar.parts):
        insight: StatsInsightV1 = services.get(StatsInsightV1)  # type: ignore[type-abstract]
        played = await insight.scope_choices()
    made = []
    for part in bar.parts:
        label, choices = _PARTS[part](played, text)
        chosen = str(getattr(scope, part) or "")
        if chosen and all(choice.value != chosen for choice in choices):
            label_of = text("{rounds} or more", rounds=chosen) if part == "min_rounds" else chosen
            choices = (*choices, Choice(value=chosen, label=label_of))
        made.append(Choosing(name=part, label=label, chosen=chosen, choices=choices))
    return tuple(made)


def in_words(bar: tuple[Choosing, ...]) -> str:
    """What the bar says: `Last 30 days, supply`; the parts that leave nothing out are not told."""
    told = [(each, choice) for each in bar for choice in each.choices if choice.value == each.chosen]
    return ", ".join(choice.label for each, choice in told if choice.value or each.name == "period")


def _periods(played: ScopeChoices, text: Callable[..., str]) -> tuple[str, tuple[Choice, ...]]:
    days = [Choice(value=f"{days}d", label=text("Last {days} days", days=days)) for days in (7, 30, 90)]
    seasons = [Choice(value=season.season_id, label=formats.season(season.name)) for season in played.seasons]
    everything = Choice(value="all", label=text("All time"))
    return text("Period"), (everything, *days, Choice(value="season", label=text("This season")), *seasons)


def _maps(played: ScopeChoices, text: Callable[..., str]) -> tuple[str, tuple[Choice, ...]]:
    maps = [Choice(value=each, label=each) for each in played.maps[:MOST_MAPS]]
    return text("Map"), (Choice(value="", label=text("All maps")), *maps)


def _sides(played: ScopeChoices, text: Callable[..., str]) -> tuple[str, tuple[Choice, ...]]:
    return text("Side"), (
        Choice(value="", label=text("Both sides")),
        Choice(value="attack", label=text("Attack")),
        Choice(value="defence", label=text("Defence")),
        Choice(value="axis", label=text("Axis")),
        Choice(value="allies", label=text("Allies")),
    )


def _formats(played: ScopeChoices, text: Callable[..., str]) -> tuple[str, tuple[Choice, ...]]:
    usual = tuple(Choice(value=each, label=each) for each in FORMATS)
    return text("Format"), (Choice(value="", label=text("All formats")), *usual)


def _rounds(played: ScopeChoices, text: Callable[..., str]) -> tuple[str, tuple[Choice, ...]]:
    least = tuple(Choice(value=str(each), label=text("{rounds} or more", rounds=each)) for each in ROUNDS)
    return text("Rounds"), (Choice(value="", label=text("Enough for the number")), *least)


_PARTS = {"period": _periods, "map": _maps, "side": _sides, "format": _formats, "min_rounds": _rounds}


def for_stats(scope: PageScope) -> Scope:
    """The scope of a page as the readers of stats take it; they refuse what they do not know."""
    return Scope(
        period=scope.period,
        map=scope.map,
        side=cast("ScopeSide | None", scope.side),
        format=scope.format,
        min_rounds=scope.min_rounds,
    )
