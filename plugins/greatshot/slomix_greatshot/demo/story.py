"""From what the decoder hands out to what happened: the typed stream, and what is known at each moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slomix_greatshot.demo import spoken
from slomix_greatshot.demo.deaths import HITS, SLOTS, Deaths
from slomix_greatshot.demo.decoder import FIRST
from slomix_greatshot.demo.records import (
    Bullet,
    Command,
    GamestateBegan,
    Happening,
    Hit,
    Objective,
    Revive,
)
from slomix_greatshot.demo.roster import FIRST_SLOT, Roster
from slomix_greatshot.demo.rounds import INTERMISSION, LEVEL_START, MAP_WINNER, WOLFINFO, Rounds
from slomix_greatshot.demo.rules import Rules, popups, rules_for
from slomix_greatshot.demo.text import decoded, info, number, quoted, tokens

SERVERINFO = 0
STRINGS, STRINGS_END = 911, 943
MOST_STRING = 8192
DEAD, TELEPORTED = 1, 4
_OF_ROUNDS = {LEVEL_START, INTERMISSION, MAP_WINNER, WOLFINFO}
_OBJECTIVES = {"dynamite", "construction", "destruction", "objective", "mines"}
_DYNAMITE = ("planted", "defused")
_STOLEN = ("stolen", "returned", "captured")


class Story:
    """Takes the decoder's tuples in order. `tell` answers the rules for the decoder where a segment began."""

    def __init__(self, *, commands: bool = False) -> None:
        self.roster, self.rounds = Roster(), Rounds()
        self.deaths = Deaths(self.roster, self.rounds)
        self.rules: Rules = rules_for("legacy", "")
        self.strings: dict[int, bytes] = {}
        self.began: GamestateBegan | None = None
        self.broadcast = False
        self.commands = 0
        self._keep_commands = commands
        self._time = 0
        self._pieces: dict[int, bytes] = {}
        self._beginning = False
        self._revived: set[int] = set()
        self._stands: list[int] = []
        self._medic: int | None = None
        self._popups = popups()
        self._out: list[Happening] = []
        self._by_kind: tuple[Callable[[tuple[Any, ...]], None], ...] = (
            self._gamestate,
            self._command,
            self._event,
            self._ring,
            self._life,
        )
        self._by_word: dict[bytes, Callable[[bytes, int], None]] = {
            b"cs": self._config_string,
            b"bcs0": self._piece,
            b"bcs1": self._piece,
            b"bcs2": self._piece,
            b"map_restart": lambda command, time: self._extend(self.rounds.restart(time)),
            b"chat": lambda command, time: self._add(spoken.chat(command, time, self.roster.name)),
            b"tchat": lambda command, time: self._add(spoken.team_chat(command, time, self.roster.name)),
            b"vchat": self._voice,
            b"vtchat": self._voice,
            b"vbchat": self._voice,
            b"cp": self._notice,
            b"cpm": self._notice,
            b"print": self._notice,
            b"sc0": lambda command, time: self._add(spoken.scores(command, time)),
            b"ws": lambda command, time: self._add(spoken.weapon_stats(command, time, self.rules)),
            b"wws": lambda command, time: self._add(spoken.weapon_stats(command, time, self.rules)),
            b"xpgain": self._gain,
        }

    def tell(self, raw: list[tuple[Any, ...]]) -> list[Happening]:
        """What these tuples mean, but for what waits until its snapshot is over."""
        handlers = self._by_kind
        for item in raw:
            kind = item[0]
            if kind == 0:
                self._settle()
            elif kind <= FIRST:
                if item[1] != self._time or self._beginning:
                    self._passed(item[1])
                if kind == FIRST:
                    continue
            else:
                continue
            handlers[kind](item)
        out, self._out = self._out, []
        return out

    def finish(self) -> list[Happening]:
        """The demo is over."""
        self._settle()
        if self.rounds.paused:
            self._extend(self.rounds.passed(self._time + 60_000))
        self.rounds.finish()
        out, self._out = self._out, []
        return out

    # ---- snapshots ------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """All of one server time was told."""
        if self.rounds.pending:
            self._extend(self.rounds.settle(self._time))
        if self.deaths.pending:
            self._extend(self.deaths.settle(self._time, self.rules))
        if self._stands:
            self._out.extend(self._revive(slot) for slot in self._stands if slot not in self._revived)
            self._stands = []
        if self._revived:
            self._revived = set()
        self._medic = None

    def _revive(self, slot: int) -> Revive:
        return Revive(
            time_ms=self._time,
            medic_slot=self._medic,
            revived_slot=slot,
            source="flags",
            segment=self.rounds.segment,
        )

    def _passed(self, time: int) -> None:
        self._settle()
        self._time = time
        if self._beginning:
            self._beginning = False
            self._begin()
        if self.rounds.paused:
            self._extend(self.rounds.passed(time))

    def _add(self, happening: Happening | None) -> None:
        if happening is not None:
            self._out.append(happening)

    def _extend(self, happenings: Any) -> None:
        if happenings:
            self._out.extend(happenings)

    def _gamestate(self, raw: tuple[Any, ...]) -> None:
        """Its time is not in it: it is told with the first snapshot."""
        _, _, _, strings, client, _ = raw
        self.strings = dict(strings)
        self._pieces = {}
        facts = info(self.strings.get(SERVERINFO, b""))
        self.rules = rules_for(facts.get("gamename", ""), facts.get("mod_version", ""))
        self.deaths.viewer = client
        self._beginning = True

    def _begin(self) -> None:
        facts = info(self.strings.get(SERVERINFO, b""))
        segment = self.began.segment + 1 if self.began else 1
        self.began = GamestateBegan(
            time_ms=self._time,
            segment=segment,
            viewer_slot=self.deaths.viewer,
            map=facts.get("mapname", ""),
            mod=self.rules.mod,
            version=facts.get("mod_version", facts.get("version", "")),
            protocol=number(facts.get("protocol", "0")),
            broadcast=self.broadcast,
            server=facts.get("sv_hostname", ""),
        )
        self._add(self.began)
        self.roster.begin(segment, self._time)
        for slot in range(SLOTS):
            self._extend(self.roster.set(slot, self.strings.get(FIRST_SLOT + slot, b""), self._time))
        self._extend(self.rounds.begin(segment, self.began.map, self.strings, self._time))

    # ---- commands -------------------------------------------------------------------------------------------------

    def _command(self, raw: tuple[Any, ...]) -> None:
        _, time, sequence, command, _ = raw
        self.commands += 1
        if self._keep_commands:
            self._out.append(Command(time_ms=time, number=sequence, text=decoded(command)))
        word = command.split(None, 1)[:1]
        handler = self._by_word.get(word[0]) if word else None
        if handler:
            handler(command, time)

    def _config_string(self, command: bytes, time: int) -> None:
        words = tokens(command)
        if len(words) > 1:
            self._set(number(words[1], -1), words[2] if len(words) > 2 else b"", time)

    def _piece(self, command: bytes, time: int) -> None:
        words = tokens(command)
        if len(words) < 3:
            return
        index = number(words[1], -1)
        before = b"" if words[0] == b"bcs0" else self._pieces.pop(index, None)
        if before is None or len(self._pieces) > SLOTS:
            return
        value = before + words[2]
        if words[0] == b"bcs2":
            self._set(index, value, time)
        elif len(value) <= MOST_STRING:
            self._pieces[index] = value

    def _set(self, index: int, value: bytes, time: int) -> None:
        if not 0 <= index < 1024:
            return
        self.strings[index] = value
        if FIRST_SLOT <= index < FIRST_SLOT + SLOTS:
            self._extend(self.roster.set(index - FIRST_SLOT, value, time))
        elif index in _OF_ROUNDS:
            self._extend(self.rounds.set(index, value, time))

    def _voice(self, command: bytes, time: int) -> None:
        self._add(spoken.voice(command, time, self.roster.name))

    def _notice(self, command: bytes, time: int) -> None:
        text = quoted(command)[0]
        if b"UNPAUSED" in text and command.startswith(b"cp "):
            self._extend(self.rounds.unpause(time))
        self._add(spoken.notice(command, time, self.roster.name))

    def _gain(self, command: bytes, time: int) -> None:
        gain = spoken.gained(command, time)
        if gain:
            self.deaths.gain(time, gain.reason)
            if gain.reason == "revive":
                self._medic = self.deaths.viewer
            self._add(gain)

    # ---- events ---------------------------------------------------------------------------------------------------

    def _event(self, raw: tuple[Any, ...]) -> None:
        rules, event = self.rules, raw[2]
        if event == rules.obituary:
            self.deaths.add(raw, rules)
        elif event == rules.bullet:
            # The target moved from the parameter to a field of its own in 2.82.1; the other one is 0.
            self._bullet(raw, raw[4] or raw[5])
        elif event == rules.bullet_flesh:
            self._bullet(raw, raw[5])
        elif event == rules.bullet_wall:
            self._bullet(raw, SLOTS)
        elif event == rules.revive:
            self._revived.add(raw[5])
            self._add(
                Revive(
                    time_ms=raw[1],
                    medic_slot=raw[9][1],
                    revived_slot=raw[5],
                    source="event",
                    segment=self.rounds.segment,
                )
            )
        elif event == rules.popup:
            self._popup(raw)

    def _bullet(self, raw: tuple[Any, ...], target: int) -> None:
        hit = raw[7] if raw[7] < len(HITS) else 0
        struck = target < SLOTS and (hit != 0 or raw[2] == self.rules.bullet_flesh)
        if struck:
            self.deaths.bullet(raw[3], target, hit)
        self._out.append(
            Bullet(
                time_ms=raw[1],
                attacker_slot=raw[3],
                target_slot=target if struck else None,
                hit=HITS[hit],
                weapon=self.rules.weapon(raw[6]),
                at=raw[8],
            )
        )

    def _popup(self, raw: tuple[Any, ...]) -> None:
        kind_number, sub, extra = raw[9][2]
        kind = self._popups[kind_number] if kind_number < len(self._popups) else ""
        if kind not in _OBJECTIVES:
            return
        action, team, name = "", raw[9][3], None
        if kind == "dynamite":
            action = _DYNAMITE[sub] if sub < len(_DYNAMITE) else ""
        elif kind == "objective":
            team = sub
            action = _STOLEN[min(raw[9][4], len(_STOLEN) - 1)]
            name = decoded(self.strings.get(STRINGS + extra, b"")) if extra < STRINGS_END - STRINGS else None
        elif kind == "mines":
            team, action = sub, "spotted"
        self._out.append(Objective(time_ms=raw[1], kind=kind, action=action, team=team, name=name or None))

    def _ring(self, raw: tuple[Any, ...]) -> None:
        _, time, client, event, parm = raw
        if event == self.rules.hit and parm < len(HITS):
            self.deaths.told_hit(client, parm)
            self._out.append(Hit(time_ms=time, attacker_slot=client, hit=HITS[parm]))

    def _life(self, raw: tuple[Any, ...]) -> None:
        """Somebody fell or stands again; without a teleport that is a revive."""
        _, _, client, before, now = raw
        if before & DEAD and not now & DEAD and not (before ^ now) & TELEPORTED:
            self._stands.append(client)
