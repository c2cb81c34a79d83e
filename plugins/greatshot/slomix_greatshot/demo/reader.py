"""A demo from a file: the container, what is wrong with it, and the typed stream; bounded memory on any length."""

from __future__ import annotations

import time as clock
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from slomix.errors import SlomixError
from slomix_greatshot.demo.bits import FAULTS, NATIVE
from slomix_greatshot.demo.decoder import FAULT, Decoder
from slomix_greatshot.demo.records import GamestateBegan, Happening
from slomix_greatshot.demo.story import Story

CHUNK = 1 << 18
PADDING = bytes(8)
MOST_MESSAGE = 32768
END_MARKER, BAD_LENGTH = 1, 2
RELAY_SUFFIX = ".tv_84"
OLD_SUFFIX = ".dm_82"
_SHOWN_FAULTS = 10
_ARCHIVES = {b"\x1f\x8b": "gzip", b"PK": "zip", b"7z": "7-zip", b"Rar!": "RAR", b"\xfd7zXZ": "xz"}

READER = "native" if NATIVE else "python"


class NotADemo(SlomixError):
    """The file holds nothing that can be read as a demo; the text says why."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Where reading stops with what it has. `seconds` None leaves time to whoever runs the worker."""

    file_bytes: int = 256 << 20
    messages: int = 1_000_000
    commands: int = 200_000
    events: int = 250_000
    seconds: float | None = None


