"""Which files of a watched folder are still being written, and which are due. No clock and no disk in here."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

#: A text file that does not end in a newline is taken as it is when it did not change for so many seconds.
PATIENCE_S = 60.0
#: A file that a plugin fails to store is tried again after this many seconds, then after twice as many, and so on.
_RETRY_S = 5.0
_LONGEST_RETRY_S = 600.0


class Stamp(NamedTuple):
    """What tells that a file has changed: size in bytes and time of change in nanoseconds."""

    size: int
    mtime_ns: int


@dataclass(slots=True)
class _Waiting:
    stamp: Stamp
    changed: float
    due: float
    failures: int = 0


class Settling:
    """Files on their way. Moments are seconds of a clock that never goes back, handed in by the caller."""

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._waiting: dict[Path, _Waiting] = {}
        self._handled: dict[Path, Stamp] = {}

    def saw(self, path: Path, stamp: Stamp, now: float) -> None:
        """A file looks like this. It is due when it has looked the same for the time to settle."""
        waiting = self._waiting.get(path)
        if self._handled.get(path) == stamp or (waiting is not None and waiting.stamp == stamp):
            return
        self._handled.pop(path, None)
        self._waiting[path] = _Waiting(stamp, now, now + self._settle_s)

    def gone(self, path: Path) -> None:
        """A file is not there any more."""
        self._waiting.pop(path, None)
        self._handled.pop(path, None)

    def keep_only(self, present: Container[Path]) -> None:
        """Forget handled files that are not there any more."""
        self._handled = {path: stamp for path, stamp in self._handled.items() if path in present}

    def handled(self, path: Path, stamp: Stamp) -> None:
        """Nothing is to be done for this file while it looks like this."""
        self._waiting.pop(path, None)
        self._handled[path] = stamp

    def incomplete(self, path: Path, now: float) -> bool:
        """Whether a file whose end is missing is given more time; if so it is not due before that is over."""
        waiting = self._waiting[path]
        waiting.due = waiting.changed + PATIENCE_S
        return now < waiting.due

    def failed(self, path: Path, now: float) -> float:
        """Put a file off that could not be stored; answers for how many seconds."""
        waiting = self._waiting[path]
        pause = float(min(_LONGEST_RETRY_S, _RETRY_S * 2**waiting.failures))
        waiting.failures += 1
        waiting.due = now + pause
        return pause

    def due(self, now: float) -> list[tuple[Path, Stamp]]:
        """The files whose time has come, in the order of their names."""
        due = [(path, waiting.stamp) for path, waiting in self._waiting.items() if waiting.due <= now]
        return sorted(due, key=lambda each: (each[0].name, str(each[0])))

    def next_due(self) -> float | None:
        """When the next file is due."""
        return min((waiting.due for waiting in self._waiting.values()), default=None)
