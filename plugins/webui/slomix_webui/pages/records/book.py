"""`/records`: the best of one round or one match, of all maps or of one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from slomix.web.api import BadRequest
from slomix_stats.api import BadScope, RecordBook, StatsInsightV1
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext

PLACES = 5


def book_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/records",
        name="records",
        title="Record book",
        summary="Records of one round or match",
        load=partial(load, ctx),
        template="webui/records/book.html",
        model=RecordBook,
        scope=api.ScopeBar(parts=("map",)),
        params={"map": (str, "records of this map only")},
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The records of a map, or of all of them."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    try:
        book = await insight.records(map=asked.scope.map, limit=PLACES)
    except BadScope as error:
        raise BadRequest(str(error)) from None
    text = asked.text
    return api.Shown(
        model=book,
        title=text("Record book of {map}", map=book.map) if book.map else text("Record book"),
        description=text("The best rounds and matches that were ever played here, and who played them."),
        live="*",
    )


def tables(book: RecordBook) -> Mapping[str, api.Table]:
    """All places of all records as CSV."""
    columns = ("record", "over", "rank", "player", "guid", "value", "map", "at", "match", "round")
    rows = [
        (
            record.metric.name,
            record.over,
            row.rank,
            row.who.name,
            row.who.guid,
            row.value,
            row.map,
            row.at.isoformat(),
            row.match_id,
            row.round_id,
        )
        for record in book.records
        for row in record.rows
    ]
    return {"records": api.Table(columns=columns, rows=rows)}
