"""`/matches/{id}`: one play of a map, both rounds side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from slomix_stats.api import (
    Letter,
    MatchDetail,
    PlayerLine,
    RoundLine,
    SegmentLine,
    SessionDetail,
    SessionLine,
    StatsReaderV1,
    WeaponLine,
)
from slomix_webui import api, formats
from slomix_webui.pages.nights.view import Chip, Data, chips_of, data_of
from slomix_webui.stopwatch import Play, tell

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_webui.pages.nights.verdict import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A player in a table of a match or a round. `share` is their damage per minute in percent of the best."""

    player: PlayerLine
    letter: Letter | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfTable:
    """One round of a match with everybody in it."""

    round: RoundLine
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opponents:
    """Two players with the same place in their teams by damage per minute. Either may lack a counterpart."""

    place: int
    a: PlayerLine | None
    b: PlayerLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """A player's weapons, most kills first."""

    player: PlayerLine
    weapons: tuple[WeaponLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchView:
    """A match. `totals` and `weapons` are over the rounds of it that count; `chips` are all maps of its night."""

    session: SessionLine
    verdict: str
    play: Play
    name_a: str
    name_b: str
    halves: tuple[HalfTable, ...]
    totals: tuple[Line, ...]
    opponents: tuple[Opponents, ...]
    weapons: tuple[Arms, ...]
    data: Data
    chips: tuple[Chip, ...]


def match_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/matches/{id}",
        name="match",
        title="Match",
        summary="One play of a map: both rounds, players, weapons",
        load=partial(load, ctx),
        template="webui/nights/match.html",
        model=MatchView,
        tables=tables,
        tabs="Match",
        wide=True,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown | api.Missing | api.Moved:
    """The match that the address names; an id that was superseded leads to the present one."""
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    wanted = str(asked.path["id"])
    found = await reader.match(wanted)
    if found is None:
        return missing(asked, asked.text("There is no such match"), wanted)
    match = found.match
    if match.match_id != wanted:
        return api.Moved(address=f"/matches/{quote(match.match_id)}")
    counting = [line.round_id for line in (match.r1, match.r2) if line is not None and line.invalid_reason is None]
    night, weapons = await asyncio.gather(reader.session(match.session_id), reader.weapons(counting))
    if night is None:
        return missing(asked, asked.text("There is no such match"), wanted)
    view = match_view(found, night, weapons, asked.text)
    score = f" {view.play.a}:{view.play.b}" if view.play.a is not None else ""
    when = f"{formats.day(match.ended_at)} {formats.hour(match.ended_at)}"
    return api.Shown(
        model=view,
        title=f"{match.map}{score}, {when}",
        description=asked.text("{verdict}. {count} players.", verdict=view.verdict, count=len(view.totals)),
        crumbs=crumbs(asked, night.session, match.map),
        subject=api.Subject(kind="match", id=match.match_id, label=match.map),
        live=night.session.session_id,
    )


def missing(asked: api.Asked, heading: str, wanted: str) -> api.Missing:
    """There is no such match or round."""
    return api.Missing(
        heading=heading,
        detail=asked.text("Nothing is stored under {id}. The address may be mistyped.", id=repr(wanted[:64])),
        onward=api.Crumb(label=asked.text("All nights"), address="/sessions"),
    )


def crumbs(asked: api.Asked, session: SessionLine, *labels: str) -> tuple[api.Crumb, ...]:
    """The way from the nights to here."""
    night = api.Crumb(label=formats.day(session.started_at), address=f"/sessions/{quote(session.session_id)}")
    above = api.Crumb(label=asked.text("Nights"), address="/sessions")
    return (above, night, *(api.Crumb(label=label, address="") for label in labels))


def match_view(
    found: MatchDetail, night: SessionDetail, weapons: Mapping[str, tuple[WeaponLine, ...]], text: Text
) -> MatchView:
    """The match as a page. Pure."""
    match = found.match
    segment = next((each for each in night.segments if each.number == match.segment), None)
    letters = letters_of(night, match.segment)
    tables = ((match.r1, found.r1_players), (match.r2, found.r2_players))
    play = tell(match, match.attackers_r1)
    return MatchView(
        session=night.session,
        verdict=_verdict(play, segment, text),
        play=play,
        name_a=segment.name_a if segment else "A",
        name_b=segment.name_b if segment else "B",
        halves=tuple(
            HalfTable(round=line, lines=lines_of(players, letters)) for line, players in tables if line is not None
        ),
        totals=lines_of(found.totals, letters),
        opponents=opponents_of(found.totals, segment),
        weapons=arms_of(found.totals, weapons),
        data=data_of((match,), 0, (), text),
        chips=chips_of(night.matches),
    )


def letters_of(night: SessionDetail, segment: int | None) -> dict[str, Letter]:
    """The team of each player while a segment was played; without one, as of the whole night."""
    found = next((each for each in night.segments if each.number == segment), None)
    return night.letters if found is None else found.letters


def lines_of(players: Sequence[PlayerLine], letters: Mapping[str, Letter]) -> tuple[Line, ...]:
    """The players of a table, in the order given."""
    best = max((player.dpm for player in players), default=0)
    return tuple(
        Line(
            player=player,
            letter=letters.get(player.player_id),
            share=round(100 * player.dpm / best, 1) if best else 0,
        )
        for player in players
    )


def opponents_of(totals: Sequence[PlayerLine], segment: SegmentLine | None) -> tuple[Opponents, ...]:
    """Players of both teams place by place, most damage per minute first."""
    if segment is None:
        return ()
    a = [player for player in totals if player.player_id in segment.team_a]
    b = [player for player in totals if player.player_id in segment.team_b]
    return tuple(
        Opponents(place=at + 1, a=a[at] if at < len(a) else None, b=b[at] if at < len(b) else None)
        for at in range(max(len(a), len(b)))
    )


def arms_of(players: Sequence[PlayerLine], weapons: Mapping[str, tuple[WeaponLine, ...]]) -> tuple[Arms, ...]:
    """The weapons of these players."""
    return tuple(
        Arms(player=player, weapons=weapons[player.player_id]) for player in players if weapons.get(player.player_id)
    )


def _verdict(play: Play, segment: SegmentLine | None, text: Text) -> str:
    """Who took the map; why nobody did."""
    if segment is None or play.a is None or play.b is None:
        return play.result
    values = {"map": play.match.map, "a": play.a, "b": play.b, "name_a": segment.name_a, "name_b": segment.name_b}
    if play.winner is None:
        return text("{name_a} and {name_b} share {map}: both held", **values)
    name = segment.name_a if play.winner == "A" else segment.name_b
    return text(
        "{name} take {map}, {most} : {least}", name=name, most=max(play.a, play.b), least=min(play.a, play.b), **values
    )


def tables(view: MatchView) -> Mapping[str, api.Table]:
    """Totals and each round as CSV."""
    found = {"totals": player_table(view.totals)}
    for half in view.halves:
        found[f"round{half.round.number}"] = player_table(half.lines)
    return found


def player_table(lines: Sequence[Line]) -> api.Table:
    """Players with their numbers."""
    fields = (
        "rounds", "time_played_s", "kills", "deaths", "kd", "dpm", "damage_given", "damage_received", "accuracy",
        "headshot_accuracy", "gibs", "self_kills", "team_kills", "revives_given", "times_revived", "xp",
    )  # fmt: skip
    rows = [
        (
            each.player.name,
            each.player.guid,
            each.letter,
            each.player.side,
            *(getattr(each.player, name) for name in fields),
        )
        for each in lines
    ]
    return api.Table(columns=("player", "guid", "team", "side", *fields), rows=rows)
