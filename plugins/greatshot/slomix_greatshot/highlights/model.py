"""What a highlight is, and the numbers that decide what is one."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Kind = Literal[
    "multikill",
    "burst",
    "spree",
    "quick_headshots",
    "aim_moment",
    "ace",
    "last_man_standing",
    "objective_denial",
    "revive_train",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
TITLES: dict[str, str] = {
    "multikill": "Multikill",
    "burst": "Burst",
    "spree": "Spree",
    "quick_headshots": "Quick headshots",
    "aim_moment": "Aim moment",
    "ace": "Ace",
    "last_man_standing": "Last man standing",
    "objective_denial": "Objective denied",
    "revive_train": "Revive train",
}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A kill (or a revive) of a highlight. `gap_ms` since the one before; `slot` is the victim's, or the revived one's,
    `player` the number in the list of players.

    `headshot` None: the file cannot say.
    """

    time_ms: int
    slot: int
    player: int | None
    name: str
    weapon: str
    headshot: bool | None
    gap_ms: int


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """The player's numbers in all of the demo. `headshot_share` of the kills of which it is known, in percent."""

    kills: int
    deaths: int
    headshots: int
    headshot_share: float | None
    hits_seen: int
    head_hits_seen: int


class Highlight(msgspec.Struct, frozen=True, kw_only=True):
    """A moment. Times are milliseconds of the server's clock, `clock_ms` the start by the clock of the match.

    `player` is the number in the demo's list of players, `name` as in the file at that time. `explanation` is
    the name and the `sentence`. `in_view`: it was seen through the player's own eyes, so that a clip shows it.
    """

    kind: Kind
    player: int
    player_slot: int
    name: str
    team: int
    round: int | None
    start_ms: int
    end_ms: int
    clock_ms: int
    kills: int
    headshots: int
    score: float
    explanation: str
    sentence: str
    steps: tuple[Step, ...]
    weapons: tuple[str, ...]
    fastest_gap_ms: int | None
    average_gap_ms: int | None
    own: Own
    in_view: bool


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """Every number that decides. Times in milliseconds; `least_…` counts that something needs to be one."""

    multikill_gap_ms: int = 3000
    least_multikill: int = 3
    burst_window_ms: int = 12000
    least_burst: int = 4
    least_spree: int = 5
    quick_headshot_ms: int = 2500
    least_quick_headshots: int = 2
    aim_ms: int = 4000
    least_aim: int = 3
    least_head_hits: int = 4
    ace_ms: int = 20000
    least_ace: int = 3
    least_last_man: int = 2
    down_ms: int = 10000
    denial_ms: int = 8000
    least_denial: int = 2
    revive_ms: int = 12000
    least_revives: int = 3
    warmup: bool = False
    most: int = 200
