"""The tab Rounds: every round with its table."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slomix_stats.api import PlayerLine, RoundDetail, RoundLine, SessionDetail, SessionLine, StatsReaderV1
from slomix_webui import api
from slomix_webui.pages.nights.matches import Line, letters_of, lines_of, player_table
from slomix_webui.pages.nights.view import WHY_NOT
from slomix_webui.stopwatch import Half, tell

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_webui.pages.nights.verdict import Text

#: Tables that are printed; further rounds stand in the list alone.
MOST_TABLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """A round: how it ended, who did most damage per minute, why it counts for nothing (empty: it counts)."""

    round: RoundLine
    half: Half | None
    best: PlayerLine | None
    left_out: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundsView:
    """The tab, in the order of play."""

    session: SessionLine
    rounds: tuple[RoundRow, ...]
    tables: int = MOST_TABLES


async def load(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """All rounds."""
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    night, rounds = await asyncio.gather(reader.session(asked.subject.id), reader.session_rounds(asked.subject.id))
    if night is None or not rounds:
        return api.Nothing(reason=asked.text("There is no round in this night any more."))
    view = rounds_view(night, rounds, asked.text)
    return api.Block(model=view, template="webui/nights/tab_rounds.html", tables=tables(view))


def rounds_view(night: SessionDetail, rounds: Sequence[RoundDetail], text: Text) -> RoundsView:
    """The tab. Pure."""
    matches = {match.match_id: match for match in night.matches}
    halves = {half.round_id: half for match in night.matches for half in tell(match, match.attackers_r1).halves}
    rows = []
    for each in rounds:
        match = matches.get(each.round.match_id)
        reason = each.round.invalid_reason
        rows.append(
            RoundRow(
                round=each.round,
                half=halves.get(each.round.round_id),
                best=each.players[0] if each.players else None,
                left_out=text(WHY_NOT.get(reason, reason)) if reason else "",
                lines=lines_of(each.players, letters_of(night, match.segment if match else None)),
            )
        )
    return RoundsView(session=night.session, rounds=tuple(rows))


def tables(view: RoundsView) -> Mapping[str, api.Table]:
    """Every player of every round as CSV."""
    plain = player_table([line for row in view.rounds for line in row.lines])
    keys = [(row.round.map, row.round.number, row.round.round_id) for row in view.rounds for _ in row.lines]
    rows = [(*key, *cells) for key, cells in zip(keys, plain.rows, strict=True)]
    return {"rounds": api.Table(columns=("map", "round", "round_id", *plain.columns), rows=rows)}
