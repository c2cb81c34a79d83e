"""What stands below a night by the hook of widgets: personal bests, and the vote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from slomix_stats.api import MetricInfo, PersonalBest, StatsInsightV1, StatsVotesV1, VoteResults
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Bests that are printed.
MOST_BESTS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class BestLine:
    """A best that fell, and what its number is."""

    best: PersonalBest
    metric: MetricInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class BestsView:
    """Bests of a single round that fell in the night, the largest gain first."""

    lines: tuple[BestLine, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteView:
    """Where the vote for the most valuable player stands, most votes first."""

    results: VoteResults
    votes: int


def widgets(ctx: PluginContext) -> Iterable[api.Widget]:
    """Their records. Bests look at whole lifetimes, so the page does not wait for them."""
    yield api.Widget(
        key="vote",
        title="Vote: most valuable player",
        slots=frozenset(("session",)),
        load=partial(vote, ctx),
        order=10,
    )
    yield api.Widget(
        key="bests",
        title="Personal bests",
        slots=frozenset(("session",)),
        load=partial(bests, ctx),
        order=20,
        timeout_s=5.0,
        lazy=True,
    )


async def bests(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """What fell."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    found = await insight.personal_bests(asked.subject.id)
    if not found:
        return api.Nothing(reason=asked.text("Nobody beat a best of their own in a single round this night."))
    lines = tuple(BestLine(best=best, metric=insight.metric(best.metric)) for best in found[:MOST_BESTS])
    view = BestsView(lines=lines, more=len(found) - len(lines))
    return api.Block(model=view, template="webui/nights/bests.html", tables=_bests_table(found))


def _bests_table(found: Iterable[PersonalBest]) -> Mapping[str, api.Table]:
    rows = [(each.who.name, each.who.guid, each.metric, each.value, each.before, each.map) for each in found]
    return {"bests": api.Table(columns=("player", "guid", "metric", "value", "before", "map"), rows=rows)}


async def vote(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing | None:
    """Where the vote stands; nothing at all of a night that nobody voted on in time."""
    votes: StatsVotesV1 = ctx.services.get(StatsVotesV1)  # type: ignore[type-abstract]
    found = await votes.results(asked.subject.id)
    if found is None or not found.candidates:
        return None
    return api.Block(model=VoteView(results=found, votes=found.votes), template="webui/nights/vote.html")
