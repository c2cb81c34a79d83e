"""The people of a segment: who played for which team from when to when, who replaced whom, and how many a side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slomix_stats.derive.fielded import Fielded
from slomix_stats.derive.model import Confidence, Letter, Member, Substitution
from slomix_stats.derive.segments import Placed

#: A substitute may come so many rounds after the player left: until the end of the next match.
_PATIENCE = 2


@dataclass(frozen=True, slots=True)
class Lineup:
    """The matches of one segment that tell who belongs together, in the order of time."""

    fielded: Sequence[Fielded]
    placed: Sequence[Placed]

    def rounds(self) -> list[tuple[int, frozenset[str], frozenset[str]]]:
        """Every round as the index of its match and the players of A and B in it."""
        return [
            (index, placed.team_a & players, placed.team_b & players)
            for index, (fielded, placed) in enumerate(zip(self.fielded, self.placed, strict=True))
            for players in (half.first | half.second for half in fielded.halves)
        ]


@dataclass(slots=True)
class _Stay:
    """When a player was there, as ordinals of rounds."""

    first: int
    last: int


def members(lineup: Lineup, guids: Mapping[str, str]) -> tuple[tuple[Member, ...], tuple[Substitution, ...]]:
    """The people of both teams, A first, in the order in which they came; and the substitutions among them.

    Somebody who played for both teams is of the one he played more matches for, then of the later one.
    """
    votes: defaultdict[str, Counter[Letter]] = defaultdict(Counter)
    latest: dict[str, Letter] = {}
    for placed in lineup.placed:
        for player, letter in _letters(placed).items():
            votes[player][letter] += 1
            latest[player] = letter
    home = {
        player: latest[player] if counted["A"] == counted["B"] else max(counted, key=counted.__getitem__)
        for player, counted in votes.items()
    }
    rounds = lineup.rounds()
    stays: dict[str, _Stay] = {}
    for ordinal, (_, *teams) in enumerate(rounds):
        for player in teams[0] | teams[1]:
            stays.setdefault(player, _Stay(ordinal, ordinal)).last = ordinal
    swaps = tuple(
        sorted(
            (swap for letter in ("A", "B") for swap in _substitutions(letter, home, stays, lineup)),
            key=lambda swap: (swap.match_number, swap.team, swap.player_out),
        )
    )
    replaced = {swap.player_in: swap.player_out for swap in swaps}
    found = [
        Member(
            player_id=player,
            guid=guids[player],
            team=home[player],
            joined_match=lineup.placed[rounds[stay.first][0]].match_id,
            left_match=lineup.placed[rounds[stay.last][0]].match_id,
            matches=votes[player][home[player]],
            replaces=replaced.get(player),
        )
        for player, stay in stays.items()
    ]
    order = {player: stay.first for player, stay in stays.items()}
    return tuple(sorted(found, key=lambda one: (one.team, order[one.player_id], one.guid, one.player_id))), swaps


def _letters(placed: Placed) -> dict[str, Letter]:
    return {**dict.fromkeys(placed.team_a, "A"), **dict.fromkeys(placed.team_b, "B")}


def _substitutions(
    letter: Letter, home: Mapping[str, Letter], stays: Mapping[str, _Stay], lineup: Lineup
) -> list[Substitution]:
    """Who came for whom: left for good, and another joined at once or a match later with the count as before."""
    rounds = lineup.rounds()
    team = {player: stay for player, stay in stays.items() if home[player] == letter}
    leaving = sorted((stay.last, player) for player, stay in team.items() if stay.last < len(rounds) - 1)
    coming = sorted((stay.first, player) for player, stay in team.items() if stay.first > 0)
    found = []
    for left, player in leaving:
        before = _strength(team, left)
        for arrival in coming:
            joined, other = arrival
            if left < joined <= left + 1 + _PATIENCE and _strength(team, joined) == before:
                match = rounds[joined][0]
                found.append(Substitution(
                    team=letter, player_out=player, player_in=other,
                    match_id=lineup.placed[match].match_id, match_number=match + 1,
                ))  # fmt: skip
                coming.remove(arrival)
                break
    return found


def _strength(team: Mapping[str, _Stay], ordinal: int) -> int:
    """How many players a team has in a round, those who sat it out between two others included."""
    return sum(stay.first <= ordinal <= stay.last for stay in team.values())


def strength(lineup: Lineup) -> str:
    """`3v3`: how many a side, as in most of the rounds; of equally many the larger."""
    sizes = Counter((len(team_a), len(team_b)) for _, team_a, team_b in lineup.rounds())
    a, b = max(sizes, key=lambda size: (sizes[size], sum(size), size))
    return f"{a}v{b}"


def confidence(lineup: Lineup) -> Confidence:
    """How sure the teams are: `high` where nobody ever stood with the others, `medium` where it was so on one map."""
    mixed = sum(placed.roster_changed for placed in lineup.placed)
    return "high" if mixed == 0 else "medium" if mixed == 1 else "low"
