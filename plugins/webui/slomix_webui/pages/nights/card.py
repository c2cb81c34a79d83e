"""The pictures of nights and matches in link previews: score, maps, most valuable players. SVG by hand, 1200 x 630."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from slomix.names import clean_name
from slomix_webui import api, formats
from slomix_webui.frame.cards import HEIGHT, WIDTH
from slomix_webui.pages.nights.matches import MatchView
from slomix_webui.pages.nights.view import NightView
from slomix_webui.stopwatch import Play

#: The dark theme's colours; a picture has no theme.
_PAPER, _LINE, _TEXT, _QUIET, _ACCENT = "#121413", "#2c302d", "#eceeea", "#a3a8a2", "#d9a441"
_TEAMS = {"A": "#71b4f7", "B": "#f49a6f"}
_MOST_MAPS = 8
#: Names of a line-up, two in a row.
_MOST_NAMES = 6
_LONGEST_NAME = 15
_EDGE = 60


def cards() -> Iterable[api.ShareCard]:
    """Their records."""
    yield api.ShareCard(page="session", svg=night_card)
    yield api.ShareCard(page="match", svg=match_card)


def night_card(view: NightView) -> str:
    """A night: the score of its (first) teams, everybody in them, its maps with their points."""
    session = view.session
    head = f"{formats.long_day(session.started_at)} · {formats.plural(session.rounds, 'round')}"
    parts = [_text(_EDGE, 76, head, 30, _QUIET), _brand()]
    if view.duels:
        duel = view.duels[0]
        parts += _score(duel.name_a, duel.name_b, duel.a, duel.b)
        for letter, team in (("A", duel.team_a), ("B", duel.team_b)):
            parts.append(_names([player.name or player.guid for player in team], letter))
        best = [mvp for mvp in (duel.mvp_a, duel.mvp_b) if mvp]
        told = " · ".join(f"{short(mvp.who.name)} {mvp.kills} kills" for mvp in best)
        parts.append(_text(_EDGE, 436, f"Most valuable: {told}" if told else "", 28, _ACCENT))
        if len(view.duels) > 1:
            more = "; ".join(f"{each.name_a} {each.a}:{each.b} {each.name_b}" for each in view.duels[1:])
            parts.append(_text(WIDTH - _EDGE, 436, short(f"then {more}", 34), 26, _QUIET, anchor="end"))
    else:
        parts.append(_text(_EDGE, 240, short(view.verdict, 40), 56, _TEXT, bold=True))
    parts += _maps(view.plays)
    return _picture(parts)


def match_card(view: MatchView) -> str:
    """A match: the map, its points, both times and the best of each team."""
    match = view.play.match
    parts = [_text(_EDGE, 76, f"{short(match.map, 30)} · {formats.long_day(match.ended_at)}", 30, _QUIET), _brand()]
    if view.play.a is not None and view.play.b is not None:
        parts += _score(view.name_a, view.name_b, view.play.a, view.play.b)
    else:
        parts.append(_text(_EDGE, 220, short(view.play.result, 44), 48, _TEXT, bold=True))
    for letter in ("A", "B"):
        names = [line.player.name or line.player.guid for line in view.totals if line.letter == letter]
        parts.append(_names(names, letter))
    for at, half in enumerate(view.play.halves):
        y = 450 + 74 * at
        colour = _TEAMS.get(half.letter or "", _QUIET)
        width = (WIDTH - 2 * _EDGE - 360) * (half.length or 0) / 100
        parts += [
            _text(_EDGE, y + 26, f"R{half.number} {half.attackers}", 30, colour, bold=True),
            f'<rect x="{_EDGE + 130}" y="{y}" width="{WIDTH - 2 * _EDGE - 360}" height="34" fill="{_LINE}"/>',
            f'<rect x="{_EDGE + 130}" y="{y}" width="{width:.1f}" height="34" fill="{colour}"'
            f' opacity="{1 if half.done else 0.5}"/>',
            _text(WIDTH - _EDGE, y + 27, half.verdict, 30, _TEXT, anchor="end"),
        ]
    return _picture(parts)


def short(text: str, most: int = _LONGEST_NAME) -> str:
    """A name without its colour codes, cut where it is too long for its place."""
    plain = " ".join(clean_name(text).split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _score(name_a: str, name_b: str, a: int, b: int) -> list[str]:
    colours = [_TEAMS["A"] if a >= b else _QUIET, _TEAMS["B"] if b >= a else _QUIET]
    size = 170 if max(a, b) < 10 else 130
    middle = WIDTH / 2
    return [
        _text(_EDGE, 210, short(name_a), 52, _TEAMS["A"], bold=True),
        _text(WIDTH - _EDGE, 210, short(name_b), 52, _TEAMS["B"], bold=True, anchor="end"),
        _text(middle - 34, 240, str(a), size, colours[0], bold=True, anchor="end"),
        _text(middle, 222, ":", 100, _QUIET, anchor="middle"),
        _text(middle + 34, 240, str(b), size, colours[1], bold=True),
    ]


def _names(names: Sequence[str], letter: str) -> str:
    """A line-up in rows of two, on its team's side."""
    fitting = _MOST_NAMES if len(names) <= _MOST_NAMES else _MOST_NAMES - 1
    shown = [short(name) for name in names[:fitting]]
    if len(names) > fitting:
        shown.append(f"+{len(names) - fitting}")
    x, anchor = (_EDGE, "start") if letter == "A" else (WIDTH - _EDGE, "end")
    rows = [" · ".join(shown[at : at + 2]) for at in range(0, len(shown), 2)]
    return "".join(_text(x, 316 + 34 * at, row, 26, _TEXT, anchor=anchor) for at, row in enumerate(rows))


def _maps(plays: Sequence[Play]) -> list[str]:
    """Maps with their points in two columns along the foot."""
    shown = plays[:_MOST_MAPS]
    if not shown:
        return []
    parts = [f'<rect x="{_EDGE}" y="460" width="{WIDTH - 2 * _EDGE}" height="2" fill="{_LINE}"/>']
    for at, play in enumerate(shown):
        column, row = divmod(at, 4)
        x, y = _EDGE + 560 * column, 498 + 35 * row
        winner = _TEAMS.get(play.winner or "", _QUIET)
        points = f"{play.a}:{play.b}" if play.a is not None else "–"
        parts += [_text(x, y, points, 26, winner, bold=True), _text(x + 70, y, short(play.match.map, 26), 26, _TEXT)]
    if len(plays) > _MOST_MAPS:
        parts.append(_text(WIDTH - _EDGE, 602, f"+{len(plays) - _MOST_MAPS} maps", 24, _QUIET, anchor="end"))
    return parts


def _brand() -> str:
    return _text(WIDTH - _EDGE, 76, "Slomix", 34, _ACCENT, bold=True, anchor="end")


def _text(x: float, y: float, text: str, size: int, colour: str, *, bold: bool = False, anchor: str = "start") -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}>'
        f"{escape(_printable(text))}</text>"
    )


def _printable(text: str) -> str:
    """Without control characters, which no XML may hold."""
    return "".join(letter for letter in text if letter.isprintable())


def _picture(parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif"><rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>'
        f'<rect width="{WIDTH}" height="8" fill="{_ACCENT}"/>{"".join(parts)}</svg>'
    )
