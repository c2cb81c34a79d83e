"""`/leaderboards`: the best by one metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from slomix.web.api import BadRequest
from slomix_stats.api import BadScope, Board, MetricInfo, Scope, StatsInsightV1
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_webui.api import PageScope

PLACES = 50
_Text = Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """What the address may say beside the scope."""

    metric: Annotated[str, Meta(max_length=40)] = "dpm"
    cursor: _Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """One leaderboard, and the metrics that there are."""

    board: Board
    metrics: tuple[MetricInfo, ...]
    first: bool


def scope_of(scope: PageScope) -> Scope:
    """The scope of a page as the readers of stats take it."""
    return Scope(
        period=scope.period,
        map=scope.map,
        side=scope.side,  # type: ignore[arg-type]  # an unknown one is refused where it is looked at
        format=scope.format,
        min_rounds=scope.min_rounds,
    )


def board_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/leaderboards",
        name="leaderboard",
        title="Leaderboards",
        summary="A leaderboard over any scope",
        load=partial(load, ctx),
        template="webui/boards/board.html",
        model=BoardView,
        scope=api.ScopeBar(parts=("period", "map", "side", "format", "min_rounds")),
        params={"metric": (str, "name of a metric, as dpm"), "cursor": (str, "`board.next` of the page before")},
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The board that the address names; a metric or scope that there is not is a sentence."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    wanted = asked.query(BoardQuery)
    try:
        board = await insight.board(wanted.metric, scope_of(asked.scope), limit=PLACES, cursor=wanted.cursor)
    except BadScope as error:
        raise BadRequest(str(error)) from None
    metrics = tuple(metric for metric in insight.metrics() if metric.ranked)
    return api.Shown(
        model=BoardView(board=board, metrics=metrics, first=wanted.cursor is None),
        title=asked.text("Leaderboard, {metric}", metric=board.metric.title),
        description=board.metric.description,
        live="*",
    )


def tables(view: BoardView) -> Mapping[str, api.Table]:
    """The places as CSV."""
    rows = [(row.rank, row.who.name, row.who.guid, row.value, row.rounds) for row in view.board.rows]
    return {"places": api.Table(columns=("rank", "player", "guid", view.board.metric.name, "rounds"), rows=rows)}
