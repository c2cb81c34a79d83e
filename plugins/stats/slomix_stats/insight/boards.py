"""Leaderboards, a player's numbers, comparisons and bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slomix.context import Reads
from slomix_stats.api.boards import Board, BoardRow, Hall
from slomix_stats.api.people import Band, Bands
from slomix_stats.api.scope import BadScope, PlayerNumbers, ScopeUsed
from slomix_stats.insight.scopes import floor_share
from slomix_stats.insight.sums import PlayerSums, player_sums
from slomix_stats.metrics.catalogue import METRICS, find_metric
from slomix_stats.metrics.registry import Metric
from slomix_stats.metrics.series import band, better_than

#: Metrics that a band is worked out for: rates say how well, totals only how much.
BANDED = (
    "dpm", "kd", "accuracy", "headshot_accuracy", "efficiency", "damage_ratio", "useful_kill_rate", "alive_percent",
    "revives_per_round", "objective_actions", "kpr", "dpr", "teamwork",
)  # fmt: skip

_BETWEEN = "~"


def ranked(
    metric: Metric, scope: ScopeUsed, players: Sequence[PlayerSums], limit: int | None = None
) -> tuple[BoardRow, ...]:
    """Everybody with a place, or the first `limit` of them, best first; equal values share a place. Pure."""
    placed = ((player, _place(metric, scope, player)) for player in players)
    found = [(player, *place) for player, place in placed if place is not None]
    sign = -1 if metric.higher_is_better else 1
    found.sort(key=lambda each: (sign * each[1], -each[2], each[0].who.player_id))
    rows: list[BoardRow] = []
    for place, (player, value, rounds) in enumerate(found[:limit], 1):
        rank = rows[-1].rank if rows and rows[-1].value == value else place
        rows.append(BoardRow(rank=rank, who=player.who, value=value, rounds=rounds, number=metric.number(player.sums)))
    return tuple(rows)


def page(
    metric: Metric, scope: ScopeUsed, rows: tuple[BoardRow, ...], *, limit: int, offset: int, cursor: str | None
) -> Board:
    """A part of a board. The cursor names its last row, so that nobody is left out when somebody moves up."""
    start = offset if cursor is None else _after(metric, rows, cursor)
    shown = rows[start : start + limit]
    more = start + limit < len(rows) and shown
    return Board(
        metric=metric.info,
        scope=scope,
        players=len(rows),
        rows=shown,
        next=_BETWEEN.join((repr(shown[-1].value), str(shown[-1].rounds), shown[-1].who.player_id)) if more else None,
    )


def _after(metric: Metric, rows: tuple[BoardRow, ...], cursor: str) -> int:
    try:
        value, rounds, player = cursor.split(_BETWEEN, 2)
        sign = -1 if metric.higher_is_better else 1
        last = (sign * float(value), -int(rounds), player)
    except ValueError:
        raise BadScope(f"There is no page {cursor[:40]!r}. Take the `next` of the page before.") from None
    return sum((sign * row.value, -row.rounds, row.who.player_id) <= last for row in rows)


async def board_rows(db: Reads, metric: Metric, scope: ScopeUsed) -> tuple[BoardRow, ...]:
    """Everybody with a place on a board."""
    if not metric.ranked:
        raise BadScope(f"There is no leaderboard of {metric.name}: look at the records.")
    return ranked(metric, scope, await player_sums(db, scope, columns=metric.inputs))


def halls(metrics: Sequence[Metric], scope: ScopeUsed, players: Sequence[PlayerSums], limit: int) -> tuple[Hall, ...]:
    """First places of several metrics; those that nobody has a place in are left out. Pure."""
    found = []
    for metric in metrics:
        rows = ranked(metric, scope, players, limit)
        if rows:
            found.append(Hall(metric=metric.info, min_rounds=scope.min_rounds, rows=rows))
    return tuple(found)


def numbers_of(player: PlayerSums) -> PlayerNumbers:
    """Every metric of a player. Pure."""
    return PlayerNumbers(
        who=player.who,
        rounds=player.rounds,
        time_played_s=int(player.sums.get("time_played_s") or 0),
        numbers=tuple(metric.number(player.sums) for metric in METRICS),
    )


#: By metric, the values of everybody with a place.
Rankings = Mapping[str, Mapping[str, float]]


def rankings(scope: ScopeUsed, everybody: Sequence[PlayerSums]) -> Rankings:
    """Every metric that has bands. Pure."""
    found = {}
    enough = [player for player in everybody if player.rounds >= scope.min_rounds]
    for name in BANDED:
        metric = find_metric(name)
        placed = ((player.who.player_id, _place(metric, scope, player)) for player in enough)
        found[name] = {player_id: place[0] for player_id, place in placed if place is not None}
    return found


def bands_of(player: PlayerSums, scope: ScopeUsed, ranks: Rankings) -> Bands:
    """Where a player stands among the others with enough rounds. Pure."""
    bands = []
    for name, values in ranks.items() if player.rounds >= scope.min_rounds else ():
        metric = find_metric(name)
        own, _ = metric.worth(player.sums)
        others = [value for player_id, value in values.items() if player_id != player.who.player_id]
        if own is None or not others:
            continue
        percent = round(better_than(own, others, higher_is_better=metric.higher_is_better), 1)
        bands.append(Band(metric=name, value=own, better_than=percent, band=band(percent), players=len(others) + 1))
    return Bands(who=player.who, scope=scope, rounds=player.rounds, needed=scope.min_rounds, bands=tuple(bands))


def _place(metric: Metric, scope: ScopeUsed, player: PlayerSums) -> tuple[float, int] | None:
    """The value with which a player has a place, and its rounds; None without one."""
    value, rounds = metric.worth(player.sums)
    if value is None or rounds < scope.min_rounds:
        return None
    if metric.floor:
        share = floor_share(scope, metric)
        if any((player.sums.get(name) or 0) < least * share for name, least in metric.floor.items()):
            return None
    return value, rounds
