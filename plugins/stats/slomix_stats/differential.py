"""What each player did in one round: round 2 files count on from round 1, so what was there before is taken away.

A player who reconnected starts from zero; the engine's session counter tells (`stats.md` 2.3). Single fields are
never clamped: a player's numbers are either the difference as a whole or the file's as they stand.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import sub

from msgspec import structs

from slomix.nouns import MatchStatus, Side
from slomix_stats.layout import (
    CUMULATIVE,
    DAMAGE_GIVEN,
    DAMAGE_RECEIVED,
    ENGINE_LINE,
    TIME_PLAYED_MINUTES,
    TIME_PLAYED_PERCENT,
)
from slomix_stats.record import TEAM_SIDES, WEAPON_NUMBERS, PlayerRecord, StatsFile, weapon_slots
from slomix_stats.weapons import WEAPONS

_OPPOSITE: dict[int, Side] = {1: "allies", 2: "axis"}

#: Seconds of one tenth of a percent of one tenth of a minute.
_ALIVE_UNIT_S = 6 / 1000

_SHOTS = 1
_NOTHING = [0] * WEAPON_NUMBERS

#: The engine takes knife attempts back (in 51 of 895 continuing players of real files), so that they may be fewer in
#: round 2 than in round 1. Round 2 then keeps a negative number of them, and the sum of both rounds is right.
_KNIVES = (0, 1)


@dataclass(frozen=True, slots=True)
class PlayerRound:
    """One player in one round. `values` is indexed by `slomix_stats.layout`; ratios in it are the file's and not of
    this round. `weapons` holds five numbers for each of `slots`. `flags` are sorted words for people."""

    who: PlayerRecord
    side: Side | None
    values: list[int | None]
    alive_s: int
    slots: Sequence[int]
    weapons: list[int]
    flags: tuple[str, ...]

    @property
    def kills(self) -> int:
        return sum(self.weapons[2::WEAPON_NUMBERS])

    @property
    def deaths(self) -> int:
        return sum(self.weapons[3::WEAPON_NUMBERS])

    @property
    def time_played_s(self) -> int:
        """Seconds on a team in this round."""
        return (self.values[TIME_PLAYED_MINUTES] or 0) * 6


def derive(file: StatsFile, partner: StatsFile | None, status: MatchStatus) -> list[PlayerRound]:
    """The players of a round by its place: `partner` is round 1 of the complete match that `file` ends."""
    if status == "aborted":
        return as_it_stands(file, "aborted")
    if file.number == 1:
        return as_it_stands(file)
    return differential(partner, file)


def as_it_stands(file: StatsFile, *flags: str) -> list[PlayerRound]:
    """Every line as the file says it: a round 1, or a round that nothing can be taken away from."""
    return [_raw(player, TEAM_SIDES[player.team], flags) for player in file.players]


def differential(r1: StatsFile | None, r2: StatsFile) -> list[PlayerRound]:
    """The players of round 2 without round 1. Without a round 1 the numbers of both rounds stay together."""
    if r1 is None:
        return as_it_stands(r2, "orphan_r2")
    before = {player.key: player for player in r1.players}
    if r2.layout == ENGINE_LINE:
        r2 = _counted_on(before, r2)
    rows = (_second_half(before.get(player.key), player) for player in r2.players)
    return [row for row in rows if row is not None]


def _counted_on(before: Mapping[str, PlayerRecord], r2: StatsFile) -> StatsFile:
    """A round 2 of the engine's own lines with the times of both rounds, as stats files have them.

    Where nobody's session counter moved the script does not tell it: everybody who was in round 1 counts as stayed,
    and only a number that fell says that he did not.
    """
    stayed = [(before[player.key], player) for player in r2.players if player.key in before]
    silent = all(now.counter <= then.counter for then, now in stayed)
    players = []
    for now in r2.players:
        then = before.get(now.key)
        stays = then is not None and (silent or now.counter > then.counter)
        players.append(now if then is None or not stays else _with_both_times(then, now))
    return structs.replace(r2, players=players)


def _with_both_times(then: PlayerRecord, now: PlayerRecord) -> PlayerRecord:
    """A player who stayed, with the time of both rounds; with that of round 1 alone if he did nothing in round 2.

    One whose numbers fell keeps his own time, and a counter that says that he came anew.
    """
    before_s, values = then.value(TIME_PLAYED_MINUTES), now.values.copy()
    values[TIME_PLAYED_MINUTES] = before_s
    idle = structs.replace(now, values=values, counter=then.counter + 1)
    difference = _subtract(then, idle)
    if difference is None:
        return structs.replace(now, counter=then.counter)
    left, _, weapons = difference
    if not weapons and not any(left[field] for field in CUMULATIVE):
        return idle
    values = now.values.copy()
    values[TIME_PLAYED_MINUTES] = before_s + now.value(TIME_PLAYED_MINUTES)
    return structs.replace(idle, values=values)


def is_lossy(rows: Iterable[PlayerRound]) -> bool:
    """Whether the round lost numbers: somebody's kill is nobody's death, or damage came from nowhere. A player who
    reconnected inside a round leaves no other trace."""
    balance = damage = 0
    for row in rows:
        balance += row.kills - row.deaths
        damage += (row.values[DAMAGE_GIVEN] or 0) - (row.values[DAMAGE_RECEIVED] or 0)
    return balance != 0 or damage != 0


def _second_half(before: PlayerRecord | None, now: PlayerRecord) -> PlayerRound | None:
    """One player of a complete match in round 2; None for somebody who left before it began."""
    if before is None:
        return _raw(now, TEAM_SIDES[now.team], ("joined_r2",))
    # A player who ended on no team played against his side of round 1.
    side = TEAM_SIDES[now.team] if now.team in _OPPOSITE else _OPPOSITE.get(before.team, TEAM_SIDES[now.team])
    if now.counter <= before.counter:
        return _raw(now, side, ("reconnected",))
    difference = _subtract(before, now)
    if difference is None:
        # One more is what the engine counts for a player who stayed: then a drop is not explained by a reset.
        stayed = now.counter == before.counter + 1
        return _raw(now, side, ("negative_differential" if stayed else "reconnected",))
    values, slots, weapons = difference
    if not weapons and not any(values[field] for field in CUMULATIVE):
        return None
    played_s = (values[TIME_PLAYED_MINUTES] or 0) * 6
    alive_s = min(max(round(_alive_s(now) - _alive_s(before)), 0), played_s)
    return PlayerRound(now, side, values, alive_s, slots, weapons, _flags(now, ()))


def _subtract(before: PlayerRecord, now: PlayerRecord) -> tuple[list[int | None], Sequence[int], list[int]] | None:
    """Values, slots and weapon numbers of `now` without `before`; None when any that only grows would be negative."""
    values = now.values.copy()
    for field in CUMULATIVE:
        left = now.value(field) - before.value(field)
        if left < 0:
            return None
        values[field] = left
    weapons = _subtract_weapons(before, now)
    return None if weapons is None else (values, *weapons)


def _subtract_weapons(before: PlayerRecord, now: PlayerRecord) -> tuple[Sequence[int], list[int]] | None:
    slots, left = now.slots(), now.weapons.copy()
    for slot in weapon_slots(before.mask & ~now.mask):
        place = bisect(slots, slot)
        slots = (*slots[:place], slot, *slots[place:])
        left[place * WEAPON_NUMBERS : place * WEAPON_NUMBERS] = _NOTHING
    starts = dict(zip(slots, range(0, len(left), WEAPON_NUMBERS), strict=True))
    for slot, start in zip(before.slots(), range(0, len(before.weapons), WEAPON_NUMBERS), strict=True):
        here = slice(starts[slot], starts[slot] + WEAPON_NUMBERS)
        left[here] = map(sub, left[here], before.weapons[start : start + WEAPON_NUMBERS])
    if left and min(left) < 0 and _dropped(left, starts):
        return None
    used = [slot for slot, at in starts.items() if any(left[at : at + WEAPON_NUMBERS])]
    return used, [number for slot in used for number in left[starts[slot] : starts[slot] + WEAPON_NUMBERS]]


def _dropped(left: list[int], starts: dict[int, int]) -> bool:
    """Whether a weapon number fell that can not fall."""
    allowed = {starts[slot] + _SHOTS for slot in _KNIVES if slot in starts}
    return any(number < 0 and at not in allowed for at, number in enumerate(left))


def _raw(player: PlayerRecord, side: Side | None, flags: tuple[str, ...]) -> PlayerRound:
    alive_s = min(round(_alive_s(player)), player.time_played_s)
    return PlayerRound(player, side, player.values, alive_s, player.slots(), player.weapons, _flags(player, flags))


def _alive_s(player: PlayerRecord) -> float:
    return player.value(TIME_PLAYED_PERCENT) * player.value(TIME_PLAYED_MINUTES) * _ALIVE_UNIT_S


def _flags(player: PlayerRecord, flags: tuple[str, ...]) -> tuple[str, ...]:
    if not player.is_bot and not player.guid_missing and player.mask < 1 << len(WEAPONS):
        return flags
    found = set(flags)
    if player.is_bot:
        found.add("bot")
    if player.guid_missing:
        found.add("guid_missing")
    if player.mask >> len(WEAPONS):
        found.add("unknown_weapon")
    return tuple(sorted(found))
