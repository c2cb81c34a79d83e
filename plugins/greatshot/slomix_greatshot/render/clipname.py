"""What a clip is called for people, and scripts that play it. Pure."""

from __future__ import annotations

import re

from slomix_greatshot.api import HighlightLine

_UNSAFE = re.compile(r"[^a-z0-9]+")


def clip_stem(line: HighlightLine) -> str:
    """`supply_fragger_multikill_3k_0a1b2c`: letters, digits and `_` only, whatever players call themselves."""
    parts = (line.map or "demo", line.player, line.kind, f"{line.kills}k", line.highlight_id[:6])
    words = (_UNSAFE.sub("_", part.lower()).strip("_")[:24] for part in parts)
    return "_".join(word for word in words if word)


def shell_script(clip: str) -> str:
    """For Linux and macOS: put it beside the clip and run it; `ET` names the game where it is not `etl`."""
    return f"""#!/bin/sh
# Plays {clip} in ET: Legacy. Put this file beside the clip.
# The game is looked for as `etl`; say ET=/path/to/etl otherwise. HOMEPATH is where it keeps its files.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
home=${{HOMEPATH:-$HOME/.etlegacy}}
mkdir -p "$home/legacy/demos"
cp "$here/{clip}" "$home/legacy/demos/"
exec "${{ET:-etl}}" +set fs_game legacy +set fs_homepath "$home" +set nextdemo quit +demo "{clip.rpartition(".")[0]}"
"""


def batch_script(clip: str) -> str:
    """The same for Windows."""
    lines = (
        "@echo off",
        f"rem Plays {clip} in ET: Legacy. Put this file beside the clip.",
        "rem The game is looked for as etl.exe; say set ET=C:\\path\\to\\etl.exe before otherwise.",
        'if "%ET%"=="" set "ET=etl.exe"',
        'if "%HOMEPATH_ET%"=="" set "HOMEPATH_ET=%USERPROFILE%\\Documents\\ETLegacy"',
        'if not exist "%HOMEPATH_ET%\\legacy\\demos" mkdir "%HOMEPATH_ET%\\legacy\\demos"',
        f'copy /y "%~dp0{clip}" "%HOMEPATH_ET%\\legacy\\demos\\" >nul',
        '"%ET%" +set fs_game legacy +set fs_homepath "%HOMEPATH_ET%" +set nextdemo quit '
        f'+demo "{clip.rpartition(".")[0]}"',
    )
    return "\r\n".join(lines) + "\r\n"
