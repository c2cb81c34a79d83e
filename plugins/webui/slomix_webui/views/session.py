"""The view model of an evening: the verdict first, then the maps, then the players."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slomix_stats.api import (
    MatchLine,
    PlayerLine,
    RoundDetail,
    SegmentLine,
    SessionDetail,
    SessionLine,
)
from slomix_webui import formats
from slomix_webui.stopwatch import Play, tell
from slomix_webui.views.tables import NIGHT, ROUND, Column, Row, rows

#: Who counts for the standouts: at least this share of the evening's longest playing time.
STANDOUT_TIME = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTable:
    """The players of one round."""

    detail: RoundDetail
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapBlock:
    """One play of a map, with the tables of its rounds."""

    play: Play
    tables: tuple[RoundTable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standout:
    """Who was best at something this evening. `value` is ready to print."""

    title: str
    player: PlayerLine
    value: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """One pair of teams of the evening and their score, most damage per minute first."""

    segment: SegmentLine
    a: int
    b: int
    team_a: tuple[PlayerLine, ...]
    team_b: tuple[PlayerLine, ...]
    maps: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """Everything the page of an evening shows. `duels` are the pairs of teams that scored."""

    session: SessionLine
    duels: tuple[Duel, ...]
    verdict: str
    footnote: str
    maps: tuple[MapBlock, ...]
    standouts: tuple[Standout, ...]
    rows: tuple[Row, ...]
    columns: tuple[Column, ...] = NIGHT
    round_columns: tuple[Column, ...] = ROUND


def session_view(detail: SessionDetail, rounds: Sequence[RoundDetail]) -> SessionView:
    """The evening as a page. Pure."""
    by_id = {each.round.round_id: each for each in rounds}
    duels = tuple(_duel(detail, segment) for segment in detail.segments if detail.scored(segment))
    return SessionView(
        session=detail.session,
        duels=duels,
        verdict=_verdict(duels, detail.matches),
        footnote=_footnote(duels, detail.matches),
        maps=tuple(_block(match, detail, by_id) for match in detail.matches),
        standouts=_standouts(detail.players),
        rows=rows(detail.players, detail.letters, NIGHT),
    )


def headline(view: SessionView) -> str:
    """The short form for titles and previews: `8:4 over 6 maps`."""
    maps = formats.plural(len(view.maps), "map")
    scores = formats.words([f"{duel.a}:{duel.b}" for duel in view.duels])
    return f"{scores} over {maps}" if scores else maps


def _duel(detail: SessionDetail, segment: SegmentLine) -> Duel:
    return Duel(
        segment=segment,
        a=segment.points_a,
        b=segment.points_b,
        team_a=tuple(player for player in detail.players if player.player_id in segment.team_a),
        team_b=tuple(player for player in detail.players if player.player_id in segment.team_b),
        maps=formats.plural(detail.scored(segment), "map"),
    )


def _block(match: MatchLine, detail: SessionDetail, rounds: dict[str, RoundDetail]) -> MapBlock:
    teams = next((segment for segment in detail.segments if segment.number == match.segment), None)
    letters = teams.letters if teams else {}
    tables = tuple(
        RoundTable(detail=rounds[line.round_id], rows=rows(rounds[line.round_id].players, letters, ROUND))
        for line in (match.r1, match.r2)
        if line is not None and line.round_id in rounds
    )
    return MapBlock(play=tell(match, match.attackers_r1), tables=tables)


def _verdict(duels: Sequence[Duel], matches: Sequence[MatchLine]) -> str:
    if not duels:
        running = any(match.status == "open" for match in matches)
        return "The first map is being played" if running else "No map was finished"
    return "; then ".join(_won(duel, "the night" if len(duels) == 1 else duel.maps) for duel in duels)


def _won(duel: Duel, what: str) -> str:
    names = duel.segment
    if duel.a == duel.b:
        return f"{names.name_a} and {names.name_b} share {what}, {duel.a} : {duel.b}"
    winner = names.name_a if duel.a > duel.b else names.name_b
    return f"{winner} take {what}, {max(duel.a, duel.b)} : {min(duel.a, duel.b)}"


def _footnote(duels: Sequence[Duel], matches: Sequence[MatchLine]) -> str:
    """What the score counts and what it leaves out, in a sentence; empty where there is no score."""
    if not duels:
        return ""
    scored = sum(match.points_a is not None for match in matches)
    mixed = sum(match.points_r1_attackers is not None and match.points_a is None for match in matches)
    unscored = sum(match.points_r1_attackers is None and match.status != "open" for match in matches)
    counted = f"{formats.plural(scored, 'map')} counted, 2 points each"
    extras = [
        text
        for text in (
            f"{formats.plural(unscored, 'map')} without a result" if unscored else "",
            f"{formats.plural(mixed, 'map')} with mixed teams" if mixed else "",
        )
        if text
    ]
    return f"{counted}; {formats.words(extras)} left out." if extras else f"{counted}."


def _standouts(players: Sequence[PlayerLine]) -> tuple[Standout, ...]:
    longest = max((player.time_played_s for player in players), default=0)
    regulars = [player for player in players if player.time_played_s >= STANDOUT_TIME * longest]
    picks: tuple[tuple[str, str, Callable[[PlayerLine], float | None], Callable[[float], str]], ...] = (
        ("Most damage", "per minute", lambda p: p.dpm, lambda v: formats.decimal(v, 0)),
        ("Most kills", "kills", lambda p: p.kills, lambda v: formats.count(int(v))),
        ("Sharpest", "% of bullets hit", lambda p: p.accuracy, formats.percent),
        ("Most revives", "revives", lambda p: p.revives_given, lambda v: formats.count(int(v))),
    )
    found = []
    for title, unit, value_of, show in picks:
        ranked = sorted(((value_of(p) or 0, p) for p in regulars), key=lambda pair: pair[0], reverse=True)
        if ranked and ranked[0][0] > 0:
            found.append(Standout(title=title, player=ranked[0][1], value=show(ranked[0][0]), unit=unit))
    return tuple(found)
