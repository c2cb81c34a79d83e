"""`/leaderboards`: the best by one metric, over any scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from slomix.web.api import BadRequest
from slomix_stats.api import BadScope, Board, MetricInfo, StatsInsightV1
from slomix_webui import api
from slomix_webui.frame.scope import for_stats
from slomix_webui.pages.columns import ExtraColumn, extra_columns

if TYPE_CHECKING:
    from slomix.context import PluginContext

PLACES = 50
#: What people ask for most; all others are one menu away.
USUAL = ("dpm", "kd", "kills", "accuracy", "headshot_accuracy", "revives", "gibs", "objective_actions", "xp_per_minute")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """What the address may say beside the scope."""

    metric: Annotated[str, Meta(max_length=40)] = "dpm"
    cursor: Annotated[str, Meta(max_length=200)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """One leaderboard. `usual` and `others` are the metrics to choose from, `first`: the page begins with the first
    place, `most` is the largest value on it."""

    board: Board
    usual: tuple[MetricInfo, ...]
    others: tuple[MetricInfo, ...]
    extra: tuple[ExtraColumn, ...]
    first: bool
    most: float


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
        board = await insight.board(wanted.metric, for_stats(asked.scope), limit=PLACES, cursor=wanted.cursor)
    except BadScope as error:
        raise BadRequest(str(error)) from None
    extra = await extra_columns(ctx, asked, "leaderboard", [row.who.player_id for row in board.rows])
    return api.Shown(
        model=board_view(board, insight.metrics(), extra, first=wanted.cursor is None),
        title=asked.text("Leaderboard: {metric}", metric=asked.text(board.metric.title)),
        description=asked.text(board.metric.description),
        live="*",
    )


def board_view(
    board: Board, metrics: tuple[MetricInfo, ...], extra: tuple[ExtraColumn, ...], *, first: bool
) -> BoardView:
    """The board as a page. Pure."""
    ranked = {metric.name: metric for metric in metrics if metric.ranked}
    return BoardView(
        board=board,
        usual=tuple(ranked[name] for name in USUAL if name in ranked),
        others=tuple(metric for name, metric in ranked.items() if name not in USUAL),
        extra=extra,
        first=first,
        most=max((abs(row.value) for row in board.rows), default=0.0),
    )


def tables(view: BoardView) -> Mapping[str, api.Table]:
    """The places as CSV."""
    columns = ("rank", "player", "guid", view.board.metric.name, "rounds", *(each.label for each in view.extra))
    rows = [
        (
            row.rank,
            row.who.name,
            row.who.guid,
            row.value,
            row.rounds,
            *(each.cells.get(row.who.player_id) for each in view.extra),
        )
        for row in view.board.rows
    ]
    return {"places": api.Table(columns=columns, rows=rows)}
