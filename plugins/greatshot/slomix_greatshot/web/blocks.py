"""What greatshot adds to pages of others: tabs on players, rounds and matches, a block on nights and home."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from slomix_greatshot.web.views import MomentsView
from slomix_webui.api import Block, BlockAsked, Nothing, Tab, Widget

if TYPE_CHECKING:
    from slomix_greatshot.parts import Parts

TEMPLATE = "greatshot/moments.html"
_ON_NIGHT, _ON_HOME = 5, 3
_ROUNDS_OF_MATCH = "select id from slomix.round where match_id = $1 order by number"


def tabs(parts: Parts) -> Iterable[Tab]:
    """One on each page about somebody or something that demos show."""

    async def player(asked: BlockAsked) -> Block | Nothing:
        lines = await parts.shelves.player(asked.subject.id)
        if not lines:
            return _none(asked)
        return Block(model=MomentsView(lines=lines), template=TEMPLATE)

    async def one_round(asked: BlockAsked) -> Block | Nothing:
        return await _of(asked, [asked.subject.id])

    async def match(asked: BlockAsked) -> Block | Nothing:
        rows = await parts.ctx.db.fetch(_ROUNDS_OF_MATCH, asked.subject.id)
        return await _of(asked, [row["id"] for row in rows])

    async def _of(asked: BlockAsked, round_ids: Sequence[str]) -> Block | Nothing:
        demos = await parts.shelves.demos_of(round_ids)
        if not demos:
            return _none(asked)
        lines = await parts.shelves.highlights_of(round_ids, limit=50)
        return Block(model=MomentsView(lines=lines, demos=demos), template=TEMPLATE)

    yield Tab(page="player", key="highlights", title="Highlights", load=player, order=75)
    yield Tab(page="round", key="demos", title="Demos and highlights", load=one_round, order=60)
    yield Tab(page="match", key="demos", title="Demos and highlights", load=match, order=60)


def widgets(parts: Parts) -> Iterable[Widget]:
    """The best moments of a night, and of all on home; nothing where there are none."""

    async def night(asked: BlockAsked) -> Block | None:
        lines = await parts.shelves.night(asked.subject.id, limit=_ON_NIGHT)
        return Block(model=MomentsView(lines=lines), template=TEMPLATE) if lines else None

    async def home(asked: BlockAsked) -> Block | None:
        lines = await parts.shelves.top(limit=_ON_HOME)
        return Block(model=MomentsView(lines=lines), template=TEMPLATE) if lines else None

    listens = ("greatshot.DemoScanned",)
    yield Widget(key="night", title="Best moments", slots=frozenset({"session"}), load=night, order=60, listens=listens)
    yield Widget(key="best", title="Top shots", slots=frozenset({"home"}), load=home, order=70, listens=listens)


def _none(asked: BlockAsked) -> Nothing:
    return Nothing(
        reason=asked.text("No demo shows this yet."),
        next_step=asked.text("Whoever recorded one can send it at /greatshot/."),
    )
