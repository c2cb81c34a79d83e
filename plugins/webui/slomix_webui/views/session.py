"""The view model of an evening: the verdict first, then the maps, then the players."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slomix_stats.api import (
    EveningScore,
    LineUps,
    MatchLine,
    PlayerLine,
    RoundDetail,
    SessionDetail,
    SessionLine,
    evening_score,
    find_lineups,
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
class SessionView:
    """Everything the page of an evening shows."""

    session: SessionLine
    score: EveningScore | None
    verdict: str
    footnote: str
    team_a: tuple[PlayerLine, ...]
    team_b: tuple[PlayerLine, ...]
    maps: tuple[MapBlock, ...]
    standouts: tuple[Standout, ...]
    rows: tuple[Row, ...]
    columns: tuple[Column, ...] = NIGHT
    round_columns: tuple[Column, ...] = ROUND


def session_view(detail: SessionDetail, rounds: Sequence[RoundDetail]) -> SessionView:
    """The evening as a page. Pure."""
    by_id = {each.round.round_id: each for each in rounds}
    lineups = find_lineups(detail.matches, by_id)
    score = evening_score(detail.matches, lineups)
    members = [(player, lineups.letters.get(player.player_id)) for player in detail.players]
    return SessionView(
        session=detail.session,
        score=score,
        verdict=_verdict(score, detail.matches),
        footnote=_footnote(score, detail.matches),
        team_a=tuple(player for player, letter in members if letter == "A"),
        team_b=tuple(player for player, letter in members if letter == "B"),
        maps=tuple(_block(match, lineups, by_id) for match in detail.matches),
        standouts=_standouts(detail.players),
        rows=rows(detail.players, lineups.letters, NIGHT),
    )


def headline(view: SessionView) -> str:
    """The short form for titles and previews: `8:4 over 6 maps`."""
    maps = formats.plural(len(view.maps), "map")
    return f"{view.score.a}:{view.score.b} over {maps}" if view.score else maps


def _block(match: MatchLine, lineups: LineUps, rounds: dict[str, RoundDetail]) -> MapBlock:
    tables = tuple(
        RoundTable(detail=rounds[line.round_id], rows=rows(rounds[line.round_id].players, lineups.letters, ROUND))
        for line in (match.r1, match.r2)
        if line is not None and line.round_id in rounds
    )
    return MapBlock(play=tell(match, lineups.attackers.get(match.match_id)), tables=tables)


def _verdict(score: EveningScore | None, matches: Sequence[MatchLine]) -> str:
    if score is None:
        running = any(match.status == "open" for match in matches)
        return "The first map is being played" if running else "No map was finished"
    if score.a == score.b:
        return f"A and B share the night, {score.a} : {score.b}"
    winner = "A" if score.a > score.b else "B"
    return f"{winner} takes the night, {max(score.a, score.b)} : {min(score.a, score.b)}"


def _footnote(score: EveningScore | None, matches: Sequence[MatchLine]) -> str:
    """What the score counts and what it leaves out, in a sentence; empty where there is no score."""
    if score is None:
        return ""
    counted = f"{formats.plural(score.counted, 'map')} counted, 2 points each"
    unscored = sum(match.points_r1_attackers is None and match.status != "open" for match in matches)
    extras = [
        text
        for text in (
            f"{formats.plural(unscored, 'map')} without a result" if unscored else "",
            f"{formats.plural(score.left_out, 'map')} with mixed line-ups" if score.left_out else "",
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
