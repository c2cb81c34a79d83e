"""The columns of player tables: label, what it means, and how a line is shown. One list per table, used by all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from slomix_stats.api import Letter, PlayerLine
from slomix_webui.formats import clock, count, decimal, percent

_FLAGS = {
    "joined_r2": "joined in round 2",
    "reconnected": "reconnected before round 2: only what was played since",
    "negative_differential": "counters do not fit round 1: numbers of both rounds",
    "orphan_r2": "round 1 is missing: numbers of both rounds",
    "guid_missing": "no GUID",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `lead` is the one the table is ordered by."""

    label: str
    meaning: str
    show: Callable[[PlayerLine], str]
    lead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A player in a table. `share` is damage per minute in percent of the table's best, `cells` go by the columns."""

    player: PlayerLine
    letter: Letter | None
    share: float
    cells: tuple[str, ...]
    notes: str


_DPM = Column(label="DPM", meaning="Damage given per minute played", show=lambda p: decimal(p.dpm, 0), lead=True)
_KILLS = Column(label="K", meaning="Kills", show=lambda p: count(p.kills))
_DEATHS = Column(label="D", meaning="Deaths", show=lambda p: count(p.deaths))
_KD = Column(label="K/D", meaning="Kills per death", show=lambda p: decimal(p.kd, 2))
_GIVEN = Column(label="Dmg +", meaning="Damage given to enemies", show=lambda p: count(p.damage_given))
_TAKEN = Column(label="Dmg −", meaning="Damage received from enemies", show=lambda p: count(p.damage_received))
_ACCURACY = Column(label="Acc %", meaning="Bullets that hit, of all fired", show=lambda p: percent(p.accuracy))
_HEADS = Column(
    label="HS %", meaning="Hits to the head, of all bullet hits", show=lambda p: percent(p.headshot_accuracy)
)
_GIBS = Column(label="Gibs", meaning="Bodies gibbed", show=lambda p: count(p.gibs))
_REVIVES = Column(label="Rev", meaning="Revives given", show=lambda p: count(p.revives_given))
_TEAM_KILLS = Column(label="TK", meaning="Team kills", show=lambda p: count(p.team_kills))
_SELF_KILLS = Column(label="SK", meaning="Self kills", show=lambda p: count(p.self_kills))
_ROUNDS = Column(label="Rds", meaning="Rounds played", show=lambda p: count(p.rounds))
_TIME = Column(label="Time", meaning="Time played, minutes and seconds", show=lambda p: clock(p.time_played_s))

#: Of a whole evening, of one round, and of a player's evenings.
NIGHT: tuple[Column, ...] = (
    _DPM,
    _KILLS,
    _DEATHS,
    _KD,
    _GIVEN,
    _TAKEN,
    _ACCURACY,
    _HEADS,
    _GIBS,
    _REVIVES,
    _TEAM_KILLS,
    _SELF_KILLS,
    _ROUNDS,
    _TIME,
)
ROUND: tuple[Column, ...] = (_DPM, _KILLS, _DEATHS, _GIVEN, _TAKEN, _ACCURACY, _HEADS, _REVIVES, _TIME)
EVENINGS: tuple[Column, ...] = (_DPM, _KILLS, _DEATHS, _KD, _ACCURACY, _HEADS, _REVIVES, _ROUNDS, _TIME)


def rows(players: Sequence[PlayerLine], letters: dict[str, Letter], columns: Iterable[Column]) -> tuple[Row, ...]:
    """The lines as rows of a table with these columns."""
    best = max((player.dpm for player in players), default=0)
    return tuple(
        Row(
            player=player,
            letter=letters.get(player.player_id),
            share=round(100 * player.dpm / best, 1) if best else 0,
            cells=tuple(column.show(player) for column in columns),
            notes="; ".join(_FLAGS.get(flag, flag.replace("_", " ")) for flag in player.flags),
        )
        for player in players
    )
