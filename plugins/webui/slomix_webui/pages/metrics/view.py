"""The view model of one number: its formula with and without values, its leaders, how it is spread. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slomix_stats.api import Board, BoardRow, MetricInfo, Number, PlayerNumbers, ScopeUsed, Who
from slomix_webui.charts.scale import ticks

LEADERS = 10
#: Bins of a distribution, about; and players from which on there is one.
BINS = 12
LEAST_PLAYERS = 5

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One sum that the formula is given. `metric` names the metric that is this sum, where there is one."""

    name: str
    title: str
    metric: str | None
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """One player's number, worked out. `filled` is the formula with the values of its inputs; `row` their place."""

    who: Who
    number: Number
    inputs: tuple[Input, ...]
    filled: str
    row: BoardRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How the values of everybody with a place are spread: `counts` of players between `edges`."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricView:
    """One number. `scope`, `players`, `leaders` and `spread` are those of its leaderboard; None and empty without."""

    metric: MetricInfo
    inputs: tuple[Input, ...]
    scope: ScopeUsed | None
    players: int
    leaders: tuple[BoardRow, ...]
    spread: Spread | None
    worked: Worked | None


def metric_view(
    metric: MetricInfo, metrics: Sequence[MetricInfo], board: Board | None, numbers: PlayerNumbers | None
) -> MetricView:
    """The number as a page."""
    rows = board.rows if board is not None else ()
    return MetricView(
        metric=metric,
        inputs=inputs_of(metric, metrics, {}),
        scope=None if board is None else board.scope,
        players=0 if board is None else board.players,
        leaders=rows[:LEADERS],
        spread=spread([row.value for row in rows]),
        worked=None if numbers is None else worked(metric, metrics, numbers, rows),
    )


def inputs_of(
    metric: MetricInfo, metrics: Sequence[MetricInfo], values: Mapping[str, float | None]
) -> tuple[Input, ...]:
    """The inputs with the titles of the metrics that are these sums and nothing else."""
    sums = {each.formula: each for each in metrics if not each.rate and len(each.inputs) == 1}
    found = []
    for name in metric.inputs:
        same = sums.get(name)
        found.append(
            Input(
                name=name,
                title=same.title if same is not None else name.replace("_", " "),
                metric=same.name if same is not None and same.name != metric.name else None,
                value=values.get(name),
            )
        )
    return tuple(found)


def worked(
    metric: MetricInfo, metrics: Sequence[MetricInfo], numbers: PlayerNumbers, rows: Sequence[BoardRow]
) -> Worked:
    """One player's number with the sums that it was made of."""
    number = next(each for each in numbers.numbers if each.metric == metric.name)
    return Worked(
        who=numbers.who,
        number=number,
        inputs=inputs_of(metric, metrics, number.inputs),
        filled=filled(metric.formula, number.inputs),
        row=next((row for row in rows if row.who.player_id == numbers.who.player_id), None),
    )


def filled(formula: str, values: Mapping[str, float | None]) -> str:
    """The formula with values in the place of names: `damage_given * 60 / time_played_s` is `14,345 * 60 / 3,654`."""
    return _NAME.sub(lambda found: _told(values[found[0]]) if found[0] in values else found[0], formula)


def _told(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def spread(values: Sequence[float]) -> Spread | None:
    """Values counted between round numbers; None for too few players, or where all are alike."""
    if len(values) < LEAST_PLAYERS or min(values) == max(values):
        return None
    edges = tuple(ticks(min(values), max(values), BINS))
    counts = [0] * (len(edges) - 1)
    for value in values:
        place = next((at for at, edge in enumerate(edges[1:]) if value < edge), len(counts) - 1)
        counts[place] += 1
    return Spread(edges=edges, counts=tuple(counts))
