"""Persistent teams through an evening: which letter attacked on each map, and where one pair of teams ends and
another begins.

Stats files know sides, not teams. The attackers of a segment's first round 1 are A. Every later map is turned the way
in which more of its known players keep their letter. It is A's and B's map when more than 60 % of the known players on
each side belong to one team; where somebody stands with the other team it says so (`roster_changed`). A new segment
begins

- with other people: fewer than half of those on each side are of the team that side stands for, or on one side nobody;
- with a reshuffle that lasts: at least one in eight of the known players stands with the other team for two matches.

A player who changes teams for good in a larger line-up is moved to his new team.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from slomix_stats.api import opposite
from slomix_stats.derive.decisions import Decisions
from slomix_stats.derive.fielded import Fielded
from slomix_stats.derive.model import Letter

#: Share of a side's known players that has to belong to one team for the map to count for the teams.
MAJORITY = 0.6
#: A side with a smaller share of its team is another team.
OVERLAP = 0.5
#: Share of the known players that has to stand with the other team for a reshuffle.
RESHUFFLED = 1 / 8


@dataclass(frozen=True, slots=True)
class Placed:
    """A match among the segments. `attackers` is None where it belongs to no team; the teams are then those of the
    better of both readings."""

    match_id: str
    segment: int | None
    attackers: Letter | None
    roster_changed: bool
    team_a: frozenset[str]
    team_b: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Turn:
    """A match held against the letters so far. `moved` stand with the team that is not theirs."""

    letter: Letter
    clear: bool
    kept_first: int
    kept_second: int
    moved: frozenset[str]
    known: int


def place_matches(matches: Sequence[Fielded], decisions: Decisions) -> list[Placed]:
    """Segment and teams of every match of a session, given in the order of time."""
    return list(_walk(matches, decisions))


def _walk(matches: Sequence[Fielded], decisions: Decisions) -> Iterator[Placed]:
    letters: dict[str, Letter] = {}
    number = 0
    following = _following(matches)
    for each in matches:
        decided = _decided(each, decisions)
        turn = _hold_against(each, decided or letters, margin=not decided)
        if each.forms:
            lasting = frozenset[str]() if decided else _lasting(each, turn, following.get(each.match_id), letters)
            starts = decisions.segments.get(each.match_id)
            if starts is None:
                starts = not decided and (_others(each, turn) or 0 < RESHUFFLED * turn.known <= len(lasting))
            if number == 0 or starts:
                number += 1
                letters = {}
            if not decided and (not letters or turn.known == 0):
                turn = _opening(turn)
            _learn(letters, each, turn, lasting, decided)
        yield _place(each, turn, number or None, decided)


def _decided(each: Fielded, decisions: Decisions) -> dict[str, Letter]:
    """The letters that somebody gave to players of this match."""
    team_a, team_b = decisions.rosters.get(each.match_id, (frozenset(), frozenset()))
    return {**dict.fromkeys(each.players & team_a, "A"), **dict.fromkeys(each.players & team_b, "B")}


def _following(matches: Sequence[Fielded]) -> dict[str, Fielded]:
    """The next match after each that tells who belongs together."""
    found: dict[str, Fielded] = {}
    later: Fielded | None = None
    for each in reversed(matches):
        if later is not None:
            found[each.match_id] = later
        if each.forms:
            later = each
    return found


def _hold_against(each: Fielded, letters: Mapping[str, Letter], *, margin: bool = True) -> _Turn:
    """The better of both readings of a match. Without `margin` it is clear as soon as one is better than the other."""
    straight_first = {player for player in each.first if letters.get(player) == "A"}
    straight_second = {player for player in each.second if letters.get(player) == "B"}
    crossed_first = {player for player in each.first if letters.get(player) == "B"}
    crossed_second = {player for player in each.second if letters.get(player) == "A"}
    straight = len(straight_first) + len(straight_second)
    crossed = len(crossed_first) + len(crossed_second)
    letter: Letter = "A"
    kept, moved = (straight_first, straight_second), (crossed_first, crossed_second)
    if crossed > straight:
        letter, kept, moved = "B", moved, kept
    clear = straight != crossed and all(
        not margin or len(stayed) > MAJORITY * (len(stayed) + len(went)) or not (stayed or went)
        for stayed, went in zip(kept, moved, strict=True)
    )
    return _Turn(letter, clear, len(kept[0]), len(kept[1]), frozenset(moved[0] | moved[1]), straight + crossed)


def _others(each: Fielded, turn: _Turn) -> bool:
    """Whether these are other people than those of the segment so far."""
    if not each.first or not each.second:
        return turn.known == 0
    shares = turn.kept_first / len(each.first), turn.kept_second / len(each.second)
    return min(shares) == 0 or max(shares) < OVERLAP


def _lasting(each: Fielded, turn: _Turn, following: Fielded | None, letters: Mapping[str, Letter]) -> frozenset[str]:
    """Who stands with the other team now and in the next match too."""
    if not turn.moved or following is None:
        return frozenset()
    after = _hold_against(following, _letters_of(each, turn.letter))
    stands = _letters_of(following, after.letter)
    return frozenset(player for player in turn.moved if stands.get(player, letters[player]) != letters[player])


def _letters_of(each: Fielded, attackers: Letter) -> dict[str, Letter]:
    return {**dict.fromkeys(each.first, attackers), **dict.fromkeys(each.second, opposite(attackers))}


def _opening(turn: _Turn) -> _Turn:
    """A match of people who have no letter yet: one stays with the team that most of them come from, if any."""
    return replace(turn, clear=True, moved=frozenset())


def _place(each: Fielded, turn: _Turn, number: int | None, decided: Mapping[str, Letter]) -> Placed:
    letters = {**_letters_of(each, turn.letter), **decided}
    return Placed(
        match_id=each.match_id,
        segment=number if turn.clear or each.forms else None,
        attackers=turn.letter if turn.clear and each.attackers_known else None,
        roster_changed=bool(turn.moved) and not decided,
        team_a=frozenset(player for player, letter in letters.items() if letter == "A"),
        team_b=frozenset(player for player, letter in letters.items() if letter == "B"),
    )


def _learn(
    letters: dict[str, Letter], each: Fielded, turn: _Turn, lasting: frozenset[str], decided: Mapping[str, Letter]
) -> None:
    """Give newcomers the letter of those they stand with, and those who moved for good their new one."""
    if turn.clear:
        for player, letter in _letters_of(each, turn.letter).items():
            if player in lasting:
                letters[player] = letter
            else:
                letters.setdefault(player, letter)
    letters.update(decided)
