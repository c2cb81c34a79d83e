"""The built-in renderer: a game client that plays the clip and writes it down, then an encoder.

The game is a program in C that reads what strangers sent: it gets a home of its own for each film, a short environment,
and its whole process group ends when the time is over. Put a container around it in the setting where you can.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from slomix_greatshot.api import Render, RenderFailed

if TYPE_CHECKING:
    from slomix_greatshot.settings import GreatshotSettings

#: The game's folder for the mod that is played.
MOD = "legacy"
CONFIG = "slomix-film.cfg"
#: Of the environment these alone are handed on.
HANDED_ON = ("PATH", "DISPLAY", "XAUTHORITY", "LANG", "LD_LIBRARY_PATH", "XDG_RUNTIME_DIR")
_TOLD = 300
_WORD = re.compile(r"\{([a-z]+)\}")


class GameClient:
    """Implements `RenderBackendV1` by the settings `renderer` and `encoder`."""

    name = "game client"

    def __init__(self, settings: GreatshotSettings) -> None:
        self._settings = settings

    async def render(self, render: Render) -> None:
        """Play the clip in a home of its own, then encode what the game wrote."""
        with tempfile.TemporaryDirectory(prefix="slomix-film-") as folder:
            home = Path(folder)
            await asyncio.to_thread(prepare, home, render.clip)
            words = {
                "home": str(home),
                "clip": str(home / MOD / "demos" / render.clip.name),
                "name": render.clip.stem,
                "config": CONFIG,
                "seconds": str(round(render.seconds) + 1),
                "out": str(render.out),
            }
            await run(filled(self._settings.renderer, words), home)
            made = written(home, render.out)
            if self._settings.encoder:
                await run(filled(self._settings.encoder, {**words, "in": str(made)}), home)
            elif made != render.out:
                await asyncio.to_thread(shutil.move, made, render.out)
        if not render.out.is_file() or render.out.stat().st_size == 0:
            raise RenderFailed("The encoder ended well and wrote no film.")


def prepare(home: Path, clip: Path) -> None:
    """The clip where the game looks for demos, and what it is to do with it."""
    demos = home / MOD / "demos"
    demos.mkdir(parents=True)
    shutil.copyfile(clip, demos / clip.name)
    lines = (
        "set cl_aviFrameRate 60",
        'set nextdemo "quit"',
        'set activeAction "video film"',
        f"demo {clip.stem}",
    )
    (home / MOD / CONFIG).write_text("\n".join(lines) + "\n", "ascii")


def filled(command: Sequence[str], words: Mapping[str, str]) -> list[str]:
    """The arguments with `{home}` and so on replaced; nothing of it goes through a shell."""
    return [_WORD.sub(lambda found: words.get(found[1], found[0]), part) for part in command]


def written(home: Path, out: Path) -> Path:
    """The film, or what the game recorded: the newest file in its folder of videos."""
    if out.is_file() and out.stat().st_size:
        return out
    videos = [path for path in home.rglob("videos/*") if path.is_file() and path.suffix != ".txt"]
    if not videos:
        raise RenderFailed("The game ended and recorded nothing; does it have the map and the mod of this demo?")
    return max(videos, key=lambda path: path.stat().st_mtime_ns)


async def run(command: Sequence[str], home: Path) -> None:
    """A program until its end. Raises `RenderFailed` with the last line that it said."""
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ} | {"HOME": str(home)}
    with tempfile.TemporaryFile() as said:
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=home,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        except OSError as error:
            raise RenderFailed(f"{Path(command[0]).name} can not be started: {error.strerror}.") from None
        try:
            code = await process.wait()
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            raise
        if code != 0:
            said.seek(max(said.tell() - 4096, 0))
            lines = said.read().decode("utf-8", "replace").replace(str(home), "~").strip().splitlines()
            raise RenderFailed(
                f"{Path(command[0]).name} ended with {code}: {(lines or ['it said nothing'])[-1][:_TOLD]}"
            )
