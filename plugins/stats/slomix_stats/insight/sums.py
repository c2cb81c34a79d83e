"""Sums of players over a scope, from the smallest table that has them.

All rounds: one row per player. Maps and sides over all time: `stats.player_map`. Periods and formats:
`stats.player_session`. A map or side within a period: the rounds themselves, found by their time or by their player.
"""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slomix.context import Reads
from slomix_stats.api.scope import BadScope, ScopeUsed, Who
from slomix_stats.insight.scopes import LONGEST, is_part
from slomix_stats.metrics.registry import Sums
from slomix_stats.settle.counting import SOMETIMES, SUMS

#: The slot of the hand grenade; only all rounds together and single rounds know it.
GRENADE = 11
#: A metric over this column is not in the tables per session and per map.
BY_ROUND_ONLY = frozenset(("grenade_kills",))

_COLUMNS = (*SUMS, *SOMETIMES, *(f"{name}_known" for name in SOMETIMES))
_PLAIN = ", ".join(f"t.{name}" for name in ("rounds", *_COLUMNS))
_ADDED = ", ".join(f"sum(t.{name})::bigint as {name}" for name in ("rounds", *_COLUMNS))

# What restricts a time or a count to the rounds that know a field (slomix_stats.metrics.registry).
_EXACT = (
    ("time_played_s", "denied_playtime_s"), ("kills", "useless_kills"), ("kills", "useful_kills"),
    ("kills", "headshot_kills"), ("time_played_s", "xp"),
)  # fmt: skip
#: Every sum over rounds by its name: `t` is stats.player_round, `s` stats.round.
ROUND_SUMS = {
    "rounds": "count(*)",
    **{name: f"sum(t.{name})::bigint" for name in (*SUMS, *SOMETIMES)},
    **{f"{name}_known": f"count(t.{name})" for name in SOMETIMES},
    **{f"{a}:{b}": f"sum(t.{a}) filter (where t.{b} is not null)::bigint" for a, b in _EXACT},
    "killing_spree_best": "max(t.killing_spree_best)",
    "death_spree_worst": "max(t.death_spree_worst)",
    "round_s": "sum(s.seconds)",
    "grenade_kills": (f"sum(coalesce(t.weapon_kills[array_position(t.weapon_slots, {GRENADE}::smallint)], 0))::bigint"),
}
_ROUNDS = ", ".join(f'{sql} as "{name}"' for name, sql in ROUND_SUMS.items())

_OF_TOTAL = f"""
select t.player_id, {_PLAIN},
    coalesce((select w.kills from stats.player_weapon w where w.player_id = t.player_id and w.slot = {GRENADE}), 0)
        as grenade_kills,
    (select max(b.value) from stats.best b
     where b.player_id = t.player_id and b.over = 'round' and b.metric = 'best_spree') as killing_spree_best,
    (select max(b.value) from stats.best b
     where b.player_id = t.player_id and b.over = 'round' and b.metric = 'worst_spree') as death_spree_worst
from stats.player_total t
"""
_OF_MAPS = f"select t.player_id, {_ADDED} from stats.player_map t"
_OF_SESSIONS = f"select t.player_id, {_ADDED} from stats.player_session t"
_OF_ROUNDS = f"""
select t.player_id, {_ROUNDS}
from slomix.round r
join stats.round s on s.round_id = r.id and s.valid
join stats.player_round t on t.round_id = r.id
"""
_SEGMENT = " join stats.segment g on g.session_id = t.session_id and g.number = t.segment"
_ROUND_SEGMENT = " join stats.segment g on g.session_id = s.counted_session and g.number = s.counted_segment"

#: name, name_raw, guid and player_id, which each of the sums begins with.
_WHO = 4
_NAMED = """
select pl.display as name, pl.display_raw as name_raw,
    coalesce((select g.guid from slomix.player_guid g where g.player_id = pl.id order by g.key limit 1), '') as guid,
    n.*
from ({sums}) n
join slomix.player pl on pl.id = n.player_id
order by n.player_id
"""


@dataclass(frozen=True, slots=True)
class PlayerSums:
    """A player with the sums of a scope."""

    who: Who
    sums: Sums

    @property
    def rounds(self) -> int:
        """How many rounds these are."""
        return int(self.sums["rounds"] or 0)


