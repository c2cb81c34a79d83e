"""Who is in which slot, from the config strings of players."""

from __future__ import annotations

import msgspec

from slomix_greatshot.demo.records import ClassChanged, Happening, Joined, Left, Renamed, TeamChanged
from slomix_greatshot.demo.text import info, number

FIRST_SLOT = 689
SLOTS = 64
MOST_PLAYERS = 4096


class Player(msgspec.Struct, kw_only=True):
    """One who had a slot from `first_ms` to `last_ms`: a slot that is taken anew is a new player.

    `names` are all that were used, with when, colours included; `last_ms` None while the slot is held.
    """

    slot: int
    segment: int
    name: str
    team: int
    class_: int
    first_ms: int
    last_ms: int | None = None
    names: list[tuple[int, str]] = []
    bot: bool | None = None


class Roster:
    """The players so far, and who holds which slot now (numbers in `players`)."""

    def __init__(self) -> None:
        self.players: list[Player] = []
        self.held: dict[int, int] = {}
        self.segment = 0

    def begin(self, segment: int, time: int) -> None:
        """A new gamestate: nobody holds a slot."""
        for index in self.held.values():
            self.players[index].last_ms = time
        self.held = {}
        self.segment = segment

    def who(self, slot: int) -> int | None:
        return self.held.get(slot)

    def team(self, slot: int | None) -> int:
        index = None if slot is None else self.held.get(slot)
        return 0 if index is None else self.players[index].team

    def name(self, slot: int | None) -> str:
        index = None if slot is None else self.held.get(slot)
        return "" if index is None else self.players[index].name

    def set(self, slot: int, raw: bytes, time: int) -> list[Happening]:
        """What the slot's config string, which is now `raw`, tells."""
        index = self.held.get(slot)
        if not raw:
            if index is None:
                return []
            del self.held[slot]
            self.players[index].last_ms = time
            return [Left(time_ms=time, slot=slot, player=index, name=self.players[index].name)]
        facts = info(raw)
        name = facts.get("n", "")
        team, class_ = number(facts.get("t", "0")), number(facts.get("c", "0"))
        if index is None:
            return self._join(slot, name, team, class_, time)
        return self._change(index, name, team, class_, time)

    def _join(self, slot: int, name: str, team: int, class_: int, time: int) -> list[Happening]:
        if len(self.players) >= MOST_PLAYERS:
            return []
        self.held[slot] = len(self.players)
        self.players.append(
            Player(
                slot=slot,
                segment=self.segment,
                name=name,
                team=team,
                class_=class_,
                first_ms=time,
                names=[(time, name)],
            )
        )
        return [Joined(time_ms=time, slot=slot, player=self.held[slot], name=name, team=team)]

    def _change(self, index: int, name: str, team: int, class_: int, time: int) -> list[Happening]:
        player = self.players[index]
        changes: list[Happening] = []
        if name != player.name:
            changes.append(Renamed(time_ms=time, slot=player.slot, player=index, before=player.name, after=name))
            player.name = name
            player.names.append((time, name))
        if team != player.team:
            changes.append(TeamChanged(time_ms=time, slot=player.slot, player=index, before=player.team, after=team))
            player.team = team
        if class_ != player.class_:
            changes.append(
                ClassChanged(time_ms=time, slot=player.slot, player=index, before=player.class_, after=class_)
            )
            player.class_ = class_
        return changes
