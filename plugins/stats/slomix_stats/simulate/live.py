"""A simulated round as the logs of a server that is playing it: the engine's, and the live script's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from slomix_stats.simulate.evening import Played
from slomix_stats.simulate.truth import RoundTruth
from slomix_stats.weapons import weapon_name

ENGINE_LOG = "legacy3.log"
SCRIPT_LOG = "slomix-live.log"
#: Nothing happens before the round begins, so many seconds after the map was loaded.
_WARM_UP_S = 10.0
#: Lines of less than so many seconds of waiting are written together.
_LEAST_WAIT_S = 0.2


class LiveLogs:
    """Writes both logs into a folder while a round is played, `speed` times faster than life.

    All times are of the machine's clock (`now`, seconds since 1970): rounds of such a server are as short as they are.
    """

    def __init__(self, folder: Path, speed: float, wait: Callable[[float], object], now: Callable[[], float]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._engine, self._script = folder / ENGINE_LOG, folder / SCRIPT_LOG
        self._speed, self._wait, self._now = speed, wait, now
        self._slots: dict[str, int] = {}
        self._lines: list[str] = []

    def play(self, played: Played) -> None:
        """Play a round; takes as long as the round, divided by the speed."""
        truth = played.truth()
        self._load(truth)
        self._pass(0.0, _WARM_UP_S)
        self._tell(_WARM_UP_S, "LUA event: Round starting!")
        told = _WARM_UP_S
        for beat in sorted(played.half.beats):
            at = _WARM_UP_S + beat.at
            if (at - told) / self._speed >= _LEAST_WAIT_S:
                self._pass(told, at)
                told = at
            who, whom = self._slots[beat.who], self._slots[beat.whom]
            if beat.kind == "revive":
                self._tell(at, f"Medic_Revive: {who} {whom}")
                continue
            names = truth.players[beat.who].name, truth.players[beat.whom].name
            weapon = weapon_name(beat.slot)
            self._tell(at, f"Kill: {who} {whom} {beat.slot}: {names[0]} killed {names[1]} by MOD_{weapon}")
            self._tell_script(f"K {self._ms()} {who} {whom} {beat.slot} 0,0,0 0,0,0 80 400")
        end = _WARM_UP_S + truth.seconds
        self._pass(told, end)
        if truth.outcome == "objective":
            self._tell(end, f'legacy popup: {"axis" if truth.winner == 1 else "allies"} stole "the objective"')
        self._tell(end, "Exit: Wolf EndRound." if truth.outcome == "objective" else "Exit: Timelimit hit.")
        self._tell(end, "LUA event: Round ended!")
        self._flush()

    def _load(self, truth: RoundTruth) -> None:
        """Load the map, let everybody in who plays, and those out who do not."""
        self._lines.append(f"{0:8d} InitGame: \\mapname\\{truth.map}\\g_gametype\\3")
        self._tell_script(f"I {self._ms()} map {truth.map}")
        for guid in [guid for guid in self._slots if guid not in truth.players]:
            self._tell(0.05, f"ClientDisconnect: {self._slots.pop(guid)}")
        for guid, player in truth.players.items():
            if guid not in self._slots:
                self._slots[guid] = min(set(range(64)) - set(self._slots.values()))
                self._tell(0.05, f"ClientConnect: {self._slots[guid]}")
            self._tell(0.05, f"ClientUserinfoChanged: {self._slots[guid]} n\\{player.name}\\t\\{player.side}\\c\\2")
        self._flush()

    def _tell(self, at_s: float, line: str) -> None:
        self._lines.append(f"{int(at_s * 1000 / self._speed):8d} {line}")

    def _tell_script(self, line: str) -> None:
        with self._script.open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def _pass(self, since: float, until: float) -> None:
        """Let the time of the game pass; what was told before is written."""
        self._flush()
        self._wait((until - since) / self._speed)

    def _flush(self) -> None:
        with self._engine.open("a", encoding="utf-8") as log:
            log.write("".join(f"{line}\n" for line in self._lines))
        self._lines.clear()

    def _ms(self) -> int:
        return int(self._now() * 1000)
