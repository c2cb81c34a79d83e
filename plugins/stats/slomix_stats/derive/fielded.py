"""Who stood with whom on each map: the two groups of a match, the side swap between its halves undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from slomix_stats.derive.model import MatchInput, RoundDerived, RoundInput, RoundStatus

#: Rounds whose line-ups tell who belongs together. A replaced round does not: it was replaced.
_TELLING: frozenset[RoundStatus] = frozenset({"completed", "unfinished", "orphan_r2"})


@dataclass(frozen=True, slots=True)
class Half:
    """The players of one round, by id: those of the group that attacks in round 1, and the others."""

    round_id: str
    first: frozenset[str]
    second: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fielded:
    """One match by its people. `first` attack in round 1 (where nobody knows who attacks, they are axis then).
    `forms`: it tells who belongs together. Somebody who played for both is of those he played longer for."""

    match_id: str
    first: frozenset[str]
    second: frozenset[str]
    halves: tuple[Half, ...]
    forms: bool
    attackers_known: bool

    @property
    def players(self) -> frozenset[str]:
        """Everybody."""
        return self.first | self.second


def field_match(match: MatchInput, rounds: Mapping[str, RoundInput], standing: Mapping[str, RoundDerived]) -> Fielded:
    """The two groups of a match, bots and spectators left out."""
    played = [
        (number, rounds[round_id])
        for number, round_id in ((1, match.r1), (2, match.r2))
        if round_id is not None and round_id in rounds
    ]
    known = [each.defender for _, each in played if each.defender is not None]
    defender = known[0] if known else None
    seconds: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    sides: list[tuple[str, dict[str, bool]]] = []
    for number, each in played:
        # The attackers of round 1 defend in round 2: they stand on the defenders' side then.
        home = "axis" if defender is None else ("allies" if defender == "axis" else "axis")
        if number == 2:
            home = "allies" if home == "axis" else "axis"
        here: dict[str, bool] = {}
        for player in each.players:
            if player.is_bot or player.side not in ("axis", "allies"):
                continue
            here[player.player_id] = player.side == home
            # One second more than played, so that somebody who barely came in is somewhere.
            seconds[player.player_id][0 if here[player.player_id] else 1] += player.time_played_s + 1
        sides.append((each.round_id, here))
    first = frozenset(player for player, (one, other) in seconds.items() if one >= other)
    second = frozenset(seconds) - first
    return Fielded(
        match_id=match.match_id,
        first=first,
        second=second,
        halves=tuple(Half(round_id, first & here.keys(), second & here.keys()) for round_id, here in sides),
        forms=bool(seconds) and any(_tells(standing.get(each.round_id)) for _, each in played),
        attackers_known=defender is not None,
    )


def _tells(standing: RoundDerived | None) -> bool:
    return standing is not None and standing.status in _TELLING and standing.invalid_reason in (None, "orphan_r2")
