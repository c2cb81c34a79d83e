"""What the detectors look at: a demo's kills, deaths and lives, by round and by player."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from slomix_greatshot.demo import Demo
from slomix_greatshot.demo.records import Obituary, Revive, TeamChanged
from slomix_greatshot.demo.roster import Player
from slomix_greatshot.highlights.model import Tuning

WARMUP = frozenset({1, 2, 3, 4, 5})
TEAMS = (1, 2)


class Facts:
    """A demo, read once for all detectors. `frags` are kills of enemies while a round was played."""

    def __init__(self, demo: Demo, tuning: Tuning) -> None:
        self.demo, self.tuning = demo, tuning

    def played(self, obituary: Obituary) -> bool:
        """Whether it counts: not in warmup (unless that is wanted), and no change of team."""
        if obituary.kind in {"team_change", "swap_places"}:
            return False
        return self.tuning.warmup or obituary.phase not in WARMUP

    @cached_property
    def obituaries(self) -> list[Obituary]:
        return [each for each in self.demo.obituaries if self.played(each)]

    @cached_property
    def frags(self) -> dict[tuple[int, int, int | None], list[Obituary]]:
        """Kills by player (number), segment and round, in the order of time."""
        found: defaultdict[tuple[int, int, int | None], list[Obituary]] = defaultdict(list)
        for each in self.obituaries:
            if each.kind == "kill" and each.attacker is not None:
                found[each.attacker, each.segment, each.round].append(each)
        return dict(found)

    @cached_property
    def deaths(self) -> dict[int, list[int]]:
        """Times of death by player."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for each in self.obituaries:
            if each.victim is not None:
                found[each.victim].append(each.time_ms)
        return dict(found)

    @cached_property
    def revives(self) -> dict[int, list[Revive]]:
        """Revives by the medic's number, where he is known."""
        found: defaultdict[int, list[Revive]] = defaultdict(list)
        for each in self.demo.revives:
            medic = None if each.medic_slot is None else self.holder(each.medic_slot, each.time_ms, each.segment)
            if medic is not None:
                found[medic].append(each)
        return dict(found)

    @cached_property
    def signs_of_life(self) -> dict[int, list[int]]:
        """When players were revived, or shot somebody: they stood then."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for revive in self.demo.revives:
            revived = self.holder(revive.revived_slot, revive.time_ms, revive.segment)
            if revived is not None:
                found[revived].append(revive.time_ms)
        for hit in self.demo.hits:
            shooter = self.holder(hit.attacker_slot, hit.time_ms, self.segment_at(hit.time_ms))
            if shooter is not None:
                found[shooter].append(hit.time_ms)
        return dict(found)

    def round_at(self, time: int) -> int | None:
        """The number of the round that was played."""
        played = (each for each in self.demo.rounds if each.start_ms <= time)
        return next((each.number for each in played if each.end_ms is None or time <= each.end_ms), None)

    def segment_at(self, time: int) -> int:
        """The gamestate that was valid at a time."""
        after = bisect_right(self._begun, time)
        return self.demo.segments[after - 1].segment if after else 1

    @cached_property
    def _begun(self) -> list[int]:
        return [each.time_ms for each in self.demo.segments]

    def holder(self, slot: int, time: int, segment: int) -> int | None:
        """Who had a slot at a time: the number in the list of players."""
        holders = self._holders.get((segment, slot), ())
        at = bisect_right(holders, time, key=lambda index: self.demo.players[index].first_ms) - 1
        return holders[at] if at >= 0 and _held(self.demo.players[holders[at]], time) else None

    @cached_property
    def _holders(self) -> dict[tuple[int, int], list[int]]:
        found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for index, player in enumerate(self.demo.players):
            found[player.segment, player.slot].append(index)
        return dict(found)

    def name(self, index: int, time: int) -> str:
        """What a player was called at a time."""
        player = self.demo.players[index]
        names = [name for since, name in player.names if since <= time]
        return names[-1] if names else player.name

    def team(self, index: int, time: int) -> int:
        """1 axis, 2 allies, 3 spectator, at a time."""
        moves = self._moves.get(index, ())
        after = next((move.before for move in moves if move.time_ms > time), None)
        return self.demo.players[index].team if after is None else after

    @cached_property
    def _moves(self) -> dict[int, list[TeamChanged]]:
        found: defaultdict[int, list[TeamChanged]] = defaultdict(list)
        for each in self.demo.changes:
            if isinstance(each, TeamChanged):
                found[each.player].append(each)
        return dict(found)

    def members(self, team: int, time: int, segment: int) -> list[int]:
        """Who was in a team at a time."""
        return [
            index
            for index, player in enumerate(self.demo.players)
            if player.segment == segment and _held(player, time) and self.team(index, time) == team
        ]

    def own_objectives(self, team: int) -> Iterator[tuple[int, str]]:
        """When a team undid what the other one did, and in which words."""
        for each in self.demo.objectives:
            if each.team != team:
                continue
            if each.kind == "dynamite" and each.action == "defused":
                yield each.time_ms, "the dynamite was defused"
            elif each.kind == "objective" and each.action == "returned":
                yield each.time_ms, f"{each.name or 'the objective'} was returned"

    def clock(self, time: int, number: int | None) -> int:
        """The time in the round, or in the demo where there is no round."""
        begun = next((each.start_ms for each in self.demo.rounds if each.number == number), self.demo.first_ms)
        return max(time - begun, 0)


def _held(player: Player, time: int) -> bool:
    return player.first_ms <= time and (player.last_ms is None or time < player.last_ms)
