"""`/rounds/{id}`: one round, with everything that is known of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from slomix.nouns import Side
from slomix_stats.api import (
    MatchLine,
    RoundDetail,
    RoundDuel,
    RoundEndstats,
    RoundLine,
    SessionDetail,
    SessionLine,
    StatsReaderV1,
    StoredFinding,
    WeaponLine,
)
from slomix_webui import api, formats
from slomix_webui.pages.nights.matches import Arms, Line, arms_of, crumbs, letters_of, lines_of, missing, player_table
from slomix_webui.pages.nights.view import WHY_NOT, Chip, chips_of
from slomix_webui.stopwatch import Half, tell

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_webui.pages.nights.verdict import Text

#: Duels that are printed, those with the clearest result first.
MOST_DUELS = 12
_FLAGS = {
    "joined_r2": "joined in round 2",
    "reconnected": "reconnected before round 2: only what was played since",
    "negative_differential": "counters do not fit round 1: numbers of both rounds",
    "orphan_r2": "round 1 is missing: numbers of both rounds",
    "guid_missing": "no GUID",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTable:
    """One side of a round; None: nobody knows which. `attacked` is None where that is unknown."""

    side: Side | None
    attacked: bool | None
    lines: tuple[Line, ...]
    kills: int
    damage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is special about the numbers of a player."""

    player: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundView:
    """A round. `attackers` is what their team is called, `scale` how many seconds the strip is; `left_out` says why
    the round counts for nothing."""

    round: RoundLine
    session: SessionLine
    half: Half | None
    attackers: str
    scale: float
    other: RoundLine | None
    left_out: str
    sides: tuple[SideTable, ...]
    weapons: tuple[Arms, ...]
    endstats: RoundEndstats
    duels: tuple[RoundDuel, ...]
    notes: tuple[Note, ...]
    findings: tuple[StoredFinding, ...]
    chips: tuple[Chip, ...]


def round_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/rounds/{id}",
        name="round",
        title="Round",
        summary="One round: both sides, weapons, awards, duels",
        load=partial(load, ctx),
        template="webui/nights/round.html",
        model=RoundView,
        tables=tables,
        tabs="Round",
        wide=True,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown | api.Missing | api.Moved:
    """The round that the address names; an id that was superseded leads to the present one."""
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    wanted = str(asked.path["id"])
    found = await reader.round(wanted)
    if found is None:
        return missing(asked, asked.text("There is no such round"), wanted)
    line = found.round
    if line.round_id != wanted:
        return api.Moved(address=f"/rounds/{quote(line.round_id)}")
    night, weapons, endstats, findings = await asyncio.gather(
        reader.session(line.session_id),
        reader.weapons([line.round_id]),
        reader.endstats(line.round_id),
        reader.findings(line.session_id),
    )
    if night is None:
        return missing(asked, asked.text("There is no such round"), wanted)
    view = round_view(found, night, weapons, endstats, findings.findings, text=asked.text)
    when = f"{formats.day(line.ended_at)} {formats.hour(line.ended_at)}"
    result = view.half.verdict if view.half else ""
    return api.Shown(
        model=view,
        title=f"{line.map} R{line.number}, {when}",
        description=asked.text(
            "Round {number} of {map}: {result}. {players} players.",
            number=line.number,
            map=line.map,
            result=result,
            players=len(found.players),
        ),
        crumbs=(
            *crumbs(asked, night.session)[:2],
            api.Crumb(label=line.map, address=f"/matches/{quote(line.match_id)}"),
            api.Crumb(label=asked.text("Round {number}", number=line.number), address=""),
        ),
        subject=api.Subject(kind="round", id=line.round_id, label=f"{line.map} R{line.number}"),
        live=night.session.session_id,
    )


def round_view(
    found: RoundDetail,
    night: SessionDetail,
    weapons: Mapping[str, tuple[WeaponLine, ...]],
    endstats: RoundEndstats,
    findings: Sequence[StoredFinding],
    *,
    text: Text,
) -> RoundView:
    """The round as a page. Pure."""
    line = found.round
    match: MatchLine | None = next((each for each in night.matches if each.match_id == line.match_id), None)
    play = tell(match, match.attackers_r1) if match else None
    halves = {half.round_id: half for half in play.halves} if play else {}
    others = [each for each in (match.r1, match.r2) if each and each.round_id != line.round_id] if match else []
    letters = letters_of(night, match.segment if match else None)
    half = halves.get(line.round_id)
    clear = sorted(endstats.duels, key=lambda duel: (duel.deaths - duel.kills, duel.subject, duel.opponent))
    return RoundView(
        round=line,
        session=night.session,
        half=half,
        attackers=_team(night, match, half),
        scale=play.scale if play else 0.0,
        other=others[0] if others else None,
        left_out=text(WHY_NOT.get(line.invalid_reason, line.invalid_reason)) if line.invalid_reason else "",
        sides=_sides(found, lines_of(found.players, letters)),
        weapons=arms_of(found.players, weapons),
        endstats=endstats,
        duels=tuple(duel for duel in clear if duel.kills > duel.deaths)[:MOST_DUELS],
        notes=tuple(
            Note(player=player.name, text=text(_FLAGS.get(flag, flag.replace("_", " "))))
            for player in found.players
            for flag in player.flags
        ),
        findings=tuple(each for each in findings if each.round == line.round_id),
        chips=chips_of(night.matches),
    )


def _team(night: SessionDetail, match: MatchLine | None, half: Half | None) -> str:
    """What the attacking team was called; its side or letter where it had no name."""
    if half is None:
        return ""
    segment = next((each for each in night.segments if match is not None and each.number == match.segment), None)
    if segment is None or half.letter is None:
        return half.attackers
    return segment.name_a if half.letter == "A" else segment.name_b


def _sides(found: RoundDetail, lines: Sequence[Line]) -> tuple[SideTable, ...]:
    """Attackers first; who had no side comes last."""
    defender = found.round.defender
    order: list[Side | None] = ["allies", "axis", "spectator", None]
    if defender == "allies":
        order[:2] = ["axis", "allies"]
    tables = []
    for side in order:
        its = tuple(line for line in lines if line.player.side == side)
        if its:
            tables.append(
                SideTable(
                    side=side,
                    attacked=None if defender is None or side not in ("axis", "allies") else side != defender,
                    lines=its,
                    kills=sum(line.player.kills for line in its),
                    damage=sum(line.player.damage_given for line in its),
                )
            )
    return tuple(tables)


def tables(view: RoundView) -> Mapping[str, api.Table]:
    """Players, weapons and awards as CSV."""
    weapons = [
        (arms.player.name, arms.player.guid, w.weapon, w.kills, w.deaths, w.hits, w.shots, w.headshot_hits, w.accuracy)
        for arms in view.weapons
        for w in arms.weapons
    ]
    awards = [(each.award, each.player, each.value, each.text) for each in view.endstats.awards]
    duels = [(each.subject, each.opponent, each.kills, each.deaths) for each in view.endstats.duels]
    columns = ("player", "guid", "weapon", "kills", "deaths", "hits", "shots", "headshot_hits", "accuracy")
    return {
        "players": player_table([line for side in view.sides for line in side.lines]),
        "weapons": api.Table(columns=columns, rows=weapons),
        "awards": api.Table(columns=("award", "player", "value", "text"), rows=awards),
        "duels": api.Table(columns=("player", "opponent", "kills", "deaths"), rows=duels),
    }
