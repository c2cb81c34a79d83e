"""Obituaries: who, by what, which kind of death, and whether by a headshot."""

from __future__ import annotations

from typing import Any

from slomix_greatshot.demo.records import HitName, Kind, Obituary
from slomix_greatshot.demo.roster import Roster
from slomix_greatshot.demo.rounds import Rounds
from slomix_greatshot.demo.rules import Mean, Rules

SLOTS = 64
NOWHERE = 1023  # stands on no entity
#: A gain is told in the snapshot of its kill; one that is older belongs to no kill that is in the file.
GAIN_MS = 1000
HEADSHOT_KILL = "headshot kill"
HITS: tuple[HitName, ...] = ("none", "team", "head", "body")


class Deaths:
    """Obituaries wait until their snapshot is told whole: its bullets say where the killing hit went."""

    def __init__(self, roster: Roster, rounds: Rounds) -> None:
        self._roster, self._rounds = roster, rounds
        self.viewer = -1
        self._waiting: list[tuple[Obituary, Mean]] = []
        self._bullets: dict[tuple[int, int], int] = {}
        self.pending = False
        self._told_hits: dict[int, int] = {}
        self._gains: list[tuple[int, str]] = []

    def bullet(self, attacker: int, target: int, hit: int) -> None:
        self._bullets[attacker, target] = hit
        self.pending = True

    def told_hit(self, attacker: int, hit: int) -> None:
        self._told_hits[attacker] = hit
        self.pending = True

    def gain(self, time: int, reason: str) -> None:
        if reason.endswith("kill"):
            self._gains.append((time, reason))

    def add(self, raw: tuple[Any, ...], rules: Rules) -> None:
        """The decoder's tuple of an obituary."""
        victim, killer, mod = raw[3], raw[4], raw[5]
        if rules.etpro:
            victim, killer, mod = raw[9][5]
        if victim >= SLOTS:
            return
        attacker = killer if killer < SLOTS else None
        mean = rules.mean(mod)
        attacker_at, victim_at = raw[9][6:]
        obituary = Obituary(
            time_ms=raw[1],
            attacker_slot=attacker,
            victim_slot=victim,
            mod=mod,
            mod_name=mean.name,
            kind=self._kind(attacker, victim, mean),
            headshot=raw[9][0] == 1 if rules.headshot_flag else None,
            weapon=rules.weapon(raw[6]),
            attacker=None if attacker is None else self._roster.who(attacker),
            victim=self._roster.who(victim),
            phase=self._rounds.phase,
            round=self._rounds.current,
            segment=self._rounds.segment,
            attacker_at=attacker_at[0] if attacker_at else None,
            victim_at=victim_at[0] if victim_at else None,
            attacker_health=attacker_at[2] if attacker_at and attacker_at[2] < 0x8000 else None,
            victim_airborne=victim_at[1] == NOWHERE if victim_at else None,
        )
        self._waiting.append((obituary, mean))
        self.pending = True

    def _kind(self, attacker: int | None, victim: int, mean: Mean) -> Kind:
        if mean.name == "switchteam":
            return "team_change"
        if mean.name == "swap_places":
            return "swap_places"
        if attacker is None:
            return "world_death"
        if attacker == victim:
            return "self_kill"
        team = self._roster.team(attacker)
        return "team_kill" if team in (1, 2) and team == self._roster.team(victim) else "kill"

    def settle(self, time: int, rules: Rules) -> list[Obituary]:
        """The obituaries of this snapshot; to be called when something is `pending`."""
        done: list[Obituary] = []
        if self._waiting:
            self._gains = [gain for gain in self._gains if time - gain[0] <= GAIN_MS]
            done = [self._judged(obituary, mean, rules) for obituary, mean in self._waiting]
            self._waiting = []
        self._bullets = {}
        self._told_hits = {}
        self.pending = False
        return done

    def _judged(self, obituary: Obituary, mean: Mean, rules: Rules) -> Obituary:
        attacker, victim = obituary.attacker_slot, obituary.victim_slot
        gain = None
        if attacker == self.viewer and obituary.kind == "kill" and self._gains:
            gain = self._gains.pop(0)[1]
        if not mean.regions or attacker is None or attacker == victim:
            headshot: bool | None = False
        elif obituary.headshot is not None:
            return obituary
        elif (attacker, victim) in self._bullets:
            headshot = HITS[self._bullets[attacker, victim] & 3] == "head"
        elif gain is not None:
            headshot = gain == HEADSHOT_KILL
        elif rules.mod == "legacy" and rules.release < (2, 80, 0) and attacker in self._told_hits:
            headshot = HITS[self._told_hits[attacker] & 3] == "head"
        else:
            headshot = None
        values = {name: getattr(obituary, name) for name in Obituary.__struct_fields__}
        return Obituary(**{**values, "headshot": headshot})