class DemoReader:
    """One pass over a demo: iterate for the happenings, then ask for `warnings`, `notes` and `counters`.

    Raises `NotADemo` at the end of the iteration when there was nothing to read.
    """

    def __init__(
        self, file: Path | str, *, limits: Limits | None = None, commands: bool = False, old_protocol: bool = False
    ) -> None:
        self.path = Path(file)
        self.limits = limits or Limits()
        self.warnings: list[str] = []
        self.notes: list[str] = []
        self.story = Story(commands=commands)
        self.story.broadcast = self.path.suffix.lower() == RELAY_SUFFIX
        self.decoder = Decoder(self.story.broadcast)
        self._old_protocol = old_protocol
        self._faults: Counter[int] = Counter()
        self._events = 0
        self._single = False

    @property
    def counters(self) -> dict[str, int]:
        """Messages, snapshots and so on, see `Decoder.tell`."""
        return self.decoder.tell()

    def single_steps(self) -> None:
        """From now on a batch ends after each message."""
        self._single = True
        self.decoder.single_steps()

    def __iter__(self) -> Iterator[Happening]:
        for happenings in self.batches():
            yield from happenings

    def batches(self) -> Iterator[list[Happening]]:
        """The same stream in the pieces in which it was read."""
        if self.path.suffix.lower() == OLD_SUFFIX and not self._old_protocol:
            raise NotADemo(f"{self.path.name} is of protocol 82 (ET 2.55), which is only tried when asked for")
        with self.path.open("rb") as file:
            self._check_size(file)
            yield from self._read(file)
        yield self.story.finish()
        self._conclude()

    # ---- the container --------------------------------------------------------------------------------------------

    def _check_size(self, file: IO[bytes]) -> None:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(8)
        file.seek(0)
        if size == 0:
            raise NotADemo(f"{self.path.name} is empty")
        if size < 8:
            raise NotADemo(f"{self.path.name} is too short for a demo: {size} bytes")
        if size > self.limits.file_bytes:
            raise NotADemo(f"{self.path.name} is too large: {size} bytes, the limit is {self.limits.file_bytes}")
        for magic, kind in _ARCHIVES.items():
            if head.startswith(magic):
                raise NotADemo(f"{self.path.name} is packed ({kind}); unpack it first")

    def _read(self, file: IO[bytes]) -> Iterator[list[Happening]]:
        started = clock.monotonic()
        rest, offset = b"", 0
        while not self.counters["ended"]:
            fresh = file.read(CHUNK)
            if not fresh:
                self._cut_short(len(rest), offset)
                return
            chunk, length, used = rest + fresh + PADDING, len(rest) + len(fresh), 0
            while True:
                used, before = self._feed(chunk, used, length, offset), used
                yield self._told()
                if self._at_limit(started):
                    return
                if used == before:
                    break
            rest, offset = chunk[used:length], offset + used
        self._ended(offset)

    def _feed(self, chunk: bytes, start: int, length: int, offset: int) -> int:
        used = self.decoder.feed(chunk, start, length, offset)
        if start == offset == 0 and self.decoder.tell()["odd"]:
            return self._other_sort(chunk, length, used)
        return used

    def _other_sort(self, chunk: bytes, length: int, used: int) -> int:
        """The first gamestate is not what the name says: what a relay wrote, or what a client wrote."""
        other = Decoder(not self.story.broadcast)
        if self._single:
            other.single_steps()
        used_by_other = other.feed(chunk, 0, length, 0)
        if other.tell()["segments"] == 0:
            return used
        self.decoder = other
        self.story.broadcast = not self.story.broadcast
        return used_by_other

    def _told(self) -> list[Happening]:
        raw = self.decoder.take()
        for item in raw:
            if item[0] == FAULT:
                self._fault(item)
        happenings = self.story.tell(raw)
        self._events += len(raw)
        rules = self.story.rules
        self.decoder.rules(rules.event_base, rules.obituary, rules.detailed(), rules.brief())
        return happenings

    def _fault(self, item: tuple[int, int, int, int]) -> None:
        _, sequence, place, fault = item
        self._faults[fault] += 1
        if self._faults.total() <= _SHOWN_FAULTS:
            self.warnings.append(f"message {sequence} at byte {place} is damaged: {FAULTS[fault]}")

    def _at_limit(self, started: float) -> bool:
        limits, told = self.limits, self.decoder.tell()
        late = limits.seconds is not None and clock.monotonic() - started > limits.seconds
        for reached, what, limit in (
            (told["messages"] >= limits.messages, "messages", limits.messages),
            (self.story.commands >= limits.commands, "commands", limits.commands),
            (self._events >= limits.events, "events", limits.events),
            (late, "seconds", limits.seconds),
        ):
            if reached:
                warning = f"reading stopped at the limit of {limit} {what}"
                if warning not in self.warnings:
                    self.warnings.append(warning)
                return True
        return False

    # ---- the end --------------------------------------------------------------------------------------------------

    def _cut_short(self, left: int, offset: int) -> None:
        if left == 0:
            self.notes.append("the end marker is missing: the recording was not ended by the game")
        elif left < 8:
            self.warnings.append(f"the file ends at byte {offset + left}, inside the header of a message")
        else:
            self.warnings.append(f"the file ends at byte {offset + left}, inside a message")

    def _ended(self, offset: int) -> None:
        if self.counters["ended"] == BAD_LENGTH:
            self.warnings.append(f"reading stopped at byte {offset}: no message has such a length")

    def _conclude(self) -> None:
        told = self.counters
        if told["snapshots"] == 0:
            raise NotADemo(f"{self.path.name} is not a demo: {self._why_not()}")
        if told["segments"] == 0:
            self.warnings.insert(0, "there is no gamestate: nobody knows the map, the players or the version")
        hidden = self._faults.total() - _SHOWN_FAULTS
        if hidden > 0:
            self.warnings.append(f"{hidden} more messages are damaged")
        if told["invalid"]:
            self.warnings.append(f"{told['invalid']} snapshots build on one that is not in the file and were left out")
        if told["lost"]:
            self.notes.append(f"{told['lost']} messages were lost on their way to the recorder")
        if told["repeated"]:
            self.notes.append(f"{told['repeated']} messages stand in the file again")
        if not self.story.rules.verified:
            self.notes.append(f"the mod {self.story.rules.mod!r} is read by the rules of 2.60b, unverified")

    def _why_not(self) -> str:
        if self.warnings and self.counters["messages"]:
            return self.warnings[0]
        if self.counters["ended"] == END_MARKER:
            return "it holds nothing but an end marker"
        return "it does not begin with a message" if self.counters["messages"] == 0 else "it has no snapshot"


def happenings(file: Path | str, **options: object) -> Iterator[Happening]:
    """What happened in a demo, in order; see `DemoReader` for what else there is to know."""
    yield from DemoReader(file, **options)  # type: ignore[arg-type]


__all__ = ["READER", "DemoReader", "GamestateBegan", "Limits", "NotADemo", "happenings"]