class _Query:
    """A query with its conditions and parameters."""

    def __init__(self, select: str) -> None:
        self._select = select
        self._conditions: list[str] = []
        self.values: list[Any] = []

    def where(self, condition: str, value: Any) -> None:
        """A condition on a parameter; `{}` stands for it. Nothing where the value is None."""
        if value is not None:
            self.values.append(value)
            self._conditions.append(condition.format(f"${len(self.values)}"))

    def text(self, *, grouped: bool) -> str:
        """The statement, with the players' names."""
        where = f" where {' and '.join(self._conditions)}" if self._conditions else ""
        return _NAMED.format(sums=f"{self._select}{where}{' group by t.player_id' if grouped else ''}")


async def player_sums(
    db: Reads, scope: ScopeUsed, *, players: Sequence[str] | None = None, columns: Sequence[str] = ()
) -> list[PlayerSums]:
    """Sums of everybody, or of `players` only, over a scope. `columns` are those that have to be known."""
    ids = None if players is None else list(players)
    timed = scope.since is not None or scope.until is not None
    by_round = not BY_ROUND_ONLY.isdisjoint(columns) and (timed or is_part(scope) or scope.format is not None)
    if by_round or (is_part(scope) and (timed or scope.format is not None)):
        query = _by_round(scope, ids)
    elif timed or scope.format is not None:
        query = _by_session(scope, ids)
    elif is_part(scope):
        query = _by_map(scope, ids)
    else:
        query = _Query(_OF_TOTAL)
        query.where("t.player_id = any({}::text[])", ids)
        return _found(await db.fetch(query.text(grouped=False), *query.values))
    return _found(await db.fetch(query.text(grouped=True), *query.values))


async def session_sums(db: Reads, session_id: str) -> list[PlayerSums]:
    """Sums of everybody over the counted rounds of a session."""
    query = _Query(_OF_ROUNDS)
    query.where("s.counted_session = {}", session_id)
    return _found(await db.fetch(query.text(grouped=True), *query.values))


def _by_map(scope: ScopeUsed, ids: list[str] | None) -> _Query:
    query = _Query(_OF_MAPS)
    query.where("t.player_id = any({}::text[])", ids)
    query.where("t.map = {}", scope.map)
    query.where("t.side = {}" if scope.side in ("axis", "allies") else "t.role = {}", scope.side)
    return query


def _by_session(scope: ScopeUsed, ids: list[str] | None) -> _Query:
    query = _Query(_OF_SESSIONS + (_SEGMENT if scope.format is not None else ""))
    query.where("t.player_id = any({}::text[])", ids)
    query.where("t.ended_at >= {}", scope.since)
    query.where("t.ended_at < {}", scope.until)
    query.where("g.format = {}", scope.format)
    return query


def _by_round(scope: ScopeUsed, ids: list[str] | None) -> _Query:
    """Single rounds: found by their player, or by their time, of which there must not be too much."""
    if ids is None and (scope.since is None or scope.until is None or scope.until - scope.since > LONGEST):
        raise BadScope(
            f"A map, a side, a format or this metric together with others of them takes a period of at most "
            f"{LONGEST.days} days: season, month, 90d and the like."
        )
    query = _Query(_OF_ROUNDS + (_ROUND_SEGMENT if scope.format is not None else ""))
    query.where("t.player_id = any({}::text[])", ids)
    query.where("r.ended_at >= {}", scope.since)
    query.where("r.ended_at < {}", scope.until)
    query.where("r.map = {}", scope.map)
    query.where("g.format = {}", scope.format)
    if scope.side in ("axis", "allies"):
        query.where("t.side = {}", scope.side)
    elif scope.side is not None:
        query.where("t.side in ('axis', 'allies') and ((t.side = s.defender) = ({} = 'defence'))", scope.side)
    return query


def _found(rows: Sequence[Any]) -> list[PlayerSums]:
    """The sums stand in a row after what says whose they are."""
    names = tuple(rows[0].keys())[_WHO:] if rows else ()
    return [
        PlayerSums(who=who_of(row), sums=dict(zip(names, row[_WHO:], strict=True))) for row in rows if row["rounds"]
    ]


def who_of(row: Any) -> Who:
    """The player of a row with player_id, guid, name and name_raw."""
    return Who(player_id=row["player_id"], guid=row["guid"] or "", name=row["name"], name_raw=row["name_raw"])
