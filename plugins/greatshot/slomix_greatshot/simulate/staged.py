"""A demo of a round that is given: who played, who killed and revived whom when, who won."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from slomix_greatshot.simulate.recorder import Recorder

#: Milliseconds between snapshots: coarse, as everything that is told is in it all the same.
FRAME_MS = 500
PLAYING, WARMUP, INTERMISSION = 0, 2, 3
_BEFORE, _AFTER = 6, 6


class Deed(NamedTuple):
    """`at_s` after the round began; slots of players; `mean` of a kill, as the game names it."""

    at_s: float
    kind: Literal["kill", "revive"]
    who: int | None
    whom: int
    mean: str = "mp40"
    headshot: bool = False


def stage(
    file: Path,
    players: Sequence[tuple[str, int, int]],
    deeds: Sequence[Deed],
    *,
    map_name: str,
    seconds: float,
    number: int = 1,
    winner: int = 0,
    viewer: int = 0,
    frame_ms: int = FRAME_MS,
    chat: Sequence[tuple[int, str]] = (),
) -> None:
    """Write the demo. `players` are name, team and class by slot; `winner` 1 or 2, 0 for a recording that ends first.

    `chat` is what slots say when the round has begun.
    """
    with file.open("wb") as stream:
        film = Recorder(stream, players, map_name=map_name, viewer=viewer, frame_ms=frame_ms, phase=WARMUP)
        film.step(_BEFORE)
        film.command("map_restart\n")
        film.set(11, str(film.time))
        film.set(21, f"\\g_currentRound\\{number - 1}\\gamestate\\{PLAYING}")
        for slot, words in chat:
            film.command(f'chat "^7{players[slot][0]}^7: ^2{words}" {slot}')
        _play(film, sorted(deeds, key=lambda deed: deed.at_s), round(seconds * 1000 / frame_ms), frame_ms)
        if winner:
            film.set(14, f"\\w\\{winner - 1}")
            film.set(12, "1")
            film.set(21, f"\\g_currentRound\\{number - 1}\\gamestate\\{INTERMISSION}")
            film.step(_AFTER)
        film.end()


def _play(film: Recorder, deeds: Sequence[Deed], frames: int, frame_ms: int) -> None:
    """Whoever is dead and does something has come back meanwhile."""
    down: set[int] = set()
    left = list(deeds)
    for frame in range(frames):
        while left and left[0].at_s * 1000 <= frame * frame_ms:
            deed = left.pop(0)
            for slot in down & ({deed.who} if deed.kind == "revive" else {deed.who, deed.whom}):
                film.spawn(slot)
                down.discard(slot)
            if deed.kind == "revive":
                film.revive(deed.who if deed.who is not None else deed.whom, deed.whom)
                down.discard(deed.whom)
            else:
                film.kill(deed.who, deed.whom, deed.mean, headshot=deed.headshot)
                down.add(deed.whom)
        film.step()
