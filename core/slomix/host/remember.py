"""What running programs say of their plugins, in small files beside the data: readable when the database is down.

One file per role (`state/plugins-<role>.json`), written whole at every change.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from slomix.host.state import ACTIVE, PluginState, State

log = structlog.get_logger("slomix.host")

FOLDER = "state"
CRASHED = "the program that ran it ended without a word; its log may say why, `slomix up` starts it again"
#: Where two programs of one installation differ about a plugin, the graver state is shown.
GRAVITY: tuple[State, ...] = (
    "failed",
    "incompatible",
    "missing",
    "blocked",
    "degraded",
    "loaded",
    "running",
    "stopped",
    "disabled",
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was last said: `at` is when, `alive` whether the program that said it still runs."""

    at: datetime
    alive: bool
    states: dict[str, PluginState]


def write(data_dir: Path, role: str, states: Iterable[PluginState]) -> None:
    """Replace the role's file. A disk that refuses is told to the log: states are no reason to stop."""
    document = {
        "pid": os.getpid(),
        "at": datetime.now(UTC).isoformat(),
        "plugins": [asdict(state) for state in states],
    }
    file = data_dir / FOLDER / f"plugins-{role}.json"
    fresh = file.with_suffix(f".{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(document, indent=1), "utf-8")
        fresh.replace(file)
    except OSError as error:
        log.warning("plugin states could not be written", file=str(file), error=str(error))


def read(data_dir: Path) -> Remembered | None:
    """What the programs of this data folder said: those that run, else the last one that did; None when none did."""
    told = [found for file in sorted((data_dir / FOLDER).glob("plugins-*.json")) if (found := _read_one(file))]
    if not told:
        return None
    alive = [found for found in told if found.alive]
    return _gravest(alive) if alive else max(told, key=lambda found: found.at)


def _read_one(file: Path) -> Remembered | None:
    """One file; None where it is not what `write` wrote."""
    try:
        document = json.loads(file.read_text("utf-8"))
        states = {entry["name"]: _state(entry) for entry in document["plugins"]}
        at, alive = datetime.fromisoformat(document["at"]), _is_alive(int(document["pid"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if not alive:
        states = {name: _after_crash(state) for name, state in states.items()}
    return Remembered(at, alive, states)


def _state(entry: Mapping[str, Any]) -> PluginState:
    return PluginState(**{**entry, "hooks": tuple(entry["hooks"])})


def _after_crash(state: PluginState) -> PluginState:
    return replace(state, state="stopped", reason=CRASHED) if state.state in ACTIVE else state


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _gravest(told: list[Remembered]) -> Remembered:
    states: dict[str, PluginState] = {}
    for found in told:
        for name, state in found.states.items():
            if name not in states or GRAVITY.index(state.state) < GRAVITY.index(states[name].state):
                states[name] = state
    return Remembered(max(found.at for found in told), True, states)
