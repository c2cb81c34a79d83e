"""The history of a player: nights with their level, or round by round; page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from slomix_stats.api import PlayerRound, StatsPlayersV1
from slomix_webui import api
from slomix_webui.pages.players.details import nothing_played
from slomix_webui.pages.players.view import Night, night

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Nights of a page, and fewer where every round of them is told.
NIGHTS = 20
NIGHTS_OF_ROUNDS = 5

Shape = Literal["nights", "rounds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    """What the address may say."""

    shape: Shape = "nights"
    before: Annotated[str, Meta(max_length=64)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """A page of the history. `usual` is the DPM of all time; `next` the cursor of the following page."""

    player_id: str
    shape: Shape
    usual: float
    nights: tuple[Night, ...]
    rounds: tuple[PlayerRound, ...]
    first: bool
    next: str | None


async def load(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """Nights, newest first."""
    wanted = asked.query(HistoryQuery)
    players: StatsPlayersV1 = ctx.services.get(StatsPlayersV1)  # type: ignore[type-abstract]
    player = asked.subject.id
    limit = NIGHTS if wanted.shape == "nights" else NIGHTS_OF_ROUNDS
    page = await players.sessions(player, limit=limit, before=wanted.before or None)
    portrait = await players.portrait(player)
    if page is None or portrait is None or not page.sessions:
        return nothing_played(asked)
    usual = portrait.profile.lifetime.dpm
    ids = [each.session.session_id for each in page.sessions]
    view = HistoryView(
        player_id=player,
        shape=wanted.shape,
        usual=usual,
        nights=tuple(night(each, usual) for each in page.sessions),
        rounds=await players.rounds(player, ids) if wanted.shape == "rounds" else (),
        first=not wanted.before,
        next=page.next,
    )
    return api.Block(model=view, template="webui/players/history.html", tables={wanted.shape: table(view)})


def table(view: HistoryView) -> api.Table:
    """The page as CSV. Pure."""
    if view.shape == "rounds":
        columns = ("round", "ended_at", "map", "number", "counts", "dpm", "kills", "deaths", "damage_given")
        return api.Table(
            columns=columns,
            rows=[
                (
                    each.round.round_id,
                    each.round.ended_at.isoformat(),
                    each.round.map,
                    each.round.number,
                    each.round.invalid_reason is None,
                    each.line.dpm,
                    each.line.kills,
                    each.line.deaths,
                    each.line.damage_given,
                )
                for each in view.rounds
            ],
        )
    return api.Table(
        columns=("session", "started_at", "rounds", "dpm", "kd", "kills", "deaths", "against_own_percent"),
        rows=[
            (
                each.session.session_id,
                each.session.started_at.isoformat(),
                each.line.rounds,
                each.line.dpm,
                each.line.kd,
                each.line.kills,
                each.line.deaths,
                each.against,
            )
            for each in view.nights
        ],
    )
