"""`/compare?players=a,b`: the numbers of up to eight players side by side, and who is better at what."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from slomix.web.api import BadRequest
from slomix_stats.api import BadScope, Band, Bands, MetricInfo, Number, PlayerNumbers, StatsInsightV1, Who
from slomix_webui import api
from slomix_webui.frame.scope import for_stats
from slomix_webui.pages.compare.choosing import Typed, address, ids_in, meant, offered

if TYPE_CHECKING:
    from slomix.context import PluginContext

MOST = 8
#: What decides who is better: rates, which say how well and not how much.
COUNTED = (
    "dpm", "kd", "accuracy", "headshot_accuracy", "damage_ratio", "useful_kill_rate", "alive_percent",
    "revives_per_round", "objective_actions", "xp_per_minute", "teamwork",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareQuery:
    """What the address may say beside the scope: ids or GUIDs with commas, and a name that is typed to add one."""

    players: Annotated[str, Meta(max_length=600)] = ""
    add: Annotated[str, Meta(max_length=64)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A player's value in a row; `best`: nobody else has a better one, nor the same."""

    number: Number
    best: bool
    band: Band | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRow:
    """One metric of all who are compared, in their order. `counted`: it decides who is better."""

    metric: MetricInfo
    counted: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One of them: how many of the counted rows they lead, and over how many rounds. `without` is the address without
    them."""

    who: Who
    rounds: int
    leads: int
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareView:
    """The comparison. `typed` is a name that may mean several players, or nobody; `names` are offered while typing."""

    players: tuple[Compared, ...]
    rows: tuple[CompareRow, ...]
    unknown: tuple[str, ...]
    typed: Typed | None
    names: tuple[str, ...]


def compare_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/compare",
        name="compare",
        title="Compare",
        summary="Players side by side",
        load=partial(load, ctx),
        template="webui/compare/compare.html",
        model=CompareView,
        scope=api.ScopeBar(parts=("period", "map", "side", "format")),
        params={
            "players": (str, "ids or GUIDs with commas between them, at most 8"),
            "add": (str, "a name: who is meant without doubt is added"),
        },
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown | api.Moved:
    """The players of the address; a name that means one player leads to the address with them."""
    wanted = asked.query(CompareQuery)
    ids = ids_in(wanted.players, MOST)
    typed: Typed | None = None
    if wanted.add.strip():
        typed, hit = await meant(ctx, "add", wanted.add.strip())
        if hit is not None:
            return api.Moved(address=with_players(asked.scope, (*ids, hit.player_id)), permanent=False)
    numbers, bands = await _numbers(ctx, asked, ids)
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    view = compare_view(ids, numbers, bands, insight.metrics(), asked.scope)
    names = ", ".join(each.who.name for each in view.players)
    return api.Shown(
        model=CompareView(
            players=view.players, rows=view.rows, unknown=view.unknown, typed=typed, names=await offered(ctx)
        ),
        title=asked.text("Compare {names}", names=names) if names else asked.text("Compare players"),
        description=asked.text("Players side by side: who is better at what, over any period, map, side and format."),
        live="*" if names else None,
    )


async def _numbers(
    ctx: PluginContext, asked: api.Asked, ids: Sequence[str]
) -> tuple[tuple[PlayerNumbers, ...], tuple[Bands | None, ...]]:
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    scope = for_stats(asked.scope)
    if not ids:
        return (), ()
    try:
        numbers = await insight.compare(ids, scope)
    except BadScope as error:
        raise BadRequest(str(error)) from None
    try:
        bands = await asyncio.gather(*(insight.bands(each.who.player_id, scope) for each in numbers))
    except BadScope:
        # too much to add up for everybody: the numbers stand without their bands
        return numbers, (None,) * len(numbers)
    return numbers, tuple(bands)


def with_players(scope: api.PageScope, ids: Sequence[str]) -> str:
    """The address of a comparison in a scope. Pure."""
    query = scope.query()
    bare = address("/compare", players=",".join(dict.fromkeys(ids)))
    return bare + (("&" if "?" in bare else "?") + query if query else "")


def compare_view(
    ids: Sequence[str],
    numbers: Sequence[PlayerNumbers],
    bands: Sequence[Bands | None],
    metrics: Sequence[MetricInfo],
    scope: api.PageScope,
) -> CompareView:
    """The comparison as a page. Pure."""
    people = list({each.who.player_id: each for each in numbers}.values())
    found = {each.who.player_id: each for each in bands if each is not None}
    rows = tuple(_row(metric, people, found) for metric in metrics) if people else ()
    present = [each.who.player_id for each in people]
    compared = tuple(
        Compared(
            who=each.who,
            rounds=each.rounds,
            leads=sum(row.counted and row.cells[place].best for row in rows),
            without=with_players(scope, [other for other in present if other != each.who.player_id]),
        )
        for place, each in enumerate(people)
    )
    known = {text for each in people for text in (each.who.player_id, each.who.guid)}
    unknown = tuple(each for each in ids if each not in known and each.upper() not in known)
    missing = unknown if len(unknown) + len(people) <= len(ids) else ()
    return CompareView(players=compared, rows=rows, unknown=missing, typed=None, names=())


def _row(metric: MetricInfo, people: Sequence[PlayerNumbers], bands: Mapping[str, Bands]) -> CompareRow:
    numbers = [next(n for n in each.numbers if n.metric == metric.name) for each in people]
    values = [number.value for number in numbers if number.value is not None]
    best = (max(values) if metric.higher_is_better else min(values)) if values else None
    leads = best is not None and values.count(best) == 1 and len(values) > 1
    cells = []
    for each, number in zip(people, numbers, strict=True):
        own = bands.get(each.who.player_id)
        band = next((band for band in own.bands if band.metric == metric.name), None) if own is not None else None
        cells.append(Cell(number=number, best=leads and number.value == best, band=band))
    return CompareRow(metric=metric, counted=metric.name in COUNTED, cells=tuple(cells))


def tables(view: CompareView) -> Mapping[str, api.Table]:
    """All numbers as CSV, a column for each player."""
    columns = ("metric", *(each.who.name for each in view.players))
    rows = [(row.metric.name, *(cell.number.value for cell in row.cells)) for row in view.rows]
    return {"compare": api.Table(columns=columns, rows=rows)}
