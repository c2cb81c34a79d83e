"""`/sessions/{id}`: one night."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

from msgspec import Meta

from slomix.web.api import BadRequest
from slomix_stats.api import BadScope, StatsInsightV1, StatsReaderV1
from slomix_webui import api, formats
from slomix_webui.pages.columns import extra_columns
from slomix_webui.pages.nights.verdict import headline
from slomix_webui.pages.nights.view import HEAT, SORTS, NightView, Read, night_view

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: The table that other plugins may add columns to.
TABLE = "session.players"


@dataclass(frozen=True, slots=True, kw_only=True)
class NightQuery:
    """What the address may say: the metric of the matrix, and what players are sorted by."""

    metric: Annotated[str, Meta(max_length=40)] = "dpm"
    sort: Annotated[str, Meta(max_length=40)] = "dpm"
    order: Literal["asc", "desc"] = "desc"


def night_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/sessions/{id}",
        name="session",
        title="Night",
        summary="One session: verdict, maps, players, form, awards",
        load=partial(load, ctx),
        template="webui/nights/night.html",
        model=NightView,
        params={
            "metric": (str, "metric of the matrix of players and maps; dpm without it"),
            "sort": (str, f"what players are sorted by: {', '.join(SORTS)}"),
            "order": (str, "desc (the highest first) or asc"),
        },
        tables=tables,
        tabs="Summary",
        wide=True,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown | api.Missing | api.Moved:
    """The night that the address names; an id that was superseded leads to the present one."""
    wanted, choice = str(asked.path["id"]), asked.query(NightQuery)
    if choice.sort not in SORTS:
        raise BadRequest(f"Players can not be sorted by {choice.sort!r}. There are: {', '.join(SORTS)}.")
    read = await _read(ctx, wanted, choice.metric)
    if read is None:
        return missing_night(asked, wanted)
    session = read.detail.session
    if session.session_id != wanted:
        return api.Moved(address=moved(asked, f"/sessions/{quote(session.session_id)}"))
    running = ctx.clock.now() - session.ended_at < timedelta(minutes=ctx.core.sessions.gap_minutes)
    view = night_view(read, asked.text, running=running, sort=choice.sort, ascending=choice.order == "asc")
    extra = await extra_columns(ctx, asked, TABLE, [row.player.player_id for row in view.players])
    day = formats.day(session.started_at)
    return api.Shown(
        model=replace(view, columns=extra),
        title=asked.text("Night of {day}, {result}", day=day, result=headline(view.duels, len(view.plays), asked.text)),
        description=describe(view, asked),
        crumbs=(api.Crumb(label=asked.text("Nights"), address="/sessions"), api.Crumb(label=day, address="")),
        subject=api.Subject(kind="session", id=session.session_id, label=day),
        live=session.session_id,
    )


async def _read(ctx: PluginContext, wanted: str, metric: str) -> Read | None:
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    try:
        detail, summary, grid, findings, around = await asyncio.gather(
            reader.session(wanted),
            insight.session_summary(wanted),
            insight.session_grid(metric, wanted),
            reader.findings(wanted),
            reader.sessions_around(wanted),
        )
    except BadScope as error:
        raise BadRequest(str(error)) from None
    if detail is None:
        return None
    return Read(
        detail=detail,
        summary=summary,
        grid=grid,
        choices=tuple(insight.metric(name) for name in HEAT),
        findings=findings.findings,
        around=around,
    )


def describe(view: NightView, asked: api.Asked) -> str:
    """One sentence or two for previews."""
    session = view.session
    played = asked.text("{players} players; {maps}", players=session.players, maps=formats.maps(session.maps))
    return f"{view.verdict}. {played}"


def missing_night(asked: api.Asked, wanted: str) -> api.Missing:
    """There is no such night."""
    return api.Missing(
        heading=asked.text("There is no such night"),
        detail=asked.text("Nothing is stored under {id}. The address may be mistyped.", id=repr(wanted[:64])),
        onward=api.Crumb(label=asked.text("All nights"), address="/sessions"),
    )


def moved(asked: api.Asked, path: str) -> str:
    """The same question at another path."""
    query = asked.request.url.query
    return f"{path}?{query}" if query else path


def tables(view: NightView) -> Mapping[str, api.Table]:
    """Players, maps and the matrix as CSV."""
    fields = ("rounds", *(name for name in SORTS if name != "rounds"))
    change = {row.form.who.player_id: row.form.delta_percent for row in view.form}
    players = [
        (
            row.player.name,
            row.player.guid,
            row.letter,
            *(getattr(row.player, name) for name in fields),
            change.get(row.player.player_id),
        )
        for row in view.players
    ]
    maps = [
        (
            play.match.map,
            play.match.match_id,
            play.a,
            play.b,
            *(half.seconds if half else None for half in (play.match.r1, play.match.r2)),
            play.result,
        )
        for play in view.plays
    ]
    found = {
        "players": api.Table(columns=("player", "guid", "team", *fields, "form_percent"), rows=players),
        "maps": api.Table(columns=("map", "match", "a", "b", "r1_seconds", "r2_seconds", "result"), rows=maps),
    }
    if view.heat is not None:
        head = ("player", "guid", "night", "attack", "defence", *(play.match.map for play in view.plays))
        rows = [(r.who.name, r.who.guid, r.whole, r.attack, r.defence, *r.values) for r in view.heat.rows]
        found[view.heat.metric.name] = api.Table(columns=head, rows=rows)
    return found
