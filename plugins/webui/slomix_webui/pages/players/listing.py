"""`/players`: everybody who plays here, seen last first, and the search by name or GUID."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from slomix_stats.api import Form, FormLine, PlayerList, PlayerRow, PlayerSort, StatsInsightV1, StatsPlayersV1
from slomix_webui import api
from slomix_webui.pages.columns import ExtraColumn, extra_columns

if TYPE_CHECKING:
    from slomix.context import PluginContext

PER_PAGE = 40
#: A page so far behind is one that nobody meant.
_MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayersQuery:
    """What the address may say."""

    q: Annotated[str, Meta(max_length=64)] = ""
    sort: PlayerSort = "seen"
    page: Annotated[int, Meta(ge=1, le=_MOST_PAGES)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPlayer:
    """A player of the list. `form` is None for who did not play lately, or has too few nights to compare."""

    player: PlayerRow
    form: FormLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayersView:
    """A page of the list. `q` is what was looked for, `pages` how many pages there are."""

    q: str
    sort: PlayerSort
    page: int
    pages: int
    players: int
    rows: tuple[ListedPlayer, ...]
    recent: int
    extra: tuple[ExtraColumn, ...]


def players_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/players",
        name="players",
        title="Players",
        summary="Everybody who plays here, by name, GUID or the last time they were seen",
        load=partial(load, ctx),
        template="webui/players/players.html",
        model=PlayersView,
        params={
            "q": (str, "the beginning of a name or of a GUID, or a part of a name"),
            "sort": (str, "seen, name, rounds, time, dpm or kd"),
            "page": (int, "from 1"),
        },
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The part of the list that the address names."""
    players: StatsPlayersV1 = ctx.services.get(StatsPlayersV1)  # type: ignore[type-abstract]
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    wanted = asked.query(PlayersQuery)
    q = wanted.q.strip()
    found = await players.listed(q, sort=wanted.sort, limit=PER_PAGE, offset=(wanted.page - 1) * PER_PAGE)
    form = await insight.form()
    extra = await extra_columns(ctx, asked, "players", [row.who.player_id for row in found.rows])
    return api.Shown(
        model=players_view(q, wanted.page, found, form, extra),
        title=asked.text("Players called {name}", name=q) if q else asked.text("Players"),
        description=asked.text("Everybody who plays here, with their form of the last nights."),
        live="*",
    )


def players_view(
    q: str,
    page: int,
    found: PlayerList,
    form: Form,
    extra: tuple[ExtraColumn, ...] = (),
) -> PlayersView:
    """The list as a page. Pure."""
    by_player = {line.who.player_id: line for line in form.rows}
    return PlayersView(
        q=q,
        sort=found.sort,
        page=page,
        pages=max(1, -(-found.players // PER_PAGE)),
        players=found.players,
        rows=tuple(ListedPlayer(player=row, form=by_player.get(row.who.player_id)) for row in found.rows),
        recent=form.recent,
        extra=extra,
    )


def tables(view: PlayersView) -> Mapping[str, api.Table]:
    """The list as CSV."""
    columns = ("player", "guid", "rounds", "time_played_s", "dpm", "kd", "form_percent", "last_seen")
    rows = [
        (
            each.player.who.name,
            each.player.who.guid,
            each.player.rounds,
            each.player.time_played_s,
            each.player.dpm,
            each.player.kd,
            None if each.form is None else each.form.delta_percent,
            each.player.last_seen.isoformat(),
            *(column.cells.get(each.player.who.player_id) for column in view.extra),
        )
        for each in view.rows
    ]
    return {"players": api.Table(columns=(*columns, *(each.label for each in view.extra)), rows=rows)}
