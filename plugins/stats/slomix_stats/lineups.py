"""Who played with whom on an evening: two line-ups, A and B, followed through the side swaps of stopwatch.

Stats files know sides, not teams. The attackers of the evening's first round 1 are A. Every later map is turned
the way in which more than 60 % of its known players keep their letter; where no way does (teams were mixed, or
others play now) the map belongs to no line-up and stays out of the evening's score. Pure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from slomix_stats.api import MatchLine, RoundDetail

Letter = Literal["A", "B"]
#: The share of known players that has to keep its letter for a map to count for the line-ups.
MAJORITY = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUps:
    """`attackers` says per match who attacked in round 1 (None: no line-up), `letters` where each player belongs."""

    letters: dict[str, Letter]
    attackers: dict[str, Letter | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningScore:
    """Points of the evening on the scale of 2 per map, over `counted` maps; `left_out` were scored but mixed."""

    a: int
    b: int
    counted: int
    left_out: int


def opposite(letter: Letter) -> Letter:
    """The other line-up."""
    return "B" if letter == "A" else "A"


def find_lineups(matches: Sequence[MatchLine], rounds: Mapping[str, RoundDetail]) -> LineUps:
    """Line-ups of the matches of one session, given in the order of time; `rounds` by round id."""
    current: dict[str, Letter] = {}
    votes: defaultdict[str, Counter[Letter]] = defaultdict(Counter)
    attackers: dict[str, Letter | None] = {}
    for match in matches:
        first, second = _halves(match, rounds)
        letter = _orient(first, second, current) if first or second else None
        attackers[match.match_id] = letter
        if letter is None:
            continue
        for players, side in ((first, letter), (second, opposite(letter))):
            for player in players:
                current[player] = side
                votes[player][side] += 1
    return LineUps(letters={player: _usual(counted) for player, counted in votes.items()}, attackers=attackers)


def evening_score(matches: Sequence[MatchLine], lineups: LineUps) -> EveningScore | None:
    """The evening's score; None before the first scored map."""
    points: Counter[Letter] = Counter()
    counted = left_out = 0
    for match in matches:
        if match.points_r1_attackers is None or match.points_r2_attackers is None:
            continue
        letter = lineups.attackers.get(match.match_id)
        if letter is None:
            left_out += 1
            continue
        counted += 1
        points[letter] += match.points_r1_attackers
        points[opposite(letter)] += match.points_r2_attackers
    return EveningScore(a=points["A"], b=points["B"], counted=counted, left_out=left_out) if counted else None


def _halves(match: MatchLine, rounds: Mapping[str, RoundDetail]) -> tuple[set[str], set[str]]:
    """The attackers of round 1 and of round 2, from whichever halves are there; who was in both goes by round 1."""
    first: set[str] = set()
    second: set[str] = set()
    for line, own, other in ((match.r1, first, second), (match.r2, second, first)):
        if line is None or line.defender is None or line.round_id not in rounds:
            continue
        for player in rounds[line.round_id].players:
            if player.side not in ("axis", "allies") or player.player_id in first | second:
                continue
            (other if player.side == line.defender else own).add(player.player_id)
    return first, second


def _orient(first: set[str], second: set[str], current: Mapping[str, Letter]) -> Letter | None:
    if not current:
        return "A"
    straight = sum(current.get(player) == "A" for player in first) + sum(current.get(p) == "B" for p in second)
    crossed = sum(current.get(player) == "B" for player in first) + sum(current.get(p) == "A" for p in second)
    known = straight + crossed
    if known and straight > MAJORITY * known:
        return "A"
    return "B" if known and crossed > MAJORITY * known else None


def _usual(counted: Counter[Letter]) -> Letter:
    return "A" if counted["A"] >= counted["B"] else "B"
