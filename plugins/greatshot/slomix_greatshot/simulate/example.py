"""A match in which a bit of everything happens: for tests and benchmarks."""

from __future__ import annotations

from pathlib import Path

from slomix_greatshot.simulate.recorder import Recorder

PLAYERS = [(f"^{slot}pla^7yer{slot}", 1 + slot % 2, slot % 5) for slot in range(10)]


def example(
    file: Path, *, broadcast: bool = False, version: str = "v2.84.0", game: str = "legacy", lag: int = 2
) -> None:
    """Warmup, a round with deaths, a revive, a pause, lost messages and a second gamestate."""
    with file.open("wb") as stream:
        film = Recorder(stream, PLAYERS, broadcast=broadcast, version=version, game=game, lag=lag, phase=2)
        film.step(20)
        film.kill(1, 2, "mp40")
        film.step(10)
        film.command("map_restart\n")
        film.set(11, str(film.time))
        film.phase(0)
        film.spawn(2)
        film.step(20)
        film.bullet(1, 2, 3)
        film.step(2)
        film.bullet(1, 2, 2)
        film.kill(1, 2, "mp40", headshot=True)
        film.step(10)
        film.revive(6, 2)
        film.step(5)
        film.kill(3, 5, "grenade")
        film.kill(None, 7, "falling")
        film.kill(4, 4, "suicide")
        film.command('chat "^7^3pla^7yer3^7: ^2a "quoted" word" 3')
        film.command('tchat "^5come here" 4 10 20 30')
        film.step(2)
        film.step(20, lost=True)
        film.step(20)
        film.player(8, "somebody else", 1, 1)
        film.player(9, "", 0, 0)
        film.set(1, "\\sv_paks\\" + "1234567 " * 400)
        film.popup(0, 0, team=2)
        film.step(10)
        film.set(14, "\\w\\1")
        film.set(12, "1")
        film.phase(3)
        film.step(10)
        film.begin("adlernest", phase=0)
        film.step(30)
        film.kill(2, 3, "panzerfaust")
        film.step(10)
        film.end()
