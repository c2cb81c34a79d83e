"""The 2D timeline of a demo as numbers for SVG: one row per player, kills above the line, deaths below. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from slomix_greatshot.web.views import DemoView, MomentView

WIDTH, ROW, TOP, LEFT = 1000, 22, 26, 150
MOST_ROWS = 40
MOST_TICKS = 12
_STEPS = (5, 10, 30, 60, 120, 300, 600, 1200, 3600, 7200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A player's row; `kills`, `heads` and `deaths` are paths."""

    name: str
    side: str
    y: int
    kills: str
    heads: str
    deaths: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A highlight on the timeline."""

    key: str
    title: str
    x: float
    width: float
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything that the drawing needs. `ticks` are seconds with their place, `edges` where rounds begin and end."""

    width: int
    height: int
    left: int
    rows: Sequence[Row]
    spans: Sequence[Span]
    ticks: Sequence[tuple[int, float]]
    edges: Sequence[float]


def timeline(view: DemoView) -> Timeline:
    """A demo as a drawing: always possible, whatever map it was."""
    whole = max(view.seconds, 1.0)

    def x(seconds: float) -> float:
        return round(LEFT + (WIDTH - LEFT) * min(max(seconds / whole, 0.0), 1.0), 1)

    people = view.fielded[:MOST_ROWS]
    places = {each.number: TOP + ROW * row for row, each in enumerate(people)}
    rows = []
    for each in people:
        y = places[each.number]
        made = [death for death in view.deaths if death.attacker == each.number and death.kind == "kill"]
        suffered = [death for death in view.deaths if death.victim == each.number and death.kind != "team_change"]
        rows.append(
            Row(
                name=each.name,
                side=each.side,
                y=y,
                kills=_bars([x(death.at_s) for death in made if not death.headshot], y + 2, 9),
                heads=_bars([x(death.at_s) for death in made if death.headshot], y + 2, 9),
                deaths=_bars([x(death.at_s) for death in suffered], y + 13, 6),
            )
        )
    return Timeline(
        width=WIDTH,
        height=TOP + ROW * len(people) + 6,
        left=LEFT,
        rows=rows,
        spans=[span for span in (_span(each, places, x) for each in view.moments) if span is not None],
        ticks=[(tick, x(tick)) for tick in range(0, int(whole) + 1, _step(whole))],
        edges=[x(each.begin_s) for each in view.rounds if each.number and each.begin_s > 0],
    )


def _span(each: MomentView, places: Mapping[int, int], x: Callable[[float], float]) -> Span | None:
    if each.number not in places:
        return None
    left = x(each.begin_s)
    return Span(
        key=each.line.highlight_id,
        title=f"{each.line.title}: {each.line.explanation}",
        x=left,
        width=round(max(x(each.end_s) - left, 4.0), 1),
        y=places[each.number],
    )


def _bars(places: Sequence[float], y: int, height: int) -> str:
    """Upright bars as one path."""
    return "".join(f"M{place:g} {y}v{height}" for place in places)


def _step(whole: float) -> int:
    return next((step for step in _STEPS if whole / step <= MOST_TICKS), 36_000)
