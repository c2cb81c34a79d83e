"""Each player's numbers, kept apart by where they come from."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from slomix_greatshot.demo.records import Bullet, Happening, Obituary, Revive, ScoreRow, Scores, WeaponStats
from slomix_greatshot.demo.roster import Roster


class FromObituaries(msgspec.Struct, kw_only=True):
    """Whole within what was recorded. `headshots_unknown`: kills of which the file cannot say."""

    kills: int = 0
    deaths: int = 0
    headshots: int = 0
    headshots_unknown: int = 0
    team_kills: int = 0
    self_kills: int = 0
    world_deaths: int = 0
    weapons: dict[str, int] = {}


class FromBullets(msgspec.Struct, kw_only=True):
    """What was in view: all of it in the recording of a relay, a part of it in a client's."""

    impacts: int = 0
    hits: int = 0
    head_hits: int = 0
    team_hits: int = 0
    revives: int = 0
    revived: int = 0


class Numbers(msgspec.Struct, kw_only=True):
    """`player` is the number in the list of players. `server` and `score` are the last rows that the server sent."""

    player: int
    obituaries: FromObituaries
    bullets: FromBullets
    server: WeaponStats | None = None
    score: ScoreRow | None = None


class Counting:
    """Adds up while the demo is read."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._numbers: dict[int, Numbers] = {}

    def result(self) -> list[Numbers]:
        return [self._numbers[index] for index in sorted(self._numbers)]

    def add(self, happenings: Iterable[Happening]) -> None:
        for happening in happenings:
            kind = type(happening)
            if kind is Bullet:
                self._bullet(happening)  # type: ignore[arg-type]
            elif kind is Obituary:
                self._obituary(happening)  # type: ignore[arg-type]
            elif kind is Revive:
                self._revive(happening)  # type: ignore[arg-type]
            elif kind is WeaponStats:
                self._server(happening)  # type: ignore[arg-type]
            elif kind is Scores:
                self._scores(happening)  # type: ignore[arg-type]

    def _of(self, index: int | None) -> Numbers | None:
        if index is None:
            return None
        found = self._numbers.get(index)
        if found is None:
            found = Numbers(player=index, obituaries=FromObituaries(), bullets=FromBullets())
            self._numbers[index] = found
        return found

    def _slot(self, slot: int | None) -> Numbers | None:
        return None if slot is None else self._of(self._roster.who(slot))

    def _obituary(self, told: Obituary) -> None:
        attacker, victim = self._of(told.attacker), self._of(told.victim)
        if victim and told.kind not in {"team_change", "swap_places"}:
            victim.obituaries.deaths += 1
            victim.obituaries.world_deaths += told.kind == "world_death"
            victim.obituaries.self_kills += told.kind == "self_kill"
        if attacker and told.kind == "team_kill":
            attacker.obituaries.team_kills += 1
        if attacker and told.kind == "kill":
            counts = attacker.obituaries
            counts.kills += 1
            counts.headshots += told.headshot is True
            counts.headshots_unknown += told.headshot is None
            counts.weapons[told.mod_name] = counts.weapons.get(told.mod_name, 0) + 1

    def _bullet(self, told: Bullet) -> None:
        numbers = self._slot(told.attacker_slot)
        if numbers is None:
            return
        seen = numbers.bullets
        seen.impacts += 1
        if told.target_slot is not None:
            seen.team_hits += told.hit == "team"
            seen.hits += told.hit != "team"
            seen.head_hits += told.hit == "head"

    def _revive(self, told: Revive) -> None:
        medic, revived = self._slot(told.medic_slot), self._slot(told.revived_slot)
        if medic:
            medic.bullets.revives += 1
        if revived:
            revived.bullets.revived += 1

    def _server(self, told: WeaponStats) -> None:
        numbers = self._slot(told.slot)
        if numbers:
            numbers.server = told

    def _scores(self, told: Scores) -> None:
        for row in told.rows:
            index = self._roster.who(row.slot)
            numbers = self._of(index)
            if numbers and index is not None:
                numbers.score = row
                self._roster.players[index].bot = row.bot
